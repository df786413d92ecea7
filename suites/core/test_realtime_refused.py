"""A response that the server refuses because another is active is wanted still."""

import json
from typing import Any

import pytest

from codex_core.model_client.websocket import Arrival
from codex_core.protocol.realtime import RealtimeError, ResponseRefused
from codex_core.realtime.output import OutputRules
from codex_core.realtime.response_queue import ResponseQueue
from codex_core.realtime.session import Ending, Session
from codex_core.realtime.wire import Wire
from codex_core.realtime.wire_v1 import V1
from codex_core.realtime.wire_v2 import V2
from suites.core.sockets import as_arrival

Json = dict[str, Any]
TEXT = "Conversation already has an active response in progress: resp_1. Wait for it."
CODED = {"error": {"code": "conversation_already_has_active_response", "message": "busy"}}
CREATE = {"type": "response.create"}
REFUSAL: Json = {"type": "error", "error": {"message": TEXT}}


def response(state: str, response_id: str) -> Arrival:
    return as_arrival({"type": f"response.{state}", "response": {"id": response_id}})


def creates(session: Session) -> int:
    """How many requests for a response there are to send; they are taken."""
    found = [frame for frame in session.frames if frame == CREATE]
    session.frames.clear()
    return len(found)


@pytest.mark.parametrize(
    ("fields", "text"),
    [(REFUSAL, TEXT), ({"message": TEXT}, TEXT), (CODED, "busy")],
    ids=["text", "text on top", "code"],
)
def test_a_refusal_is_known_by_its_code_or_its_text(fields: Json, text: str) -> None:
    """On v2; v1 asks for no responses, and has an error there."""
    data = json.dumps({"type": "error", **fields}).encode()
    assert V2().decode(data) == ResponseRefused(message=text)
    assert V1().decode(data) == RealtimeError(message=text)


def test_it_is_asked_for_when_the_other_is_over() -> None:
    """Once, for all that was wanted meanwhile; the refusal is told, and nothing has ended."""
    session = Session(V2(), OutputRules())
    session.speech("a")
    assert creates(session) == 1
    assert session.arrive(as_arrival(REFUSAL), 0.0) == ResponseRefused(message=TEXT)
    session.arrive(response("created", "resp_1"), 0.0)
    session.speech("b")
    assert creates(session) == 0
    session.arrive(response("done", "resp_1"), 0.0)
    assert (creates(session), session.ending) == (1, None)


@pytest.mark.parametrize("end", ["done", "cancelled"])
def test_it_is_asked_for_at_once_where_the_other_is_over_already(end: str) -> None:
    """The server refused it while its own was active, and told of that one's end first."""
    session = Session(V2(), OutputRules())
    session.speech("a")
    session.arrive(response("created", "resp_1"), 0.0)
    session.arrive(response(end, "resp_1"), 0.0)
    assert creates(session) == 1
    session.arrive(as_arrival(REFUSAL), 0.0)
    assert creates(session) == 1


def test_a_server_that_refuses_for_ever_is_not_pressed() -> None:
    """What was asked for again waits for a response that begins and ends."""
    queue = ResponseQueue()
    assert queue.refused()
    assert [queue.refused() for _ in range(3)] == [False] * 3
    queue.created("resp_1")
    assert queue.done("resp_1")


@pytest.mark.parametrize("wire", [V1(), V2()])
def test_as_the_reference_it_ends_the_session(wire: Wire) -> None:
    """With the server's text."""
    session = Session(wire, OutputRules(), asks_again=False)
    assert session.arrive(as_arrival(REFUSAL), 0.0) is None
    assert session.ending == Ending(reason="error", error=TEXT)
