"""`frames`: what each piece of a direction is called, however the bytes were cut into pieces."""

import gzip
import json
import zlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.story.frames import Reader
from suites.interleave.happened import (
    SWITCHING,
    UPGRADE,
    Deflater,
    chunk,
    event,
    frame,
    said,
)

POST = b"POST /v1/responses?key=secret HTTP/1.1\r\nHost: mock\r\nContent-Length: 10\r\n\r\n"
STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
PING = frame(b"", opcode=9)


def client(*pieces: bytes) -> list[str]:
    """The labels of what a client sends."""
    reader = Reader(client=True)
    return [reader.label(piece) for piece in pieces]


def server(*pieces: bytes, asked: Sequence[bytes] = ()) -> list[str]:
    """The labels of what a server answers to `asked`."""
    opened = Reader(client=True)
    for piece in asked:
        opened.label(piece)
    reader = Reader(client=False, requests=opened.requests)
    return [reader.label(piece) for piece in pieces]


def answer(kind: str, body: bytes, *headers: str) -> bytes:
    """A whole response."""
    fields = [f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode() + body


def joined(*pieces: bytes) -> list[str]:
    """The labels of messages after an upgrade."""
    return server(SWITCHING, *pieces)[1:]


def test_a_request_is_called_by_its_line_without_the_query() -> None:
    """A query may hold keys and says little, so a label has method and path only."""
    assert client(POST + b"0123456789") == ["POST /v1/responses"]


def test_a_request_to_a_proxy_is_called_the_same() -> None:
    """A target in absolute form is its path."""
    assert client(b"GET http://mock:80/v1/models HTTP/1.1\r\n\r\n") == ["GET /v1/models"]


def test_pieces_of_a_request_say_what_they_are_part_of() -> None:
    """Each piece is labelled with what it completes, else with what it belongs to."""
    pieces = (b"PO", POST[2:60], POST[60:], b"01234", b"56789")
    assert client(*pieces) == [
        "part of a request",
        "part of POST /v1/responses",
        "POST /v1/responses",
        "part of POST /v1/responses",
        "body of POST /v1/responses",
    ]


def test_requests_in_one_piece_are_all_named() -> None:
    """Heads are never folded: each opens something."""
    request = b"GET /%d HTTP/1.1\r\n\r\n"
    assert client(b"".join(request % number for number in range(3))) == ["GET /0, GET /1, GET /2"]


def test_a_status_without_a_reason_gets_its_usual_one() -> None:
    """A number alone says less than its phrase."""
    assert server(b"HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n") == ["404 Not Found"]
    assert server(b"HTTP/1.1 599\r\nContent-Length: 0\r\n\r\n") == ["599"]


def test_events_of_a_stream_are_called_by_their_type() -> None:
    """Events are the messages of a stream; its chunks are not told."""
    pieces = (STREAM, chunk(event("response.created")), chunk(event("response.completed")))
    assert server(*pieces, b"0\r\n\r\n") == [
        "200 OK",
        "response.created",
        "response.completed",
        "end of 200 OK",
    ]


def test_many_events_in_one_piece_are_a_range() -> None:
    """More than two messages of a piece are told by the first, the last and their number."""
    names = ["response.created", *["response.output_text.delta"] * 10, "response.completed"]
    events = b"".join(chunk(event(name)) for name in names)
    assert server(STREAM + events) == ["200 OK, response.created … response.completed (12 events)"]


def test_two_events_in_one_piece_are_both_named() -> None:
    """A range of two would hide nothing."""
    assert server(STREAM, chunk(event("a") + event("b"))) == ["200 OK", "a, b"]


def test_an_event_in_pieces_is_named_as_soon_as_it_says_its_name() -> None:
    """A piece within an event is part of that event, not only of the answer."""
    begun = b"event: response.created\ndata: {"
    assert server(STREAM, chunk(begun), chunk(b"}\n\n"))[1:] == [
        "part of response.created",
        "response.created",
    ]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (b'data: {"type": "a.b"}\n\n', "a.b"),
        (b"data: [DONE]\n\n", '"[DONE]"'),
        (b'data: {"type":\ndata: "a.b"}\n\n', "a.b"),
        (b'data: {"type": "a.b"}\r\n\r\n', "a.b"),
        (b"event: a.b\r\r", "a.b"),
        (b": still here\n\n", "comment"),
        (b'data: {"n": "%s"}\n\n' % (b"x" * 80), "event"),
    ],
)
def test_an_event_without_a_name_is_called_by_its_data(lines: bytes, name: str) -> None:
    """Every line end and every form of an event that the standard knows has a name."""
    assert server(STREAM, chunk(lines)) == ["200 OK", name]


