"""HTTP/1.1 (RFC 9112) as one side of a connection sends it: heads, and bodies by their framing.

Reads only as much as it takes to say what a piece of bytes completes, so it is no judge of what is
allowed. It must not know what comes after an upgrade.
"""

import re
from collections.abc import Mapping
from http import HTTPMethod, HTTPStatus

from agent_rehearsal.interleave.story.bodies import Body, body_of
from agent_rehearsal.interleave.story.naming import short
from agent_rehearsal.interleave.story.octets import Garbled, Octets, Reading
from agent_rehearsal.interleave.story.progress import Progress, Request

METHODS = tuple(f"{method} ".encode() for method in HTTPMethod)
"""How a request may begin."""
_VERSION = (b"HTTP/1.",)
_LONGEST_HEAD = 1 << 16
_REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: (.*))?")
_LENGTH = re.compile(r"\d{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")
_ORIGIN = re.compile(r"https?://[^/]*", re.IGNORECASE)
_LONGEST_PATH = 40
_SWITCHING, _OK, _REDIRECTION = 101, 200, 300
_EMPTY = frozenset({204, 304})
"""Statuses that have no body whatever their headers say."""

Headers = Mapping[str, str]


def looks_like(octets: Octets, starts: tuple[bytes, ...]) -> Reading[bool]:
    """Do the next bytes begin with one of these?"""
    while True:
        head = octets.peek(max(map(len, starts)))
        if head and any(head.startswith(start) for start in starts):
            return True
        if head and not any(start.startswith(head) for start in starts):
            return False
        yield


def requests(octets: Octets, progress: Progress) -> Reading[None]:
    """Requests until one asks for an upgrade. Raises Garbled for what is none."""
    asks = False
    while not asks:
        asks = yield from _request(octets, progress)


def responses(octets: Octets, progress: Progress) -> Reading[None]:
    """Responses until one switches to WebSocket. Raises Garbled for what is none."""
    answered, switched = 0, False
    while not switched:
        asked = progress.requests[answered : answered + 1]
        status, headers = yield from _status(octets, progress)
        switched = status == _SWITCHING
        if switched and not _upgrades(headers):
            raise Garbled
        if status >= _OK:
            answered += 1
            yield from _response_body(octets, progress, status, headers, asked)


def _request(octets: Octets, progress: Progress) -> Reading[bool]:
    progress.doing = "a request"
    while octets.peek(1) in (b"\r", b"\n"):
        yield from octets.line(_LONGEST_HEAD)
    first = yield from _first_line(octets, METHODS, _REQUEST)
    request = Request(first[1].decode(), _path(first[2].decode("latin-1")))
    name = f"{request.method} {short(request.path, _LONGEST_PATH)}"
    headers = yield from _headers(octets, progress, name)
    progress.requests.append(request)
    if request.method == "CONNECT":
        raise Garbled
    if "content-length" in headers or "transfer-encoding" in headers:
        yield from _body(octets, progress, headers)
    return _upgrades(headers)


def _status(octets: Octets, progress: Progress) -> Reading[tuple[int, Headers]]:
    progress.doing = "a response"
    first = yield from _first_line(octets, _VERSION, _STATUS)
    status = int(first[1])
    reason = (first[2] or b"").decode("latin-1").strip() or _phrase(status)
    headers = yield from _headers(octets, progress, short(f"{status} {reason}".strip()))
    return status, headers


def _response_body(
    octets: Octets, progress: Progress, status: int, headers: Headers, asked: list[Request]
) -> Reading[None]:
    method = asked[0].method if asked else ""
    if method == "CONNECT" and status < _REDIRECTION:
        raise Garbled
    if method != "HEAD" and status not in _EMPTY:
        yield from _body(octets, progress, headers)


def _first_line(
    octets: Octets, starts: tuple[bytes, ...], shape: re.Pattern[bytes]
) -> Reading[re.Match[bytes]]:
    if not (yield from looks_like(octets, starts)):
        raise Garbled
    matched = shape.fullmatch((yield from octets.line(_LONGEST_HEAD)))
    if not matched:
        raise Garbled
    return matched


def _headers(octets: Octets, progress: Progress, name: str) -> Reading[Headers]:
    """The header fields; the head is complete after them."""
    progress.doing = name
    fields = yield from _fields(octets)
    progress.done("head", name)
    return fields


def _fields(octets: Octets) -> Reading[Headers]:
    fields: dict[str, str] = {}
    room = _LONGEST_HEAD
    while line := (yield from octets.line(room)):
        room -= len(line)
        name, _, value = line.decode("latin-1").partition(":")
        key = name.strip().lower()
        fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
    return fields


def _body(octets: Octets, progress: Progress, headers: Headers) -> Reading[None]:
    name, body = progress.doing, body_of(headers)
    inside = _Inside(octets, progress, name, body)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        yield from inside.chunks()
    elif (length := headers.get("content-length")) is None:
        yield from inside.rest()
    elif _LENGTH.fullmatch(length):
        yield from inside.octets(int(length))
    else:
        raise Garbled
    inside.ended()


class _Inside:
    """A body under way, and where its names go."""

    def __init__(self, octets: Octets, progress: Progress, name: str, body: Body) -> None:
        self._octets = octets
        self._progress = progress
        self._name = name
        self._body = body
        self._last = b""

    def octets(self, count: int) -> Reading[None]:
        """So many bytes of it."""
        while count > 0:
            self._last = yield from self._octets.some(count)
            self._fed(self._last)
            count -= len(self._last)

    def rest(self) -> Reading[None]:
        """All that comes, until the connection ends."""
        while True:
            self._fed((yield from self._octets.some()))

    def chunks(self) -> Reading[None]:
        """Its chunks, the last one and the trailer fields."""
        while size := (yield from self._chunk_size()):
            yield from self.octets(size)
            if (yield from self._octets.line(len(b"\r"))):
                raise Garbled
        self._last = b""
        yield from _fields(self._octets)

    def _chunk_size(self) -> Reading[int]:
        matched = _CHUNK.fullmatch((yield from self._octets.line(_LONGEST_HEAD)))
        if not matched:
            raise Garbled
        return int(matched[1], 16)

    def _fed(self, data: bytes) -> None:
        for name in self._body.feed(data):
            self._progress.done("message", name)
        self._progress.doing = self._body.open or self._name

    def ended(self) -> None:
        """All of it has come."""
        for name in self._body.end():
            self._progress.done("message", name)
        self._progress.done("end", f"{'body' if self._last else 'end'} of {self._name}")


def _upgrades(headers: Headers) -> bool:
    return headers.get("upgrade", "").lower() == "websocket"


def _path(target: str) -> str:
    return _ORIGIN.sub("", target).partition("?")[0].partition("#")[0] or "/"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
