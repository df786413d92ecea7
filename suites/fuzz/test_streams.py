"""The agent core reads any bytes as a stream of events: to an end or an error, never to a crash."""

import json

from hypothesis import given
from hypothesis import strategies as st

from codex_core.model_client.errors import ModelError
from codex_core.model_client.sse import SseParser
from codex_core.model_client.stream import StreamState
from suites.fuzz.made import ITEMS, JSON, damaged, encoded, words
from suites.fuzz.share import fuzzed_tenth

TYPES = words(
    "created in_progress completed failed incomplete output_item.added "
    "output_item.done output_text.delta reasoning_summary_text.delta "
    "reasoning_summary_part.added reasoning_text.delta custom_tool_call_input.delta "
    "function_call_arguments.delta"
)
EVENTS = st.fixed_dictionaries(
    {"type": TYPES.map(lambda name: f"response.{name}") | JSON},
    optional={
        "response": st.fixed_dictionaries(
            {},
            optional={
                "id": st.just("r") | JSON,
                "usage": JSON,
                "error": st.fixed_dictionaries({}, optional={"code": JSON, "message": JSON}) | JSON,
                "incomplete_details": JSON,
                "end_turn": JSON,
            },
        )
        | JSON,
        "item": ITEMS | JSON,
        "delta": JSON,
        "summary_index": JSON,
        "content_index": JSON,
    },
)
LINES = st.one_of(
    EVENTS.map(lambda event: b"data: " + encoded(event) + b"\n\n"),
    st.sampled_from(
        [b": c\n", b"data\n", b"event: x\r\n", b"\r", b"\n\n", b"\xef\xbb\xbf", b"data: [DONE]\n\n"]
    ),
    st.binary(max_size=20),
)
STREAMS = st.lists(LINES, max_size=6).map(b"".join)
ANY = STREAMS | st.tuples(
    STREAMS, st.integers(0, 500), st.integers(0, 20), st.binary(max_size=6)
).map(damaged)
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=5)


def pieces(body: bytes, sizes: list[int]) -> list[bytes]:
    """The body in chunks of these sizes, over and over."""
    cut: list[bytes] = []
    at = 0
    while at < len(body):
        cut.append(body[at : at + sizes[len(cut) % len(sizes)]])
        at += len(cut[-1])
    return cut


@fuzzed_tenth
@given(ANY, SIZES)
def test_any_bytes_are_parsed_alike_however_they_come(body: bytes, sizes: list[int]) -> None:
    """Chunks give the events that the whole gives, and none has a line end that was not sent."""
    whole, parted = SseParser(), SseParser()
    events = whole.feed(body)
    assert [data for piece in pieces(body, sizes) for data in parted.feed(piece)] == events
    assert all(b"\r" not in data for data in events)


@fuzzed_tenth
@given(ANY, SIZES)
def test_any_bytes_end_a_stream_in_good_order(body: bytes, sizes: list[int]) -> None:
    """Events come until one completes the stream, or there is an error that says why none did."""
    state, last = StreamState(), ""
    for piece in pieces(body, sizes):
        events, received = state.feed(piece)
        assert received >= len(events)
        last = type(events[-1]).__name__ if events else last
        if state.completed:
            break
    error = state.ended()
    assert isinstance(error, ModelError)
    assert str(error)
    assert (last == "Completed") == state.completed


@fuzzed_tenth
@given(EVENTS)
def test_any_event_is_read_or_skipped(event: object) -> None:
    """One well-formed event of any content is taken or passed over, and the next one counts."""
    done = json.dumps({"type": "response.completed", "response": {"id": "r"}}).encode()
    state = StreamState()
    state.feed(b"data: " + encoded(event) + b"\n\ndata: " + done + b"\n\n")
    assert state.completed
