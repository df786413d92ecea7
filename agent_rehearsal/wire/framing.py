"""The bytes of a WebSocket frame as a server sends one (RFC 6455, 5.2): neither masked nor
compressed.

Pure functions on bytes, for frames that aiohttp does not make: those of a message in fragments.
"""

import struct

CONTINUATION, TEXT = 0, 1
_SHORT, _LONG = 126, 1 << 16


def frame(opcode: int, payload: bytes, *, last: bool) -> bytes:
    """One frame; the `last` of a message ends it."""
    return frame_head(opcode, len(payload), last=last) + payload


def frame_head(opcode: int, size: int, *, last: bool) -> bytes:
    """What stands before a payload of `size` bytes."""
    first = (0x80 if last else 0) | opcode
    if size < _SHORT:
        return struct.pack("!BB", first, size)
    if size < _LONG:
        return struct.pack("!BBH", first, 126, size)
    return struct.pack("!BBQ", first, 127, size)
