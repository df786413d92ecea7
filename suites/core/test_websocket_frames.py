"""One response over a WebSocket: what the messages mean, taken one by one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.model_client.events import ItemDone, ResponseEvent, TextDelta, Unreadable
from codex_core.model_client.stream import StreamState
from codex_core.model_client.websocket import Arrival, Binary, Closed, Lost, Text
from codex_core.model_client.websocket_frames import FrameState, is_stale
from suites.core.fakes import Json, completed, delta, done, failed, message, sse

CREATED = {"type": "response.created", "response": {"id": "resp_1"}}
BROKEN = "stream disconnected before completion: "


def text(event: Json | bytes) -> Text:
    return Text(event if isinstance(event, bytes) else json.dumps(event).encode())


def feed(state: FrameState, *arrivals: Json | bytes | Arrival) -> list[ResponseEvent]:
    """Feeds until the response is over, as the stream does."""
    events: list[ResponseEvent] = []
    for arrival in arrivals:
        if state.over:
            break
        events += state.feed(text(arrival) if isinstance(arrival, dict | bytes) else arrival)
    return events


def error_of(*arrivals: Json | bytes | Arrival, **fields: Any) -> str:
    """The text of the error that the last arrival brings."""
    state = FrameState(**fields)
    feed(state, *arrivals[:-1])
    assert not state.over
    feed(state, arrivals[-1])
    assert state.error is not None
    return state.error.message


def test_a_completed_response_may_be_gone_on_from() -> None:
    """Its events are handed on, its items kept in order, its id is reliable."""
    state = FrameState()
    events = feed(state, CREATED, done(message("a")), done(message("b")), completed())
    assert [type(event).__name__ for event in events] == [
        "Created",
        "ItemDone",
        "ItemDone",
        "Completed",
    ]
    assert [item.text for item in state.items if hasattr(item, "text")] == ["a", "b"]
    assert (state.over, state.reliable_id, state.error) == (True, "resp_1", None)


@pytest.mark.parametrize(
    ("arrival", "told"),
    [
        (failed("rate_limit_exceeded", "slow"), "slow"),
        ({"type": "response.incomplete", "response": {}}, "reason: unknown"),
        ({"type": "response.completed", "response": {}}, "failed to parse ResponseCompleted"),
        (Binary(), "unexpected binary websocket event"),
        (Closed(1000, ""), "websocket closed by server before response.completed (code 1000)"),
        (Closed(1011, "oh"), "(code 1011: oh)"),
        (Lost(""), "stream closed before response.completed"),
        (Lost("connection reset"), "connection reset"),
        (b"{", "message 1 of the response is no event"),
        (b"\xff\xfe", "message 1 of the response is no event"),
        (b"[1]", "message 1 of the response is no event"),
        ({"kind": "nothing"}, "message 1 of the response is no event"),
    ],
)
def test_what_ends_a_response_at_once(arrival: Json | bytes | Arrival, told: str) -> None:
    """Unlike over HTTP nothing is waited for: the error says what it was, and may be retried."""
    state = FrameState()
    feed(state, arrival)
    assert state.error is not None
    assert state.error.retryable
    assert told in state.error.message
    assert state.reliable_id is None


def test_a_malformed_message_is_named_by_its_place() -> None:
    """The messages of the response are counted, and the decoder says where it stopped."""
    told = error_of(CREATED, delta("a"), b'{"type": "response.output_text.delta", ')
    assert told.startswith(f"{BROKEN}message 3 of the response is no event: ")


def test_a_wrapped_error_is_mapped_like_a_refused_request() -> None:
    """An `error` with a status: 429 ends the turn, 500 is retried, the address is named."""
    frame = {"type": "error", "status": 429, "error": {"code": "x", "message": "no"}}
    state = FrameState()
    feed(state, frame)
    assert state.error is not None
    assert (state.error.status, state.error.retryable) == (429, False)
    told = error_of({"type": "error", "status": 502, "error": {}}, url="ws://mock.test/v1")
    assert "502" in told
    assert "ws://mock.test/v1" in told


def test_a_full_connection_is_left_for_another() -> None:
    """Too many requests on one connection is retryable, whatever its status."""
    code = "websocket_connection_limit_reached"
    state = FrameState()
    feed(state, {"type": "error", "status": 400, "error": {"code": code, "message": "60 minutes"}})
    assert state.error is not None
    assert state.error.retryable
    assert state.error.message == f"{BROKEN}60 minutes"


def test_an_error_without_a_status_ends_nothing() -> None:
    """What follows counts; the complaint is kept for the case that nothing does."""
    state = FrameState()
    complaint = {"type": "error", "error": {"message": "hm"}}
    events = feed(state, complaint, done(message("a")), completed())
    assert len(events) == 2
    assert state.error is None
    assert "hm" in state.complaint


def test_unknown_and_unreadable_events_are_passed_over() -> None:
    """As over HTTP; but after an unreadable item the response is nothing to go on from."""
    odd: list[Json] = [
        {"type": "response.dancing"},
        {"type": "response.output_text.delta", "delta": 5},
    ]
    state = FrameState()
    assert [type(event) for event in feed(state, *odd, delta("a"))] == [Unreadable, TextDelta]
    feed(state, completed())
    assert state.reliable_id == "resp_1"
    state = FrameState()
    events = feed(state, done({"type": "function_call", "call_id": 7}), completed())
    assert not any(isinstance(event, ItemDone) for event in events)
    assert state.completed is not None
    assert state.reliable_id is None


def test_an_id_that_was_never_created_is_not_relied_on() -> None:
    """The response counts, the next request is whole."""
    state = FrameState()
    feed(state, {"type": "response.created", "response": {"id": "resp_other"}}, completed())
    assert state.completed is not None
    assert state.reliable_id is None


def test_a_second_completion_is_no_answer_to_the_next_request() -> None:
    """Passed over where the next response has begun; else an error, and never an empty answer."""
    other = {"type": "response.created", "response": {"id": "resp_2"}}
    state = FrameState(last_id="resp_1")
    assert len(feed(state, other, completed())) == 1
    assert not state.over
    feed(state, done(message("a")), completed(id="resp_2"))
    assert state.reliable_id == "resp_2"
    assert "response resp_1 was completed twice" in error_of(completed(), last_id="resp_1")


def test_a_server_that_counts_to_one_is_understood() -> None:
    """The same id again is no stray where the response was created under it."""
    state = FrameState(last_id="resp_1")
    feed(state, CREATED, done(message("a")), completed())
    assert state.completed is not None


@pytest.mark.parametrize(
    ("arrival", "stale"),
    [
        (text(completed()), True),
        (text(done(message("late"))), True),
        (Text(b"{"), True),
        (text({"type": "codex.rate_limits"}), False),
        (text({"type": "error", "status": 400}), False),
        (Closed(1000, ""), False),
        (Binary(), False),
    ],
)
def test_what_comes_between_two_requests(arrival: Arrival, *, stale: bool) -> None:
    """Remains of the last response are stale; limits, errors and the end of it all are not."""
    assert is_stale(arrival) is stale


ITEMS = st.lists(st.sampled_from(["one", "two", "three"]).map(message), max_size=5)
NOISE = st.sampled_from(
    [delta("x"), {"type": "response.in_progress"}, {"type": "response.output_text.delta"}]
)


@given(ITEMS, st.lists(NOISE, max_size=5), st.integers(1, 40))
def test_both_transports_read_the_same_items(
    items: list[Json], noise: list[Json], size: int
) -> None:
    """An event stream gives the same events over SSE, in chunks of any size, and over frames."""
    script = [CREATED, *noise, *map(done, items), *noise, completed()]
    framed = FrameState()
    frames = feed(framed, *script)
    streamed = StreamState()
    body = sse(*script)
    chunks: list[ResponseEvent] = []
    for start in range(0, len(body), size):
        chunks += streamed.feed(body[start : start + size])[0]
    assert frames == chunks
    assert [event.item for event in chunks if isinstance(event, ItemDone)] == framed.items


@given(st.lists(st.binary(max_size=30) | st.text(max_size=30).map(str.encode), max_size=6))
def test_no_bytes_are_too_odd(messages: list[bytes]) -> None:
    """Whatever comes, it is an event, passed over, or one error."""
    state = FrameState()
    feed(state, *messages)
    assert (state.error is not None) == state.over
