"""A whole stream as one write, past aiohttp's own writer, which would take several steps for it.

The only module that does aiohttp's work in its place. It knows the head that aiohttp would have
sent; where that head or the connection is out of the ordinary there is no delivery, and the caller
goes the public way.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import HttpVersion11, web
from aiohttp.http import SERVER_SOFTWARE

from agent_rehearsal.journal import Pieces

try:
    from aiohttp.helpers import rfc822_formatted_time as _date
except ImportError:  # private to aiohttp: where it is gone, every stream goes the public way
    _date = None  # type: ignore[assignment]

STREAM_HEADERS = (
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-store"),
)
LAST_CHUNK = b"\r\n0\r\n\r\n"
_OURS = frozenset(
    {"connection", "content-length", "date", "server", "transfer-encoding", "x-request-id"}
)
"""Headers that a test may set, with effects that are aiohttp's to work out."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What aiohttp refuses in a header."""


class Delivered(web.StreamResponse):
    """An answer that is on the wire already: nothing is left for aiohttp to send."""

    @property
    def keep_alive(self) -> bool:
        """Whether another request may follow, as for every answer that is delivered."""
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Do nothing."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing."""


DELIVERED = Delivered()


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a stream that may be delivered."""

    headers: tuple[tuple[str, str], ...]
    """Those that we chose."""
    template: bytes
    """All of it up to the date, with a hole for the number of the request."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A stream of which everything is known before it begins."""

    head: Head
    pieces: Pieces


def head_of(request: web.BaseRequest, headers: tuple[tuple[str, str], ...]) -> Head | None:
    """The head of a stream, with these headers beside the usual ones, as the answer to `request`.

    None where aiohttp has to be asked: another version of HTTP, a connection that ends with the
    answer, a method without a body, or headers that change how the answer is framed.
    """
    if request.method != "POST" or request.version != HttpVersion11 or not request.keep_alive:
        return None
    return plain_head(headers)


@lru_cache(maxsize=64)
def plain_head(headers: tuple[tuple[str, str], ...]) -> Head | None:
    """As `head_of`, for a plain POST."""
    chosen = (*STREAM_HEADERS, *headers)
    if _date is None or any(
        name.lower() in _OURS or _FORBIDDEN.search(name + value) for name, value in chosen
    ):
        return None
    given = "".join(f"{name}: {value}\r\n" for name, value in chosen).replace("%", "%%")
    own = f"{given}x-request-id: req_%d\r\n"
    head = f"HTTP/1.1 200 OK\r\n{own}Transfer-Encoding: chunked\r\nServer: {SERVER_SOFTWARE}\r\n"
    return Head(chosen, f"{head}Date: ".encode())


def framed(whole: Whole, number: int) -> bytes:
    """A whole answer to the request with this number, as of now: its pieces are one chunk."""
    head = whole.head.template % number
    before = b"%b%b\r\n\r\n%x\r\n" % (head, _date().encode(), whole.pieces.size)
    return whole.pieces.within(before, LAST_CHUNK)
