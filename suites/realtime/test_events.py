"""Every event of the API has a builder, and what it makes is what the official types ask for."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_realtime import events, function_call, speech, v1_events
from mock_realtime.event import Event, type_of
from mock_realtime.filling import filled
from suites.realtime.told import OFFICIAL, Told, objections

Json = dict[str, Any]
USER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
CALL = {"type": "function_call", "name": "f", "arguments": "{}"}
CASES: list[Event] = [
    events.Error(error={"type": "invalid_request_error", "message": "no"}),
    events.SessionCreated(),
    events.SessionUpdated(),
    events.ConversationCreated(conversation={"id": "conv_1", "object": "realtime.conversation"}),
    events.ItemAdded(item=USER),
    events.ItemDone(item=CALL, previous_item_id=None),
    events.ItemCreated(item=USER, previous_item_id="item_1"),
    events.ItemRetrieved(item={"id": "item_1", **USER}),
    events.ItemDeleted(item_id="item_1"),
    events.ItemTruncated(item_id="item_1", audio_end_ms=20),
    events.TranscriptionDelta(delta="a", logprobs=[]),
    events.TranscriptionCompleted(transcript="ab"),
    events.TranscriptionSegment(id="seg_1", text="a", speaker="A", start=0.0, end=1.0),
    events.TranscriptionFailed(error={"message": "noise"}),
    events.BufferCommitted(previous_item_id=None),
    events.BufferCleared(),
    events.SpeechStarted(audio_start_ms=5),
    events.SpeechStopped(audio_end_ms=5),
    events.BufferTimeout(),
    events.RateLimitsUpdated(rate_limits=[{"name": "requests", "limit": 1, "remaining": 0}]),
    events.ResponseCreated(),
    events.ResponseDone(response={"status": "failed"}),
    events.OutputItemAdded(item=CALL),
    events.OutputItemDone(item=CALL),
    events.ContentPartAdded(part={"type": "text", "text": ""}),
    events.ContentPartDone(part={"type": "audio", "transcript": "a"}),
    events.TextDelta(delta="a"),
    events.TextDone(text="ab"),
    events.AudioDelta(delta="AAA="),
    events.AudioDone(),
    events.TranscriptDelta(delta="a"),
    events.TranscriptDone(transcript="ab"),
    events.ArgumentsDelta(delta="{"),
    events.ArgumentsDone(arguments="{}", name="f"),
    events.McpArgumentsDelta(delta="{", obfuscation=None),
    events.McpArgumentsDone(arguments="{}"),
    events.McpCallInProgress(),
    events.McpCallCompleted(),
    events.McpCallFailed(),
    events.McpToolsInProgress(),
    events.McpToolsCompleted(),
    events.McpToolsFailed(),
    events.PlaybackStarted(),
    events.PlaybackStopped(),
    events.PlaybackCleared(),
]
WITHOUT_ID = events.DtmfReceived(event="9", received_at=1)
BESIDES = {"response.cancelled", type_of(events.DtmfReceived)}
"""Types of ours that no case here is for."""


def official(event: Event) -> Json:
    """The event as a session sends it."""
    return {"event_id": "event_1", **filled(Told().session, event)}


@pytest.mark.parametrize("event", CASES, ids=lambda event: type(event).__name__)
def test_what_is_left_out_is_filled_in(event: Event) -> None:
    """Given what it says, an event is complete, and nothing in it is unknown."""
    assert objections(official(event)) == []


def test_a_key_of_a_telephone_has_no_event_id() -> None:
    """The one event of the API without an id."""
    assert objections(filled(Told().session, WITHOUT_ID)) == []


def test_every_official_event_has_a_builder() -> None:
    """And every builder that is not tested here is known to be so."""
    assert {type_of(type(event)) for event in CASES} == set(OFFICIAL) - BESIDES
    made = {type_of(event) for event in _builders() if "." in type_of(event)}
    assert made - set(OFFICIAL) == {"response.cancelled"}


def _builders() -> list[type[Event]]:
    classes = vars(events).values()
    return [each for each in classes if isinstance(each, type) and issubclass(each, Event)]


@pytest.mark.parametrize(
    ("event", "fields", "why"),
    [
        (events.TextDelta, {"delta": 3}, r"TextDelta\(delta=3\): Expected `str`, got `int`"),
        (events.ItemAdded, {"item": "x"}, r"ItemAdded\(item='x'\): Expected `object`"),
        (v1_events.OutputAudioDelta, {"delta": "", "channels": "1"}, "channels='1'"),
        (events.TextDelta, {}, "Missing required argument 'delta'"),
        (events.TextDelta, {"delta": "", "foo": 1}, "Unexpected keyword argument 'foo'"),
    ],
    ids=["text", "object", "number", "missing", "unknown"],
)
def test_a_wrong_field_is_refused_where_it_is_given(
    event: Callable[..., Event], fields: Json, why: str
) -> None:
    """In the test's own line, with the field and what was expected."""
    with pytest.raises(TypeError, match=why):
        event(**fields)


def test_ids_are_those_of_the_response_that_is_said() -> None:
    """An event about a piece of an item belongs to the item that is open."""
    told = Told("v2", speech("a"), function_call("f"))
    session = told.session
    steps = session.respond([speech("a")]).steps()
    (created, added) = (next(steps), next(steps))
    assert isinstance(created, dict)
    assert isinstance(added, dict)
    given = filled(session, events.TranscriptDelta(delta="b"))
    assert given["response_id"] == created["response"]["id"]
    assert (given["item_id"], given["output_index"]) == (added["item"]["id"], 0)
