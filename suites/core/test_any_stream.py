"""Any stream of events, however it is sent: each reader finds the same items, usage and end."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from codex_core.model_client.errors import stream_error
from codex_core.model_client.events import ResponseEvent
from codex_core.model_client.stream import StreamState
from codex_core.model_client.websocket import Arrival, Lost, Text
from codex_core.model_client.websocket_frames import FrameState
from codex_core.model_client.websocket_transport import open_websocket
from codex_core.protocol.usage import TokenUsage
from suites.core.any_stream import SIZES, Stream, Told, WireServer, cut, shared, streams, told
from suites.core.fakes import Json
from suites.fuzz.share import fuzzed_hundredth

LINE_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
COMMENTS = st.lists(st.sampled_from([b": still here", b"event: x", b"id: 1", b"retry: 5"]))


@fuzzed_hundredth
@given(streams())
def test_a_stream_says_what_is_in_it(stream: Stream) -> None:
    """Each item that was done is there, in order; the text is that of the deltas; the end is that
    of the last event; junk between counts for nothing.
    """
    _, found = read_frames(stream.sent)
    done = [each for each in stream.legal if each["type"] == "response.output_item.done"]
    said = [each for each in stream.legal if each["type"] == "response.output_text.delta"]
    last = stream.legal[-1]
    assert len(found.items) == len(done)
    assert found.text == "".join(each["delta"] for each in said)
    if last["type"] == "response.completed":
        assert found.end == last["response"]["id"]
        assert found.usage == usage_of(last["response"]["usage"])
    else:
        assert found.usage is None
        assert reason(last["response"]) in found.end


@fuzzed_hundredth
@given(streams(), SIZES, LINE_ENDS, COMMENTS)
def test_a_stream_is_the_same_however_its_bytes_are_cut(
    stream: Stream, sizes: list[int], line_end: bytes, comments: list[bytes]
) -> None:
    """Over HTTP in chunks that know nothing of events, with any line ends and comments, and data in
    two lines; over a WebSocket in messages.
    """
    lines = [*comments, b"data: {", b"data: %b", b"", b""]
    body = b"".join(line_end.join(lines) % message.removeprefix(b"{") for message in stream.sent)
    framed, found = read_frames(stream.sent)
    for chunks in ([body], cut(body, sizes)):
        streamed, streamed_found = read_chunks(chunks)
        assert streamed_found == found
        assert streamed == shared(framed)


@fuzzed_hundredth
@given(stream=streams(), fragments=SIZES, sizes=SIZES, deflated=st.booleans())
def test_a_message_is_the_same_however_its_frames_are_split(
    stream: Stream, fragments: list[int], sizes: list[int], *, deflated: bool
) -> None:
    """Fragments of any size, deflated or not, in chunks that know nothing of frames."""
    server = WireServer(stream.sent, fragments=fragments, sizes=sizes, deflated=deflated)
    assert asyncio.run(read_socket(server, len(stream.sent))) == stream.sent


@fuzzed_hundredth
@given(streams(), st.data())
def test_a_stream_that_ends_early_is_told_alike(stream: Stream, data: st.DataObject) -> None:
    """What came before counts, over either transport, and the error is the same."""
    kept = stream.sent[: data.draw(st.integers(0, len(stream.legal) - 1))]
    framed, found = read_frames(kept)
    streamed, streamed_found = read_chunks([b"data: %b\n\n" % each for each in kept])
    assert streamed_found == found
    assert streamed == shared(framed)


def read_chunks(chunks: list[bytes]) -> tuple[list[ResponseEvent], Told]:
    """A whole body, read over HTTP."""
    state = StreamState()
    found: list[ResponseEvent] = []
    for chunk in chunks:
        if state.completed:
            break
        found += state.feed(chunk)[0]
    return found, told(found, None if state.completed else state.ended())


def read_frames(messages: list[bytes]) -> tuple[list[ResponseEvent], Told]:
    """A whole response, read over a WebSocket that ends after it."""
    state = FrameState()
    found: list[ResponseEvent] = []
    arrivals: list[Arrival] = [*map(Text, messages), Lost("")]
    for arrival in arrivals:
        if not state.over:
            found += state.feed(arrival)
    return found, told(found, state.error or stream_error(""))


async def read_socket(server: WireServer, count: int) -> list[bytes]:
    """The texts of so many messages of a real client's connection to `server`."""
    loop = asyncio.get_running_loop()
    loop.create_connection = server.connection()  # type: ignore[method-assign, assignment]
    socket = await open_websocket("ws://server/v1/responses", {})
    arrived = [socket.poll() for _ in range(count)]
    assert socket.poll() is None
    return [each.data for each in arrived if isinstance(each, Text)]


def usage_of(sent: Json) -> TokenUsage:
    """The counts that a completion has, read by hand."""
    return TokenUsage(
        input_tokens=sent["input_tokens"],
        cached_input_tokens=sent["input_tokens_details"]["cached_tokens"],
        output_tokens=sent["output_tokens"],
        reasoning_output_tokens=sent["output_tokens_details"]["reasoning_tokens"],
        total_tokens=sent["total_tokens"],
    )


def reason(response: Json) -> str:
    """Why a response is not complete, in the server's words."""
    error, details = response.get("error"), response.get("incomplete_details")
    told_by = (error or {}).get("message") or (details or {}).get("reason")
    return told_by or "response.failed"
