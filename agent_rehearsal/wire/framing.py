"""The bytes of a WebSocket frame as a server sends one (RFC 6455, 5.2): neither masked nor
compressed.

Pure functions on bytes, for frames that aiohttp does not make: those of a message in fragments.
"""

import struct

CONTINUATION = 0
_SHORT, _LONG = 126, 1 << 16


def frame(opcode: int, payload: bytes, *, last: bool) -> bytes:
    """One frame; the `last` of a message ends it."""
    first, size = (0x80 if last else 0) | opcode, len(payload)
    if size < _SHORT:
        head = struct.pack("!BB", first, size)
    elif size < _LONG:
        head = struct.pack("!BBH", first, 126, size)
    else:
        head = struct.pack("!BBQ", first, 127, size)
    return head + payload
