"""WebSocket frames (RFC 6455, 5) as one side sends them: messages put together, unmasked and
inflated (RFC 7692), control frames by name.

Reads only what it takes to name them; it must not know the handshake. Whether a message is
compressed is told by its first frame, and one inflater serves with and without context takeover,
because a message that takes nothing over refers to nothing before it.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent_rehearsal.interleave.story.naming import short, size, text_name
from agent_rehearsal.interleave.story.octets import Garbled, Octets, Reading
from agent_rehearsal.interleave.story.progress import Progress

_CONTINUATION, _TEXT, _CLOSE, _PING, _PONG = 0, 1, 8, 9, 10
_BINARY = 2
_FINAL, _COMPRESSED, _RESERVED, _MASKED = 0x80, 0x40, 0x30, 0x80
_LONGEST_CONTROL = 125
_WIDE = {126: 2, 127: 8}
"""Values of the short length field -> bytes of the length that follows."""
_TAIL = b"\x00\x00\xff\xff"
_LARGEST = 1 << 20
"""Bytes of an inflated message that are looked into."""
_CODE = 2


@dataclass(frozen=True, slots=True)
class _Head:
    opcode: int
    final: bool
    compressed: bool
    length: int
    mask: bytes

    @property
    def control(self) -> bool:
        return self.opcode >= _CLOSE


@dataclass(slots=True)
class _Message:
    """A message under way, which may be several frames."""

    opcode: int
    compressed: bool
    payload: bytearray


class _Inflater:
    """Inflates the messages of one direction; after a bad one it knows no more."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = zlib.decompressobj(-zlib.MAX_WBITS)

    def inflated(self, payload: bytes) -> bytes | None:
        """The message; None where that cannot be told."""
        if self._stream is None:
            return None
        try:
            data = self._stream.decompress(payload + _TAIL, _LARGEST)
        except zlib.error:
            self._stream = None
            return None
        if self._stream.eof:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        elif self._stream.unconsumed_tail:
            self._stream = None
        return data


def frames(octets: Octets, progress: Progress) -> Reading[None]:
    """Frames for ever. Raises Garbled for what is none."""
    inflater, message = _Inflater(), None
    while True:
        progress.doing = _doing(message)
        head = yield from _head(octets)
        message = _belongs(head, message)
        if not head.control:
            progress.doing = _doing(message)
        payload = _unmasked((yield from octets.take(head.length)), head.mask)
        if head.control:
            progress.done("message", _CONTROLS[head.opcode](payload))
        elif message:
            message.payload += payload
            if head.final:
                progress.done("message", _message_name(message, inflater))
                message = None


def _head(octets: Octets) -> Reading[_Head]:
    first, second = yield from octets.take(2)
    length = second & ~_MASKED & 0xFF
    if length in _WIDE:
        length = int.from_bytes((yield from octets.take(_WIDE[length])), "big")
    mask = (yield from octets.take(4)) if second & _MASKED else b""
    head = _Head(first & 0x0F, bool(first & _FINAL), bool(first & _COMPRESSED), length, mask)
    if first & _RESERVED or head.opcode not in (_CONTINUATION, _TEXT, _BINARY, *_CONTROLS):
        raise Garbled
    if head.control and (not head.final or head.compressed or length > _LONGEST_CONTROL):
        raise Garbled
    return head


def _belongs(head: _Head, message: _Message | None) -> _Message | None:
    """The message that a frame is of; a control frame leaves it as it is."""
    if head.control:
        return message
    if (head.opcode == _CONTINUATION) != (message is not None):
        raise Garbled
    return message or _Message(head.opcode, head.compressed, bytearray())


def _doing(message: _Message | None) -> str:
    if message is None:
        return "a frame"
    return f"a {'text' if message.opcode == _TEXT else 'binary'} message"


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    if not mask or not payload:
        return payload
    count = len(payload)
    repeated = (mask * (count // 4 + 1))[:count]
    whole = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return whole.to_bytes(count, "big")


def _message_name(message: _Message, inflater: _Inflater) -> str:
    payload: bytes | None = bytes(message.payload)
    if message.compressed:
        payload = inflater.inflated(bytes(message.payload))
    if payload is None:
        return f"compressed {size(len(message.payload))}"
    return text_name(payload) if message.opcode == _TEXT else f"binary {size(len(payload))}"


def _close_name(payload: bytes) -> str:
    if len(payload) < _CODE:
        return "close"
    reason = short(payload[_CODE:].decode("utf-8", "replace"), 32)
    return f"close {int.from_bytes(payload[:_CODE], 'big')} {reason}".rstrip()


_CONTROLS: Mapping[int, Callable[[bytes], str]] = {
    _CLOSE: _close_name,
    _PING: lambda _: "ping",
    _PONG: lambda _: "pong",
}
"""Opcode of a control frame -> what it is called."""
