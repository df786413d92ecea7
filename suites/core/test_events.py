"""Typed events of the stream, and the state machine over them."""

import json

import pytest

from codex_core.model_client import events
from codex_core.model_client.errors import ModelError
from codex_core.model_client.events import decode_event, decode_events
from codex_core.model_client.stream import StreamState
from codex_core.protocol.items import Message, OtherItem
from codex_core.protocol.usage import TokenUsage
from suites.core.fakes import Json, completed, done, failed, message, sse


def decode(event: Json) -> object:
    return decode_event(json.dumps(event).encode())


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            {"type": "response.output_text.delta", "delta": "a", "item_id": "m"},
            events.TextDelta(delta="a"),
        ),
        (
            {"type": "response.reasoning_summary_text.delta", "delta": "a", "summary_index": 1},
            events.SummaryDelta(delta="a", summary_index=1),
        ),
        (
            {"type": "response.reasoning_summary_part.added", "summary_index": 1},
            events.SummaryPart(summary_index=1),
        ),
        (
            {"type": "response.reasoning_text.delta", "delta": "a", "content_index": 0},
            events.ReasoningDelta(delta="a", content_index=0),
        ),
        (
            {"type": "response.custom_tool_call_input.delta", "delta": "a", "item_id": "c"},
            events.ToolInputDelta(delta="a", item_id="c"),
        ),
        (
            {"type": "response.incomplete", "response": {"incomplete_details": {"reason": "r"}}},
            events.Incomplete(reason="r"),
        ),
        ({"type": "response.incomplete"}, events.Incomplete(reason="unknown")),
        ({"type": "response.failed", "response": {}}, events.Failed(error=None)),
        ({"type": "response.failed", "response": {"error": 3}}, events.Failed(error=None)),
        (
            {"type": "response.completed", "response": {"id": "r", "end_turn": False}},
            events.Completed(response_id="r", usage=None, end_turn=False),
        ),
    ],
)
def test_known_events_are_typed(event: Json, expected: object) -> None:
    """Each type of the table becomes its value; extra fields are passed over."""
    assert decode(event) == expected


def test_usage_keeps_its_details() -> None:
    """Cached and reasoning tokens come from the details, which may be null or missing."""
    usage = {
        "input_tokens": 3,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens": 4,
        "output_tokens_details": None,
        "total_tokens": 7,
    }
    event = decode({"type": "response.completed", "response": {"id": "r", "usage": usage}})
    assert isinstance(event, events.Completed)
    assert event.usage == TokenUsage(
        input_tokens=3, cached_input_tokens=2, output_tokens=4, total_tokens=7
    )


ENDLESS = b"[" * 100_000 + b"]" * 100_000
ITEM = "response.output_item.done"


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (b"[DONE]", "", "Expected `object`, got `array`"),
        (b"", "", "Input data was truncated"),
        (b"{", "", "Input data was truncated"),
        (b"3", "", "Expected `object`, got `int`"),
        (b"\xff", "", "JSON is malformed"),
        (b'{"delta":"no type"}', "", "missing required field `type`"),
        pytest.param(
            b'{"type":"x","y":' + ENDLESS + b"}",
            "",
            "while deserializing",
            id="nested without end",
        ),
        (
            b'{"type":"response.output_text.delta","delta":3}',
            "response.output_text.delta",
            "Expected `str`, got `int` - at `$.delta`",
        ),
        (
            b'{"type":"response.output_text.delta","delta":"\xff"}',
            "response.output_text.delta",
            "decode",
        ),
        (b'{"type":"response.output_item.done"}', ITEM, "missing required field `item`"),
        (b'{"type":"response.output_item.done","item":5}', ITEM, "got `int`"),
        (
            b'{"type":"response.output_item.done","item":{"type":"message","content":[]}}',
            ITEM,
            "missing required field `role`",
        ),
    ],
)
def test_what_cannot_be_read_is_known(data: bytes, kind: str, why: str) -> None:
    """What is no event, and an event of a known type that lacks something: the reason is told."""
    event = decode_event(data)
    assert isinstance(event, events.Unreadable)
    assert event.type == kind
    assert why in event.message


@pytest.mark.parametrize("kind", [b"response.metadata", b"codex.rate_limits"])
def test_what_is_nested_without_end_holds_no_notes(kind: bytes) -> None:
    """It is an event that cannot be read, and nothing else."""
    data = b'{"type":"%b","metadata":%b}' % (kind, ENDLESS)
    assert [type(event) for event in decode_events(data)] == [events.Unreadable]


def test_an_event_of_an_unknown_type_is_skipped() -> None:
    """A server may say things that this client does not know."""
    assert decode_event(b'{"type":"response.in_progress"}') is None


def test_an_item_of_unknown_type_is_kept_raw() -> None:
    """An item that this core has no shape for comes through as its bytes."""
    event = decode(done({"type": "novelty", "x": 1}))
    assert isinstance(event, events.ItemDone)
    assert isinstance(event.item, OtherItem)
    assert json.loads(event.item.raw) == {"type": "novelty", "x": 1}


def played(*sent: Json) -> StreamState:
    state = StreamState()
    state.feed(sse(*sent))
    return state


def test_completed_ends_the_stream_whatever_follows() -> None:
    """Nothing after `response.completed` counts."""
    state = StreamState()
    given, _ = state.feed(sse(done(message("a")), completed(), done(message("b")), failed("x")))
    assert state.completed
    assert [type(event) for event in given] == [events.ItemDone, events.Completed]


def test_the_end_mark_of_the_older_api_says_nothing() -> None:
    """It is no event, so it is none that cannot be read."""
    events_, received = StreamState().feed(b"data: [DONE]\n\n")
    assert (events_, received) == ([], 0)


def test_a_later_completion_heals_a_failure() -> None:
    """A failure is kept, not raised; a completion after it makes the response whole."""
    assert played(failed("insufficient_quota"), completed()).completed


def ending(*sent: Json) -> ModelError:
    return played(*sent).ended()


def test_the_end_of_the_body_tells_the_last_error() -> None:
    """Failed, incomplete and unreadable completions surface at the end of the body."""
    cut = "stream disconnected before completion: "
    assert str(ending()) == f"{cut}stream closed before response.completed"
    incomplete = {"type": "response.incomplete", "response": {}}
    assert str(ending(failed("x"), incomplete)) == (
        f"{cut}Incomplete response returned, reason: unknown"
    )
    broken = {"type": "response.completed", "response": {"id": "r", "usage": {}}}
    assert str(ending(broken)).startswith(f"{cut}failed to parse ResponseCompleted: ")
    assert all(ending(event).retryable for event in (failed("x"), incomplete, broken))


def test_a_message_needs_a_role() -> None:
    """An item without a required field is no item."""
    item = message("a")
    assert isinstance(decode(done(item)), events.ItemDone)
    del item["role"]
    assert isinstance(decode(done(item)), events.Unreadable)


def test_explicit_nulls_are_as_good_as_nothing() -> None:
    """`id` and `phase` may be null."""
    event = decode(done({**message("a"), "id": None, "phase": None}))
    assert isinstance(event, events.ItemDone)
    assert isinstance(event.item, Message)
    assert event.item.phase is None
