"""One turn a test, on the `responses` fixture."""

import pytest

from benchmarks.one_turn.client import connected
from benchmarks.one_turn.count import COUNT
from mock_responses import MockResponses, message


@pytest.mark.parametrize("number", range(COUNT))
async def test_one_turn(responses: MockResponses, number: int) -> None:
    """The client gets the reply, and the server got the prompt."""
    responses.reply(message(f"reply {number}"))
    async with connected(responses.base_url) as client:
        answer = await client.turn(f"prompt {number}")
    assert f"reply {number}".encode() in answer
    assert [r.entry.get("input") for r in responses.requests] == [f"prompt {number}"]
