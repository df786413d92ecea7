"""One HTTP exchange on aiohttp: a request that was recorded, and the one answer to it.

Every piece is recorded before it is written.
"""

import socket
import struct
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from http import HTTPStatus

from aiohttp import web

from agent_rehearsal.journal import HEAD, Ahead, Entry, Headers, Journal, Kind, Pieces, Source
from agent_rehearsal.wire.delivery import DELIVERED, Whole, framed, head_of
from agent_rehearsal.wire.findings import Findings
from agent_rehearsal.wire.intake import has_left, protocol_of
from agent_rehearsal.wire.script import Answer

_LINGER_NOT = struct.pack("ii", 1, 0)


class Exchange:
    """A request that was recorded, and the one answer to it."""

    __slots__ = (
        "_response",
        "broken",
        "conn",
        "entry",
        "findings",
        "journal",
        "request",
        "source",
        "values",
    )

    def __init__(
        self,
        request: web.BaseRequest,
        entry: Entry,
        journal: Journal,
        findings: Findings,
    ) -> None:
        self.request = request
        self.entry = entry
        self.conn = entry.conn
        self.journal = journal
        self.findings = findings
        self.source: Source = entry.source
        self.values: Mapping[str, str] = {}
        """What the names in its route's template stand for."""
        self.broken = False
        """Whether the connection was ended on purpose."""
        self._response: web.StreamResponse | None = None

    @property
    def response(self) -> web.StreamResponse:
        """What aiohttp has to finish; a connection that was broken on purpose gets an empty one."""
        return self._response or web.Response()

    @property
    def started(self) -> bool:
        """Whether the head of an answer was recorded."""
        return self._response is not None

    @property
    def left(self) -> bool:
        """Whether the connection is closed, or about to be."""
        return has_left(self.request)

    async def answer(self, answer: Answer, *, last: bool = False) -> None:
        """Send a whole answer; the connection then ends if it is the `last`."""
        response = web.Response(status=answer.status, body=answer.body)
        if last:
            response.force_close()
        # HTTP has no body in an answer to HEAD.
        sent = b"" if self.request.method == "HEAD" else answer.body
        await self.begin(response, answer.status, answer.headers, body=sent)
        await response.write_eof()

    async def begin(
        self,
        response: web.StreamResponse,
        status: int,
        headers: tuple[tuple[str, str], ...],
        *,
        body: bytes = b"",
    ) -> None:
        """Record the head of the answer with the headers that we chose, and send it.

        aiohttp adds those that HTTP asks for: the date, the length, the fields of an upgrade. The
        request's id is the number of its entry in the journal, unless one was chosen.
        """
        for name, value in headers:
            response.headers.add(name, value)
        response.headers.setdefault("x-request-id", f"req_{self.entry.seq}")
        self._response = response
        self.record("response", f"{status} {_phrase(status)}", body, encoded(headers))
        await response.prepare(self.request)

    def record(self, kind: Kind, head: str, raw: bytes, headers: Headers = ()) -> Entry:
        """Record what is about to be sent."""
        return self.journal.append(
            self.source,
            kind,
            conn=self.conn,
            direction="out",
            head=head,
            raw_headers=headers,
            raw=raw,
            re=self.entry.seq,
        )

    def record_all(self, pieces: Pieces) -> None:
        """Record the pieces of a stream that are about to be sent together, an entry each."""
        self.journal.extend(self.entry, pieces)

    async def deliver(self, headers: tuple[tuple[str, str], ...], pieces: Pieces) -> bool:
        """Record and send a whole stream, its head included, with one write; nothing may follow.

        Returns False, with nothing done, where aiohttp has to write the answer. Raises
        ConnectionError where the client has left.
        """
        head = head_of(self.request, headers)
        if head is None or not pieces.size:
            return False
        self._response = DELIVERED
        whole = Whole(head, pieces)
        record_whole(self.journal, self.entry, whole)
        if self.left:
            raise ConnectionResetError("the client has closed the connection")
        wire = protocol_of(self.request).wire
        wire.write(framed(whole, self.entry.seq))
        if wire.get_write_buffer_size():
            await self.request.writer.drain()
        return True

    def corked(self) -> AbstractContextManager[None]:
        """Send what is written inside with one write."""
        return protocol_of(self.request).wire.corked()

    def cut(self) -> None:
        """Close the connection as it is."""
        self.broken = True
        if self.request.transport is not None:
            self.request.transport.close()

    def half_close(self) -> None:
        """Send a FIN; what the client still sends is read. Raises RuntimeError over TLS."""
        if self.request.transport is None:
            return
        if not self.request.transport.can_write_eof():
            raise RuntimeError(
                "half_close() needs a stage without tls=True: TLS ends both ways at once; "
                "use cut() or stall()"
            )
        self.request.transport.write_eof()

    def reset(self) -> None:
        """Abort the connection so that the client gets a RST in place of a FIN."""
        self.broken = True
        transport = self.request.transport
        if transport is not None:
            sock = transport.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            transport.abort()


def record_whole(journal: Journal, entry: Entry, whole: Whole) -> None:
    """Record a whole stream that is about to be sent as the answer to `entry`."""
    journal.extend(entry, whole.pieces, ahead=_well(whole.head.headers))


@lru_cache(maxsize=64)
def _well(headers: tuple[tuple[str, str], ...]) -> Ahead:
    """The head of an answer as it is recorded."""
    return Ahead(HEAD, "200 OK", headers=encoded(headers))


@lru_cache(maxsize=64)
def encoded(headers: tuple[tuple[str, str], ...]) -> Headers:
    """Headers as the journal keeps them."""
    return tuple((name.encode(), value.encode()) for name, value in headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