def test_a_json_body_is_called_by_its_type() -> None:
    """A body that says its type is told by it; other bodies by what they are the body of."""
    typed, plain = b'{"type": "error"}', b'{"id": 1}'
    assert server(answer("application/json", typed)) == ["200 OK, error"]
    assert server(answer("application/json", plain)) == ["200 OK"]
    assert server(answer("application/json", plain)[:-3], plain[-3:])[1] == "body of 200 OK"


def test_a_compressed_body_is_not_looked_into() -> None:
    """Where a body is encoded, its answer is told and nothing is guessed."""
    body = gzip.compress(event("response.created"))
    assert server(answer("text/event-stream", body, "Content-Encoding: gzip")) == ["200 OK"]


def test_an_answer_to_head_has_no_body() -> None:
    """What follows the answer to a HEAD is the next answer, whatever its length says."""
    asked = [b"HEAD / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
    first = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    assert server(first, first + b"hello", asked=asked) == ["200 OK", "200 OK"]
    assert server(first, b"hello") == ["200 OK", "body of 200 OK"]


def test_an_interim_answer_is_none() -> None:
    """After 100 Continue the answer is still to come."""
    pieces = (b"HTTP/1.1 100 Continue\r\n\r\n", answer("text/plain", b""))
    assert server(*pieces) == ["100 Continue", "200 OK"]


def test_a_body_without_a_length_goes_on_to_the_end() -> None:
    """A close-delimited stream of events is read like any other."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    assert server(head, event("a"), event("b")) == ["200 OK", "a", "b"]


def test_websocket_messages_are_called_by_their_type() -> None:
    """After the upgrade JSON text is its type, other text itself, binary its size."""
    opened = b"GET /v1/realtime HTTP/1.1\r\n" + UPGRADE
    text = frame(b"hello", masked=True)
    spaced = frame("zwölf Wörter".encode(), masked=True)
    binary = frame(b"\0" * 120, opcode=2, masked=True)
    assert client(opened, said("session.update", masked=True), text, spaced, binary) == [
        "GET /v1/realtime",
        "session.update",
        "hello",
        '"zwölf Wörter"',
        "binary 120 B",
    ]


@pytest.mark.parametrize(
    ("bytes_", "name"),
    [
        (PING, "ping"),
        (frame(b"x", opcode=10), "pong"),
        (frame(b"\x03\xe8", opcode=8), "close 1000"),
        (frame(b"\x03\xf3going", opcode=8), "close 1011 going"),
        (frame(b"", opcode=8), "close"),
        (frame(b"{" * 3000), "text 3000 B"),
        (frame(b"[" * 70_000), "text 70 kB"),
        (frame(b'[1, "two"]'), '[1, "two"]'),
        (frame(b'{"event": "a"}'), "a"),
        (frame(b'{"method": "m/n"}'), "m/n"),
        (frame(b'{"type": "%s"}' % (b"t" * 90)), f"{'t' * 45}..."),
        (frame(b'{"type": "a\\nb"}'), "a\\nb"),
        (frame(b"\xff"), "text 1 B"),
        (frame(b""), "text 0 B"),
    ],
)
def test_a_frame_has_a_name(bytes_: bytes, name: str) -> None:
    """Control frames, sizes in every length of header, and text that cannot be shown as it is."""
    assert joined(bytes_) == [name]


def test_a_message_in_frames_is_told_when_it_is_whole() -> None:
    """Fragments are parts of one message; a control frame may come between them."""
    whole = b'{"type": "session.updated"}'
    parts = (frame(whole[:5], final=False), PING, frame(whole[5:], opcode=0))
    assert joined(*parts) == ["part of a text message", "ping", "session.updated"]


def test_a_frame_in_pieces_is_told_when_it_is_whole() -> None:
    """A piece may end anywhere, in a header as well."""
    message = said("session.updated")
    assert joined(message[:1], message[1:9], message[9:] + PING) == [
        "part of a frame",
        "part of a text message",
        "session.updated, ping",
    ]


def test_compressed_messages_share_their_context() -> None:
    """A compressed message may refer to those before it."""
    deflater, kinds = Deflater(), ["session.created", "session.updated", "session.updated"]
    payloads = [json.dumps({"type": kind}).encode() for kind in kinds]
    assert joined(*map(deflater.frame, payloads)) == kinds


def test_compressed_messages_may_share_nothing() -> None:
    """A message that begins anew, or whose stream ends with it, leaves the next one readable."""
    once = zlib.compressobj(wbits=-15)
    ended = once.compress(b'{"type": "b"}') + once.flush()
    anew = Deflater().frame(b'{"type": "c"}')
    pieces = (Deflater().frame(b'{"type": "a"}'), frame(ended, rsv1=True), anew)
    assert joined(*pieces) == ["a", "b", "c"]


def test_a_damaged_compressed_message_is_told_by_its_size() -> None:
    """What cannot be inflated is counted, as are the compressed ones after it."""
    good = Deflater().frame(b'{"type": "a"}')
    labels = joined(frame(b"\xff\xff\xff", rsv1=True), good, said("b"))
    assert labels == ["compressed 3 B", f"compressed {len(good) - 2} B", "b"]


def test_an_upgrade_that_is_refused_leaves_http() -> None:
    """After a refusal the client's next request is read as one."""
    opened = b"GET /v1/realtime HTTP/1.1\r\n" + UPGRADE
    assert client(opened, b"GET /again HTTP/1.1\r\n\r\n")[1] == "GET /again"
    refused = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    assert server(refused, refused, asked=[opened]) == ["401 Unauthorized"] * 2


@pytest.mark.parametrize(
    ("piece", "name"),
    [
        (b"\x16\x03" * 60, "120 B"),
        (b"hello\n", "hello"),
        (b"EHLO me\r\n", '"EHLO me"'),
        (b"", "0 B"),
        (b"\0" * 3_145_728, "3.1 MB"),
    ],
)
def test_anything_else_is_its_size_or_its_text(piece: bytes, name: str) -> None:
    """Bytes of no known protocol are counted; one short line of text is shown."""
    assert client(piece) == [name]


@pytest.mark.parametrize(
    "piece",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
        SWITCHING + frame(b"x", opcode=3),
        SWITCHING + frame(b"x", opcode=9, final=False),
        SWITCHING + frame(b"x", opcode=0),
    ],
)
def test_after_a_broken_rule_bytes_are_counted(piece: bytes) -> None:
    """A direction that leaves its protocol is not read on as if it had not."""
    assert server(piece, said("a") * 9)[1] == f"{len(said('a')) * 9} B"


