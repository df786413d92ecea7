"""What is thrown at the mock: bodies that are nearly requests, headers that are nearly known."""

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import zstandard
from hypothesis import strategies as st


def words(text: str) -> st.SearchStrategy[str]:
    """One of these words."""
    return st.sampled_from(text.split())


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["a", "c1", "text", "m", "", "\ud800", "\x00", "\U0001f600"])
)
KEYS = words(
    "model input instructions stream type role content text output call_id name "
    "arguments tools id generate previous_response_id reasoning store metadata format "
    "background include user temperature tool_choice response"
) | st.text(max_size=4)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
TYPES = words(
    "message function_call function_call_output custom_tool_call "
    "custom_tool_call_output reasoning item_reference tool_search_call "
    "tool_search_output web_search_call compaction"
)
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES | SCALARS,
        "role": st.sampled_from(["user", "assistant", "system", "developer", "tool"]) | JSON,
        "content": JSON,
        "call_id": st.sampled_from(["c1", "c2"]) | JSON,
        "output": JSON,
        "name": JSON,
        "arguments": JSON,
    },
)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "model": st.just("m") | JSON,
        "input": st.lists(ITEMS | JSON, max_size=3) | JSON,
        "instructions": JSON,
        "stream": st.booleans() | JSON,
        "tools": st.lists(JSON, max_size=3) | JSON,
        "text": JSON,
        "reasoning": JSON,
        "metadata": JSON,
        "service_tier": JSON,
        "previous_response_id": JSON,
    },
)
DEEP = st.builds(
    lambda depth, open_: open_ * depth, st.integers(1, 3000), st.sampled_from([b"[", b'{"a":'])
)


def encoded(value: Any) -> bytes:
    """JSON as a careless client writes it: lone surrogates and NaN as they are."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def damaged(parts: tuple[bytes, int, int, bytes]) -> bytes:
    """A text with a piece of it replaced."""
    text, start, size, piece = parts
    at = start % (len(text) + 1)
    return text[:at] + piece + text[at + size :]


TEXTS = (REQUESTS | JSON).map(encoded)
BODIES = st.one_of(
    TEXTS,
    TEXTS,
    st.tuples(TEXTS, st.integers(0, 999), st.integers(0, 9), st.binary(max_size=5)).map(damaged),
    st.binary(max_size=60),
    DEEP,
)
"""Bodies of a request."""

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
    "identity": bytes,
    "br": bytes,
    "gzip, zstd": lambda body: zstandard.compress(gzip.compress(body)),
    "nonsense": bytes,
    "": bytes,
}
"""Content-Encoding -> how a body is really encoded under it; some lie."""
TOKENS = st.text("abcXYZ019-_!#$%&'*+.^`|~", min_size=1, max_size=12)
VALUES = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20
).map(str.strip)
KNOWN = words(
    "accept authorization content-type cookie origin range if-none-match traceparent "
    "x-aimock-context x-codex-turn-state session_id openai-beta user-agent"
)
HEADERS = st.lists(
    st.tuples(KNOWN | TOKENS, VALUES), max_size=5, unique_by=lambda pair: pair[0].lower()
)
"""No name twice: of some headers there may be one only, and a second makes the head malformed."""
RESERVED = ("content-length", "transfer-encoding", "content-encoding", "connection", "host")
"""Headers that say how a body is framed, which are ours to choose."""
PATHS = st.sampled_from(["/v1/responses"] * 12 + ["/v1/models", "/v1/unknown", "/", "/v1/realtime"])
METHODS = st.sampled_from(["POST"] * 12 + ["GET", "PUT", "DELETE", "OPTIONS"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, well framed, whatever it says."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    """As it is on the wire, before it is cut into chunks."""
    chunks: list[int]
    """Sizes of the chunks it is sent in, over and over; none for a length."""

    @property
    def wire(self) -> bytes:
        """All of it."""
        length = f"Content-Length: {len(self.body)}"
        framing = "Transfer-Encoding: chunked" if self.chunks else length
        kept = (pair for pair in self.headers if pair[0].lower() not in RESERVED)
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            "Host: mock",
            framing,
            *(f"{name}: {value}" for name, value in kept),
            *(f"{name}: {value}" for name, value in self.headers if name == "content-encoding"),
        ]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return head + (chunked(self.body, self.chunks) if self.chunks else self.body)


def chunked(body: bytes, sizes: list[int]) -> bytes:
    """The body in the chunked transfer coding."""
    wire, at, turn = b"", 0, 0
    while at < len(body):
        piece = body[at : at + sizes[turn % len(sizes)]]
        wire += b"%x\r\n%b\r\n" % (len(piece), piece)
        at, turn = at + len(piece), turn + 1
    return wire + b"0\r\n\r\n"


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """Any request that is framed as HTTP asks."""
    body, headers = draw(BODIES), draw(HEADERS)
    coding = draw(st.sampled_from(["none"] * 4 + list(CODINGS)))
    if coding in CODINGS:
        body = CODINGS[coding](body)
        headers = [*headers, ("content-encoding", coding)]
    return Asked(
        method=draw(METHODS),
        path=draw(PATHS),
        headers=headers,
        body=body,
        chunks=draw(st.just([]) | st.lists(st.integers(1, 30), min_size=1, max_size=3)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One WebSocket frame of a client, well formed or not."""

    opcode: int
    payload: bytes
    flags: int = 0x80
    """The final bit, and the reserved ones."""
    mask: bytes = b"\0\0\0\0"

    @property
    def wire(self) -> bytes:
        """All of it."""
        size = len(self.payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        masked = bytes(byte ^ self.mask[at % 4] for at, byte in enumerate(self.payload))
        return bytes([self.flags | self.opcode]) + length + self.mask + masked


MESSAGES = st.builds(
    Frame,
    opcode=st.sampled_from([1, 1, 1, 2, 9, 10]),
    payload=st.one_of(
        REQUESTS.map(lambda fields: {"type": "response.create", **fields}).map(encoded),
        TEXTS,
        st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace")),
    ).filter(lambda payload: len(payload) < 1 << 16),
    mask=st.binary(min_size=4, max_size=4),
)
"""Whole messages that RFC 6455 has nothing against, but for control frames that are too long."""
FRAMES = st.builds(
    Frame,
    opcode=st.integers(0, 15),
    payload=st.binary(max_size=140),
    flags=st.sampled_from([0x80, 0x80, 0x80, 0, 0xC0, 0x70]),
    mask=st.binary(min_size=4, max_size=4),
)
"""Anything that has the shape of a frame."""
