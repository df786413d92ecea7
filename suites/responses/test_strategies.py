"""The hypothesis strategies: what they draw is legal, and the mock answers it."""

import json
import subprocess
import sys
from typing import Any

import msgspec
from hypothesis import given, settings

from agent_rehearsal import ALWAYS, Stage
from mock_responses import message
from mock_responses.legality import objections
from mock_responses.strategies import event_streams, request_bodies
from suites.responses import official
from suites.responses.composing import composer, events, sends
from suites.wire.raw_client import connected, request


@given(event_streams())
def test_a_drawn_reply_is_streamed_legally(parts: tuple[Any, ...]) -> None:
    """Its events obey the order and the official types."""
    made = sends(*parts)
    assert objections(map(msgspec.json.decode, [send.payload for send in made])) == []
    assert [official.objections(send.payload, send.type) for send in made] == [[] for _ in made]


@given(event_streams())
def test_a_drawn_reply_adds_up_to_its_object(parts: tuple[Any, ...]) -> None:
    """The answer to a request without `stream` is what the last event carries."""
    assert composer().response_object(parts) == events(*parts)[-1]["response"]


@given(request_bodies())
@settings(max_examples=30)
async def test_a_drawn_request_is_answered(body: dict[str, Any]) -> None:
    """The mock streams or answers at once as the body says, and keeps the body as it was."""
    async with Stage() as stage:
        stage.responses.reply(message("hi"), times=ALWAYS)
        async with connected(stage) as client:
            await client.send(request(body))
            code, head, content = await client.answer()
    streamed = bool(body.get("stream"))
    assert (code, head["content-type"].startswith("text/event-stream")) == (200, streamed)
    assert stage.responses.requests[0].body == json.loads(json.dumps(body))
    assert b"completed" in content


def test_without_hypothesis_the_error_names_the_extra() -> None:
    """The package itself imports without it; the module says what to install."""
    program = (
        "import sys; sys.modules['hypothesis'] = None; import mock_responses\n"
        "try:\n    import mock_responses.strategies\n"
        "except ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    )
    assert "pip install 'agent-rehearsal[hypothesis]'" in done.stdout
