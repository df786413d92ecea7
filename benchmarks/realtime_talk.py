"""One realtime session over a plain socket, in few words: frames out masked beforehand, frames in
counted. Knows no benchmark.
"""

import json
import socket
import struct
from typing import Any, Final

_KEY: Final = b"\x37\xfa\x21\x3d"
_UPGRADE: Final = (
    b"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\n"
    b"upgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nauthorization: Bearer test\r\n\r\n"
)
_CHUNK = 1 << 18
_SHORT, _LONG = 126, 127
"""What stands in place of a length that takes two bytes, or eight (RFC 6455, 5.2)."""


def frame(type_: str, **fields: Any) -> bytes:
    """An event as one masked text frame."""
    data = json.dumps({"type": type_, **fields}).encode()
    size = len(data)
    key = int.from_bytes(_KEY * (size // 4 + 1))
    masked = (key >> 8 * (4 - size % 4) ^ int.from_bytes(data)).to_bytes(size)
    if size < _SHORT:
        head = struct.pack("!BB", 0x81, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x81, 0x80 | _SHORT, size)
    else:
        head = struct.pack("!BBQ", 0x81, 0x80 | _LONG, size)
    return head + _KEY + masked


class Talk:
    """A connection whose upgrade was accepted."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.frames = 0
        """How many came."""
        self._heard = bytearray()
        self.sock.sendall(_UPGRADE)
        while (end := self._heard.find(b"\r\n\r\n")) < 0:
            self._more()
        if not self._heard.startswith(b"HTTP/1.1 101 "):
            raise ValueError(f"the upgrade was refused: {bytes(self._heard)!r}")
        del self._heard[: end + 4]

    def until(self, type_: str) -> None:
        """Wait for an event of a type. Raises ValueError for an error and where none comes."""
        wanted = b'"type":"%b"' % type_.encode()
        while not self.take(wanted):
            self._more()

    def ask(self, sent: bytes, type_: str) -> None:
        """Send a frame and wait for an event of a type."""
        self.sock.sendall(sent)
        self.until(type_)

    def hear(self) -> None:
        """Take what is there to be read."""
        self._more()

    def take(self, wanted: bytes) -> bool:
        """Count whole frames up to one that has `wanted` in it; whether it was there."""
        heard, start, found = self._heard, 0, False
        while not found and (body := _body(heard, start)) is not None:
            begin, end = body
            self.frames += 1
            found = heard.find(wanted, begin, end) >= 0
            if heard.find(b'"type":"error"', begin, end) >= 0 or heard[start] == 0x88:
                raise ValueError(f"expected {wanted!r}, got {bytes(heard[begin:end])!r}")
            start = end
        del heard[:start]
        return found

    def _more(self) -> None:
        data = self.sock.recv(_CHUNK)
        if not data:
            raise ValueError("the server closed the connection")
        self._heard += data


def _body(heard: bytearray, start: int) -> tuple[int, int] | None:
    """Where the payload of a frame begins and ends, if all of it is there."""
    here = len(heard) - start
    if here < 2:  # the shortest head of a frame
        return None
    size, head = heard[start + 1], 2
    if size == _SHORT:
        head = 4
        size = int.from_bytes(heard[start + 2 : start + 4]) if here >= head else here
    elif size == _LONG:
        head = 10
        size = int.from_bytes(heard[start + 2 : start + 10]) if here >= head else here
    return (start + head, start + head + size) if here >= head + size else None
