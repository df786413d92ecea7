"""One HTTP exchange on aiohttp: a request that was recorded, and the one answer to it.

Every piece is recorded before it is written.
"""

import socket
import struct
from contextlib import AbstractContextManager
from http import HTTPStatus

from aiohttp import web

from agent_rehearsal.journal import Entry, Headers, Journal, Kind, Source
from agent_rehearsal.wire.findings import Findings
from agent_rehearsal.wire.intake import has_left, protocol_of
from agent_rehearsal.wire.script import Answer

_LINGER_NOT = struct.pack("ii", 1, 0)


class Exchange:
    """A request that was recorded, and the one answer to it."""

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

        aiohttp adds those that HTTP asks for: the date, the length, the fields of an upgrade.
        """
        for name, value in headers:
            response.headers.add(name, value)
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

    def corked(self) -> AbstractContextManager[None]:
        """Send what is written inside with one write."""
        return protocol_of(self.request).wire.corked()

    def cut(self) -> None:
        """Close the connection as it is."""
        self.broken = True
        if self.request.transport is not None:
            self.request.transport.close()

    def reset(self) -> None:
        """Abort the connection so that the client gets a RST in place of a FIN."""
        self.broken = True
        transport = self.request.transport
        if transport is not None:
            sock = transport.get_extra_info("socket")
            if sock is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            transport.abort()


def encoded(headers: tuple[tuple[str, str], ...]) -> Headers:
    """Headers as the journal keeps them."""
    return tuple((name.encode(), value.encode()) for name, value in headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
