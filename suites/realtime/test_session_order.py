"""The judge of sessions: what the mock says has no objections, and every rule can be broken."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_realtime import function_call, heard, speech, text
from mock_realtime.legality import TABLE, objections
from suites.realtime.told import OFFICIAL, Told

Events = list[dict[str, Any]]
UNORDERED = ("error", "mcp_", "response.mcp_", "rate_limits.", "output_audio_buffer.")
"""Events that may come whenever the server likes."""
OTHERS = {
    "conversation.created",
    "conversation.item.created",
    "conversation.item.input_audio_transcription.failed",
    "conversation.item.input_audio_transcription.segment",
    "input_audio_buffer.dtmf_event_received",
    "input_audio_buffer.timeout_triggered",
}
"""Events that no session of the mock sends by itself."""


def said() -> Events:
    """A legal session: the user speaks, the model writes, speaks and calls a function."""
    told = Told("v2", text("a", "b"), speech("c"), function_call("f", ["{", "}"]))
    told.open()
    told.tell("session.update", session={"type": "realtime"})
    told.take(told.session.hear(heard("hello")))
    return told.said


def test_the_table_knows_the_official_events() -> None:
    """Each event of the package's types has a row, but those without an order."""
    ordered = {type for type in OFFICIAL if not type.startswith(UNORDERED)}
    assert ordered - OTHERS == set(TABLE)


def test_a_legal_session_has_no_objections() -> None:
    """What the mock says is what the judge expects."""
    assert objections(said()) == []


def without(type: str) -> Callable[[Events], Events]:
    return lambda events: [event for event in events if event["type"] != type]


def twice(type: str) -> Callable[[Events], Events]:
    return lambda events: [
        copy
        for event in events
        for copy in ([event, {**event, "event_id": "again"}] if event["type"] == type else [event])
    ]


def changed(type: str, **fields: Any) -> Callable[[Events], Events]:
    return lambda events: [
        {**event, **fields} if event["type"] == type else event for event in events
    ]


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (without("session.created"), "session is in the state 'nothing'; expected open"),
        (without("response.created"), "expected open"),
        (without("response.output_item.added"), "item 0 is in the state 'nothing'; expected open"),
        (without("response.content_part.added"), "part 0 is in the state 'nothing'; expected part"),
        (without("response.output_text.done"), "part 0 is in the state 'part'; expected said"),
        (without("response.output_item.done"), "item 2 is not done"),
        (without("conversation.item.added"), "expected added"),
        (without("input_audio_buffer.speech_started"), "speech is in the state 'nothing'"),
        (twice("response.created"), "is active"),
        (twice("response.done"), "is in the state 'done'; expected open"),
        (twice("conversation.item.added"), "is in the state 'added'; expected deleted or nothing"),
        (changed("response.output_text.delta", delta="x"), "its text is not what the deltas add"),
        (changed("session.updated", event_id=None), "its event_id is None"),
        (changed("session.updated", event_id="event_0"), "its event_id is 'event_0'"),
        (changed("conversation.item.added", previous_item_id="x"), "'x' is of no item"),
        (changed("response.done", response={"id": "resp_000001"}), "it lists 0 items of 3"),
    ],
)
def test_a_rule_can_be_broken(spoil: Callable[[Events], Events], expected: str) -> None:
    """The objection says what was expected."""
    found = objections(spoil(said()))
    assert any(expected in objection for objection in found), found
