"""One realtime session over a plain socket, in few words: frames out masked beforehand, frames in
looked at as little as may be, so that this side costs less than any server. Knows no benchmark.
"""

import json
import socket
import struct
from collections.abc import Iterator
from typing import Any, Final

_KEY: Final = b"\x37\xfa\x21\x3d"
_UPGRADE: Final = (
    b"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\n"
    b"upgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nauthorization: Bearer test\r\n\r\n"
)
_ROOM = 1 << 17
"""Bytes for which there is room at first."""
_COUNTED = 64
"""Of so many answers on a connection, the frames of one are counted."""
_ERROR: Final = b'"type":"error"'
_FIRST: Final = 0x81
"""With what a text frame begins that is the only one of its message."""
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
        """How many frames the last answer had whose frames were counted."""
        self.answers = 0
        """How many came to their end."""
        self._room = bytearray(_ROOM)
        self._size = 0
        """How many bytes of the room are what was heard and not taken."""
        self.sock.sendall(_UPGRADE)
        while (end := self._room.find(b"\r\n\r\n", 0, self._size)) < 0:
            self.hear()
        if not self._room.startswith(b"HTTP/1.1 101 "):
            raise ValueError(f"the upgrade was refused: {bytes(self._room[: self._size])!r}")
        self._drop(end + 4)

    def until(self, type_: str) -> None:
        """Wait for an event of a type; what comes before it is passed over. Raises ValueError for
        an error and where none comes.
        """
        wanted = b'"type":"%b"' % type_.encode()
        while not self._passed(wanted):
            self.hear()

    def ask(self, sent: bytes, type_: str) -> None:
        """Send a frame and wait for an event of a type."""
        self.sock.sendall(sent)
        self.until(type_)

    def hear(self) -> None:
        """Take what is there to be read."""
        if self._size == len(self._room):
            self._room += bytes(self._size)
        size = self.sock.recv_into(memoryview(self._room)[self._size :])
        if not size:
            raise ValueError("the server closed the connection")
        self._size += size

    def take(self, wanted: bytes, asked: int = 1) -> int:
        """How many answers are here to their end, of the `asked` ones that are due: each ends with
        a frame that has `wanted` in it. They are taken then.

        The frames of some answers are counted. Raises ValueError for frames after the end, of which
        there may be none, and for answers that have an error or another number of frames.
        """
        room, size = self._room, self._size
        found = room.rfind(wanted, 0, size)
        if found < 0 or (end := _end_around(room, found, size)) > size:
            return 0
        answers = room.count(wanted, 0, size) if asked > 1 else 1
        if self.answers % _COUNTED == 0:
            self._count(answers, end)
        self.answers += answers
        if end < size:
            raise ValueError(f"expected nothing after {wanted!r}, got {bytes(room[end:size])!r}")
        self._size = 0
        return answers

    def _count(self, answers: int, end: int) -> None:
        heard = bytes(self._room[: self._size])
        bodies = list(_bodies(heard))
        usual = self.frames or len(bodies) // answers
        if len(bodies) != usual * answers or bodies[-1][1] != end or _ERROR in heard:
            text = heard[-400:]
            raise ValueError(f"expected {usual} frames and no error, got {len(bodies)}: {text!r}")
        self.frames = usual

    def _passed(self, wanted: bytes) -> bool:
        heard = bytes(self._room[: self._size])
        for begin, end in _bodies(heard):
            if heard.find(_ERROR, begin, end) >= 0:
                raise ValueError(f"expected {wanted!r}, got {heard[begin:end]!r}")
            if heard.find(wanted, begin, end) >= 0:
                self._drop(end)
                return True
        return False

    def _drop(self, size: int) -> None:
        """Let go of what was heard first."""
        self._size -= size
        self._room[: self._size] = self._room[size : size + self._size]


def _end_around(heard: bytearray, place: int, size: int) -> int:
    """Where the frame ends in whose text `place` is; the text is ASCII, and so has no such byte as
    a frame begins with. Beyond `size`, how much of `heard` was heard, where that is not here yet.
    """
    start = heard.rfind(_FIRST, 0, place)
    for length, first in ((_SHORT, start - 3), (_SHORT, start - 2)):
        if first >= 0 and heard[first : first + 2] == bytes((_FIRST, length)):
            start = first  # what was found is a byte of the length
    body = _body(heard, start, size)
    return body[1] if body else size + 1


def _bodies(heard: bytes) -> Iterator[tuple[int, int]]:
    """Where the payload of each whole frame begins and ends."""
    start = 0
    while (body := _body(heard, start, len(heard))) is not None:
        yield body
        start = body[1]


def _body(heard: bytes | bytearray, start: int, end: int) -> tuple[int, int] | None:
    """Where the payload of a frame begins and ends, if all of it is there before `end`."""
    here = end - start
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