def test_a_tunnel_is_not_looked_into() -> None:
    """What follows CONNECT and its answer is the business of others."""
    asked = b"CONNECT host:443 HTTP/1.1\r\n\r\n"
    assert client(asked, b"\0" * 9) == ["CONNECT host:443", "9 B"]
    granted = b"HTTP/1.1 200 OK\r\n\r\n"
    assert server(granted, b"\0" * 9, asked=[asked]) == ["200 OK", "9 B"]


CONVERSATION = STREAM + chunk(event("a") + event("b")) + b"0\r\n\r\n" + SWITCHING
CONVERSATION += said("c") + frame(b"d", final=False) + PING + frame(b"e", opcode=0)
CONVERSATION += Deflater().frame(b'{"type": "f"}') + frame(b"\x03\xe8", opcode=8)


@given(st.lists(st.integers(0, len(CONVERSATION)), max_size=12))
def test_where_the_cuts_are_does_not_matter(cuts: list[int]) -> None:
    """The same is completed in the same order, in however many pieces it comes."""
    places = [0, *sorted(cuts), len(CONVERSATION)]
    pieces = [CONVERSATION[a:b] for a, b in pairwise(places) if a < b]
    told = [label for label in server(*pieces) if not label.startswith("part of ")]
    ends = [label for label in ", ".join(told).split(", ") if label != "end of 200 OK"]
    expected = ["200 OK", "a", "b", "101 Switching Protocols", "c", "ping", "de", "f", "close 1000"]
    assert spread(ends) == expected


def spread(labels: list[str]) -> list[str]:
    """Labels with the ranges `c … f (4 events)` written out."""
    every = ["c", "ping", "de", "f", "close 1000"]
    names = []
    for label in labels:
        first, _, last = label.partition(" … ")
        ends = [first, last.partition(" (")[0]]
        run = every[every.index(ends[0]) : every.index(ends[1]) + 1] if last else [label]
        names += run
    return names


OPENINGS = [b"", POST, STREAM, SWITCHING, b"GET / HTTP/1.1\r\n" + UPGRADE, b"GET /", b"HTTP/1."]
JUNK = st.binary(max_size=40) | st.sampled_from(
    [said("a", masked=True), said("a"), b"\r\n", b"5\r\nhello\r\n", b"\x41\xff", b"\xc1\x02ab"]
)


READERS = st.sampled_from([True, False]).map(lambda client: Reader(client=client))


@given(READERS, st.sampled_from(OPENINGS), st.lists(JUNK, max_size=6))
def test_no_bytes_make_it_raise(reader: Reader, opening: bytes, junk: list[bytes]) -> None:
    """Whatever comes, each piece gets a label of one printable line."""
    labels = [reader.label(piece) for piece in (opening, *junk)]
    assert all(label.isprintable() and 0 < len(label) <= 72 for label in labels)
