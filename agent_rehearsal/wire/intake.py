"""What comes in over HTTP, recorded as it came: requests, upgrades, and what is neither.

Bodies are read here, whole and still encoded, before anything looks at them.
"""

import asyncio
from typing import Any, cast

from aiohttp import web

from agent_rehearsal.journal import Connection, Entry, Journal, Kind, Source
from agent_rehearsal.wire.findings import Findings
from agent_rehearsal.wire.plain import Plain
from agent_rehearsal.wire.protocol import Protocol

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_HEAD = 200
"""Characters of a line that was not understood that name it in the journal."""


class Intake:
    """Turns requests into entries of the journal."""

    def __init__(self, journal: Journal, findings: Findings) -> None:
        self._journal = journal
        self._findings = findings

    def make_request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any
    ) -> web.BaseRequest:
        """What aiohttp calls for each head, also for one that it could not parse and answers
        itself, with status 400.
        """
        if message.method == "UNKNOWN" and not message.raw_headers:
            self._record_nonsense(protocol)
        return web.BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop())

    async def request(self, request: web.BaseRequest, source: Source) -> tuple[Entry, str]:
        """A request, recorded with all of its body that came, and in words what broke that off."""
        protocol = protocol_of(request)
        recorded, protocol.recorded = protocol.recorded, None
        if recorded is not None:
            return recorded, ""
        content = request.content
        if content.is_eof() and content.exception() is None:
            return self._record(request, source, "request", content.read_nowait()), ""
        if request.headers.get("expect", "").lower() == "100-continue":
            protocol_of(request).wire.write(_CONTINUE)
        protocol_of(request).body = request.content
        parts: list[bytes] = []
        try:
            async for part in request.content.iter_any():
                parts.append(part)
        except asyncio.CancelledError:
            entry = self._record(request, source, "request", b"".join(parts))
            if has_left(request):
                self._damaged(entry, "the client left")
                note_end(self._journal, entry, "client left")
            else:
                note_end(self._journal, entry, "server stopped")
            raise
        except Exception as error:  # whatever the parser raises
            entry = self._record(request, source, "request", b"".join(parts))
            return entry, self._damaged(entry, repr(error))
        return self._record(request, source, "request", b"".join(parts)), ""

    def plain(self, protocol: Protocol, request: Plain, source: Source, body: bytes) -> Entry:
        """A plain request, recorded; aiohttp, if it is given it after all, records none."""
        protocol.recorded = self._journal.append(
            source,
            "request",
            conn=self._connection(protocol),
            direction="in",
            head=request.line,
            raw_headers=request.headers,
            raw=body,
        )
        return protocol.recorded

    def upgrade(self, request: web.BaseRequest, source: Source) -> Entry:
        """A WebSocket upgrade, recorded. What comes on the connection from now on belongs to it."""
        entry = self._record(request, source, "open", b"")
        if entry.conn is not None:
            entry.conn.opened = entry
        return entry

    def _damaged(self, entry: Entry, why: str) -> str:
        announced = entry.header("content-length")
        size = f"content-length {announced}" if announced else "a chunked body"
        text = (
            f"{entry!r}: the body broke off after {len(entry.raw)} bytes, {size} was announced: "
            f"{why}. Look at how the client frames its body, and whether it waits for the answer"
        )
        self._findings.add("damaged-body", text, about=entry)
        return text

    def _record(self, request: web.BaseRequest, source: Source, kind: Kind, body: bytes) -> Entry:
        version = f"HTTP/{request.version.major}.{request.version.minor}"
        return self._journal.append(
            source,
            kind,
            conn=self._connection(protocol_of(request)),
            direction="in",
            head=f"{request.method} {request.raw_path} {version}",
            raw_headers=request.raw_headers,
            raw=body,
        )

    def _record_nonsense(self, protocol: Protocol) -> None:
        conn = self._connection(protocol)
        line = protocol.heard.partition(b"\r\n")[0].decode("latin-1")
        entry = self._journal.append(
            "harness", "request", conn=conn, direction="in", head=line[:_HEAD], raw=protocol.heard
        )
        text = (
            f"#{entry.seq} on {conn.id}: {line[:_HEAD]!r} could not be understood as HTTP/1.1 and "
            "was answered with status 400. Does the client speak TLS or HTTP/2 to this port? "
            "It serves http:// and ws://"
        )
        self._findings.add("damaged-head", text, about=entry)
        self._journal.append(
            "harness", "response", conn=conn, direction="out", head="400 Bad Request", re=entry.seq
        )

    def _connection(self, protocol: Protocol) -> Connection:
        if protocol.conn is None:
            protocol.conn = self._journal.connection()
        return protocol.conn


def protocol_of(request: web.BaseRequest) -> Protocol:
    """The connection that a request came on."""
    return cast(Protocol, request.protocol)


def has_left(request: web.BaseRequest) -> bool:
    """Whether the connection that a request came on is closed, or about to be."""
    return request.transport is None or request.transport.is_closing()


def note_end(journal: Journal, entry: Entry, head: str) -> None:
    """Record that what `entry` began has ended, and why."""
    journal.note("close", head, {}, conn=entry.conn, re=entry.seq)
