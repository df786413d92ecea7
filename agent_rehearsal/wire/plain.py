"""Requests as nearly all clients send them, told apart from the rest at a glance.

Sans-IO. A head is plain when nothing in it changes how the request is framed or when it is to be
answered; of everything else aiohttp is the judge. What a plain head says is remembered: a client
sends the same one again and again.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from agent_rehearsal.journal import Headers

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_LINE = re.compile(rb"[A-Z]+ /[\x21-\x7e]* HTTP/1\.1")
_HEADER = re.compile(rb"(%b):[ \t]*([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?|)[ \t]*" % _TOKEN)
_FRAMING = frozenset({b"connection", b"expect", b"transfer-encoding", b"upgrade"})
"""Headers that make a request more than plain, but for `connection: keep-alive`."""
_LENGTH = re.compile(rb"[0-9]{1,8}")
_LONGEST = 8192
"""Bytes of a head that are looked at."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The head of a plain request."""

    line: str
    """The request line."""
    headers: Headers
    size: int
    """Bytes of the head, with the blank line."""
    length: int
    """Bytes of the body."""


def plain(data: bytes) -> Plain | None:
    """The plain request that begins with `data`; None where that is not certain."""
    end = data.find(b"\r\n\r\n", 0, _LONGEST)
    return None if end < 0 else _read(data[:end])


@lru_cache(maxsize=256)
def _read(head: bytes) -> Plain | None:
    line, *rest = head.split(b"\r\n")
    found = [_HEADER.fullmatch(text) for text in rest]
    headers = tuple([(match[1], match[2]) for match in found if match])
    lengths = [value for name, value in headers if name.lower() == b"content-length"]
    if (
        not _LINE.fullmatch(line)
        or len(headers) != len(rest)
        or any(map(_frames, headers))
        or len(lengths) > 1
        or not all(map(_LENGTH.fullmatch, lengths))
    ):
        return None
    length = int(lengths[0]) if lengths else 0
    return Plain(line.decode(), headers, len(head) + 4, length)


def _frames(header: tuple[bytes, bytes]) -> bool:
    name, value = header[0].lower(), header[1].lower()
    return name in _FRAMING and (name, value) != (b"connection", b"keep-alive")


class Lane:
    """Which requests of one connection may be answered as they come in, past aiohttp.

    That takes a plain request that came whole, while aiohttp has none to answer and holds no part
    of one. Where that is not certain any more, the rest of the connection is aiohttp's.
    """

    __slots__ = ("_busy", "_lost", "_owed")

    def __init__(self) -> None:
        self._busy = False
        self._lost = False
        self._owed = 0

    def take(self, data: bytes) -> Plain | None:
        """The request that `data` is; None where `data` has to be given to aiohttp."""
        if self._owed and not self._lost:
            self._owed -= len(data)
            self._lost = self._owed < 0
            return None
        found = None if self._busy or self._lost else plain(data)
        if found is None:
            self._lost = True
            return None
        self._owed = found.size + found.length - len(data)
        if not self._owed:
            return found
        self._lost = self._owed < 0
        self._busy = True
        return None

    def hand_over(self) -> None:
        """The request that was taken is given to aiohttp after all."""
        self._busy = True

    def served(self) -> None:
        """aiohttp has answered a request."""
        self._busy = False
