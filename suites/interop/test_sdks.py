"""Libraries that are not ours and the mock: the same turns with each, in an environment of its own.

What was sent is a snapshot, what the library's caller got is compared with the script.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent_rehearsal.journal import Journal
from mock_responses import MockResponses, function_call, message
from suites.interop.drivers.turns import Told
from suites.interop.record import (
    CALL_EVENTS,
    MESSAGE_EVENTS,
    declared_length,
    kinds,
    streamed,
    whole,
)
from suites.interop.sdks import SDKS, Sdk

pytestmark = [
    pytest.mark.interop,
    pytest.mark.parametrize("sdk", SDKS, ids=[sdk.label for sdk in SDKS]),
]


@pytest.fixture
def env(responses: MockResponses, home: Path) -> Mapping[str, str]:
    """What a library finds the mock by."""
    home.mkdir()
    return {**responses.env, "HOME": str(home)}


def check_record(responses: MockResponses) -> None:
    """What holds of every request: its line, its key, and that all of its bytes are there."""
    for request in responses.requests:
        assert request.entry.head == "POST /v1/responses HTTP/1.1"
        assert request.entry.header("authorization") == "Bearer test"
        assert len(request.entry.raw) == declared_length(request.entry)


async def test_a_plain_turn(
    sdk: Sdk,
    responses: MockResponses,
    journal: Journal,
    env: Mapping[str, str],
    request_snapshot: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """A whole response is one request and one text."""
    responses.reply(message("hello", " there"))
    version, told = await sdk.take("plain", env)

    assert told == Told(text="hello there")
    assert kinds(journal) == whole(1)
    check_record(responses)
    assert responses.requests == request_snapshot
    works(sdk.name, version)


async def test_a_streamed_turn(
    sdk: Sdk,
    responses: MockResponses,
    journal: Journal,
    env: Mapping[str, str],
    request_snapshot: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """A stream comes out in the deltas that it was sent in."""
    responses.reply(message("hello", " there"))
    version, told = await sdk.take("streamed", env)

    assert told == Told(text="hello there", deltas=["hello", " there"])
    assert kinds(journal) == streamed(MESSAGE_EVENTS)
    check_record(responses)
    assert responses.requests == request_snapshot
    works(sdk.name, version)


async def test_a_turn_with_a_tool(
    sdk: Sdk,
    responses: MockResponses,
    journal: Journal,
    env: Mapping[str, str],
    request_snapshot: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """A call runs the tool, its output goes back under the call's id, the message ends it."""
    responses.reply(function_call("c1", "look_up", {"word": "stage"}))
    responses.reply(message("a", " platform"))
    version, told = await sdk.take("tool", env)

    assert told == Told(text="a platform", tool_runs=["stage"])
    assert kinds(journal) == whole(2)
    check_record(responses)
    assert responses.requests[-1].output_of("c1") == "a stage is a platform"
    assert responses.requests == request_snapshot
    works(sdk.name, version)


async def test_a_streamed_turn_with_a_tool(
    sdk: Sdk,
    responses: MockResponses,
    journal: Journal,
    env: Mapping[str, str],
    request_snapshot: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """The same with both responses streamed."""
    responses.reply(function_call("c1", "look_up", {"word": "stage"}))
    responses.reply(message("a", " platform"))
    version, told = await sdk.take("tool-streamed", env)

    assert told == Told(text="a platform", deltas=["a", " platform"], tool_runs=["stage"])
    assert kinds(journal) == streamed(CALL_EVENTS, MESSAGE_EVENTS)
    check_record(responses)
    assert responses.requests[-1].output_of("c1") == "a stage is a platform"
    assert responses.requests == request_snapshot
    works(sdk.name, version)
