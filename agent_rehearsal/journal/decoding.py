"""From the bytes of an entry to JSON: text, content encodings, `data` lines of a server-sent event.

Knows bytes only, no entries. Decompression is bounded, so a small body cannot fill the memory.
"""

import zlib
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

MAX_DECODED = 1 << 30
"""Bytes that one body may decode to; a longer one is refused."""
_SLICE = 1 << 12
"""Bytes given to a decompressor at a time: bounds what it yields beyond the limit."""


class Undecodable(ValueError):
    """Bytes that are not what they claim to be; the text says what was claimed and why not."""


class _Stream(Protocol):
    """A decompressor of one stream, shaped as zlib's."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Brotli:
    """The brotli library's decompressor in zlib's shape."""

    unused_data = b""

    def __init__(self) -> None:
        try:
            import brotli
        except ImportError:
            raise Undecodable(
                "the body is in brotli: install agent-rehearsal[brotli] to read it"
            ) from None
        self._inner = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._inner.is_finished())

    def decompress(self, data: bytes, /) -> bytes:
        return bytes(self._inner.process(data))


def _new_zstd() -> _Stream:
    import zstandard  # here, so that only a body that uses it pays for it

    return zstandard.ZstdDecompressor().decompressobj()


def _gzip(data: bytes, limit: int) -> bytes:
    return _unpack(lambda: zlib.decompressobj(16 + zlib.MAX_WBITS), data, limit)


def _deflate(data: bytes, limit: int) -> bytes:
    """RFC 9110 means the zlib format; some clients send a bare deflate stream."""
    try:
        return _unpack(zlib.decompressobj, data, limit)
    except zlib.error:
        return _unpack(lambda: zlib.decompressobj(-zlib.MAX_WBITS), data, limit)


def _unpack(new: Callable[[], _Stream], data: bytes, limit: int) -> bytes:
    """The streams that `data` is made of, unpacked and joined."""
    unpacked = bytearray()
    while data:
        stream, position = new(), 0
        while position < len(data) and not stream.eof:
            unpacked += stream.decompress(data[position : position + _SLICE])
            position += _SLICE
            if len(unpacked) > limit:
                raise Undecodable(
                    f"the body decodes to more than {limit} bytes, which is the limit"
                )
        if not stream.eof:
            raise EOFError("it breaks off before its end")
        data = stream.unused_data + data[position:]
    return bytes(unpacked)


DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "zstd": lambda data, limit: _unpack(_new_zstd, data, limit),
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": lambda data, limit: _unpack(_Brotli, data, limit),
    "identity": lambda data, _limit: data,
}
"""Content encoding -> what undoes it, given the bytes and how many may come out."""


def decode_content(data: bytes, encodings: str, *, limit: int = MAX_DECODED) -> bytes:
    """`data` without its content encodings, the header's value; several are undone last to first.

    Raises Undecodable for an unknown encoding, for bytes that are not in the claimed one or break
    off, and for more than `limit` bytes.
    """
    for name in reversed([part.strip().lower() for part in encodings.split(",") if part.strip()]):
        data = _decoded(data, name, limit)
    return data


def _decoded(data: bytes, name: str, limit: int) -> bytes:
    if name not in DECODERS:
        raise Undecodable(f"content-encoding {name!r} is unknown; known are {', '.join(DECODERS)}")
    try:
        return DECODERS[name](data, limit)
    except Undecodable:
        raise
    except Exception as error:  # each library has its own
        raise Undecodable(
            f"the body claims content-encoding {name!r} and is not in it: {error}"
        ) from error


def text_of(data: bytes) -> str:
    """`data` as text that keeps bytes that are no UTF-8; `bytes_of` is the way back."""
    return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """The bytes that `text_of` made `text` of."""
    return text.encode("utf-8", "surrogateescape")


def sse_data(chunk: bytes) -> bytes:
    """The `data` of one server-sent event, its lines joined by newlines."""
    lines = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    fields = [line.partition(b":") for line in lines]
    return b"\n".join(value.removeprefix(b" ") for name, _, value in fields if name == b"data")


def parse(data: bytes) -> Any:
    """`data` as JSON. Raises Undecodable with the reason and the offset."""
    try:
        return msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        raise Undecodable(f"not JSON ({len(data)} bytes): {error}") from error
