"""The SSE parser: the grammar, and that chunking never matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.model_client.sse import SseParser

ODD = "a: \u00e4\u20ac\U0001f600data:\ufeff"
VALUES = st.lists(st.text(ODD, max_size=6), min_size=1, max_size=3)
NOISE = st.sampled_from(
    [b": comment", b"event: x", b"id: 1", b"retry: 5", b"datax: no", b"nonsense"]
)


def parse(*chunks: bytes) -> list[bytes]:
    parser = SseParser()
    return [data for chunk in chunks for data in parser.feed(chunk)]


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """A stream and the data that is in it."""
    body = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    expected = []
    for lines in draw(st.lists(VALUES, max_size=5)):
        encoded = [line.encode() for line in lines]
        fields = [b"data: " + line for line in encoded]
        fields.insert(draw(st.integers(0, len(fields))), draw(NOISE))
        end = draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
        body += end.join(fields) + end + end
        expected.append(b"\n".join(encoded))
    return body, expected


@given(streams(), st.lists(st.integers(1, 9), max_size=60))
def test_any_chunking_gives_the_same_events(
    stream: tuple[bytes, list[bytes]], sizes: list[int]
) -> None:
    """However a stream is cut, the data of its events is the same."""
    body, expected = stream
    chunks, start = [], 0
    for size in sizes:
        chunks.append(body[start : start + size])
        start += size
    assert parse(*chunks, body[start:]) == expected
    assert parse(*(body[i : i + 1] for i in range(len(body)))) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: a\n\n", [b"a"]),
        (b"data:a\n\n", [b"a"]),
        (b"data:  a\n\n", [b" a"]),
        (b"data\n\n", [b""]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b"event: x\n\n", []),
        (b"\n\n\ndata: a\n\n\n", [b"a"]),
        (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"data: a\n", []),
        (b"data: a", []),
    ],
)
def test_the_grammar(body: bytes, expected: list[bytes]) -> None:
    """Each rule of the event-stream grammar, by example; an unfinished event is dropped."""
    assert parse(body) == expected


def test_a_lone_cr_ends_a_line_at_once() -> None:
    """An event whose last line ends in CR does not wait for the next chunk."""
    assert parse(b"data: a\r\r") == [b"a"]
    assert parse(b"data: a\r\r", b"\ndata: b\r\n\r", b"\n") == [b"a", b"b"]
