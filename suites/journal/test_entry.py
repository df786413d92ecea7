"""An entry keeps the bytes, and reads them when it is asked."""

import gzip
import zlib
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.journal import Undecodable, paths
from agent_rehearsal.journal.decoding import decode_content
from suites.journal.made import frames, journal, request

BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
    "br": brotli.compress,
    "identity": bytes,
}
NAMES = st.sampled_from(sorted(ENCODERS))


def encode(data: bytes, names: list[str]) -> bytes:
    for name in names:
        data = ENCODERS[name](data)
    return data


@given(st.binary(max_size=200), st.lists(NAMES, max_size=3))
def test_encodings_are_undone(data: bytes, names: list[str]) -> None:
    """Each known one, and several on top of each other, however the header is spelled."""
    assert decode_content(encode(data, names), " , ".join(names).upper()) == data


@given(st.sampled_from(sorted(set(ENCODERS) - {"identity"})), st.binary(min_size=1, max_size=60))
def test_a_body_that_breaks_off_is_refused(name: str, data: bytes) -> None:
    """A cut body is never taken for a shorter one."""
    whole = encode(data, [name])
    with pytest.raises(Undecodable, match=f"content-encoding '{name}'"):
        decode_content(whole[:-1], name)


@pytest.mark.parametrize("name", sorted(set(ENCODERS) - {"identity"}))
def test_a_wrong_claim_is_refused(name: str) -> None:
    """Bytes that are not in the encoding raise with its name; the raw bytes and the text stay."""
    entry = request(journal(), b'{"a": 1}', ((b"content-encoding", name.encode()),))
    with pytest.raises(Undecodable, match=rf"#1 .*claims content-encoding '{name}'"):
        _ = entry.json
    assert entry.get("a", "none") == "none"
    assert entry.content == entry.raw == b'{"a": 1}'


def test_an_unknown_encoding_is_refused() -> None:
    """The error lists those that are known."""
    with pytest.raises(Undecodable, match=r"'rot13' is unknown; known are zstd, gzip"):
        decode_content(b"x", "rot13")


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_a_body_is_never_larger_than_the_limit(name: str) -> None:
    """A small body that unpacks to a large one is refused."""
    packed = encode(bytes(100_000), [name])
    assert len(decode_content(packed, name, limit=100_000)) == 100_000
    if name != "identity":
        with pytest.raises(Undecodable, match="more than 99999 bytes"):
            decode_content(packed, name, limit=99_999)


def test_bare_deflate_and_several_headers_are_read() -> None:
    """What clients send in practice: deflate without zlib's frame; one header for each encoding."""
    packed = gzip.compress(BARE.compress(b'{"a": 1}') + BARE.flush())
    headers = ((b"Content-Encoding", b"deflate"), (b"content-encoding", b"gzip"))
    assert request(journal(), packed, headers).json == {"a": 1}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000, b"{}x"])
def test_what_is_no_json_is_told_each_time(raw: bytes) -> None:
    """`json` names the entry and the reason, `get`, `has` and `find` find nothing."""
    entry = request(journal(), raw)
    for _ in range(2):
        with pytest.raises(Undecodable, match=rf"#1 .*not JSON \({len(raw)} bytes\)"):
            _ = entry.json
    assert (entry.get("a"), entry.has("a"), entry.find("a"), entry.type) == (None, False, [], None)


def test_json_is_parsed_once() -> None:
    """The same object every time."""
    entry = frames({"a": {}})[0]
    assert entry.get("a") is entry.get("a")


def test_a_chunk_is_read_through_its_framing() -> None:
    """The data lines of the event are its body, whatever ends a line."""
    for raw in (b'event: x\ndata: {"type":\ndata:"x"}\n\n', b'data:{"type":"x"}\r\n\r\n'):
        log = journal()
        assert log.append("responses", "chunk", direction="out", raw=raw).type == "x"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/v1/x?a=1&a=2&b=", "/v1/x", {"a": "1", "b": ""}),
        ("//v1/[", "//v1/[", {}),
        ("http://host:1/v1/x?a=b", "/v1/x", {"a": "b"}),
    ],
)
def test_a_request_line_is_taken_apart(target: str, path: str, query: dict[str, str]) -> None:
    """Method, path and query, also of odd targets; the repr leaves the query out."""
    entry = request(journal(), target=target)
    assert (entry.method, entry.path, entry.query) == ("POST", path, query)
    assert repr(entry) == f"<#1 responses c1 in request POST {path}>"


def test_what_has_no_request_line_has_no_path() -> None:
    """A frame has neither method nor path nor status; a response has a status."""
    entry = frames({})[0]
    assert (entry.method, entry.path, entry.query, entry.status) == ("", "", {}, None)
    assert journal().append("responses", "response", head="429 Too Many").status == 429


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", [1]),
        ("l.0", [{"n": 1}]),
        ("l.-1.n", [2]),
        ("l.*.n", [1, 2]),
        ("*.b", [1]),
        (("d.d", 0), ["x"]),
        ("l.7", []),
        ("l.x", []),
        ("l.--1", []),
        ("l.²", []),
        ("s.0", []),
    ],
)
def test_paths_lead_to_values(path: Any, found: list[Any]) -> None:
    """Keys, indices from either end, any element; a text has no elements."""
    value = {"a": {"b": 1}, "l": [{"n": 1}, {"n": 2}], "d.d": ["x"], "s": "text"}
    assert list(paths.find(value, path)) == found


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("a.c", (1, "no 'c' in a (keys: b)")),
        ("l.2", (1, "no element '2' in l (a list of 2)")),
        ("a.b.c", (2, "a.b is a number, not an object")),
        ("x", (0, "no 'x' in the payload (keys: a, l)")),
        ("a.b", (2, "present")),
    ],
)
def test_a_path_that_ends_says_where(path: str, end: tuple[int, str]) -> None:
    """How far it could be followed, and what is there instead."""
    assert paths.reach({"a": {"b": 1}, "l": [1, 2]}, path) == end
