"""The one server behind a stage: one loopback port, every request recorded before anything looks at
it.

Knows HTTP and nothing of any API. An API adds its routes; what no route serves gets an error and a
finding.
"""

import asyncio
import contextlib
import errno
import logging
from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from typing import Any, Self

from aiohttp import web

from agent_rehearsal.journal import Entry, Journal, Source
from agent_rehearsal.wire.blame import place_of
from agent_rehearsal.wire.delivery import Whole, framed
from agent_rehearsal.wire.findings import Findings, Level
from agent_rehearsal.wire.http import Exchange, record_whole
from agent_rehearsal.wire.intake import Intake, note_end, protocol_of
from agent_rehearsal.wire.plain import Plain
from agent_rehearsal.wire.problem import problem
from agent_rehearsal.wire.protocol import Listener, Protocol
from agent_rehearsal.wire.routes import Routes
from agent_rehearsal.wire.tls import Authority
from agent_rehearsal.wire.websocket import Socket

Handler = Callable[[Exchange], Awaitable[None]]
UpgradeHandler = Callable[[Exchange, Socket], Awaitable[None]]
Ready = Callable[[Entry], Whole | None]
"""Gives the whole answer to a request where it is known at once. It raises nothing; where it gives
none, the request's handler is asked.
"""

_HANDSHAKE = (
    "this is no WebSocket handshake: RFC 6455 (4.1) asks for `connection: Upgrade`, "
    "`sec-websocket-version: 13` and a `sec-websocket-key` of 16 bytes in base64"
)
_UPGRADE = "upgrades of {}"
_ALIKE = 0.8
"""How alike a path that is not served and one that is have to be for the one to be meant."""
_UNREADY: tuple[Source, Ready | None] = ("harness", None)
_SHUTDOWN: dict[str, Any] = {"ssl_shutdown_timeout": 1.0}
"""Seconds of loop time that a client has to answer the end of TLS."""
_UNSERVED: tuple[Source, UpgradeHandler | None] = ("harness", None)
_log = logging.getLogger("rehearsal.wire")


class PortInUse(OSError):
    """The port that was asked for is taken. The text says how to choose another."""


class Server:
    """An HTTP and WebSocket server on `host:port` (0 picks a free one); an async context manager
    that may be entered again once it was left.

    Connections are served concurrently. With `strict_paths` a request that nothing serves is a
    violation, else advice. With `tls` it speaks https and wss alone.
    """

    def __init__(
        self,
        journal: Journal,
        findings: Findings,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        strict_paths: bool = False,
        tls: Authority | None = None,
    ) -> None:
        self.tls = tls
        """The authority that its certificate is from; None for plain http and ws."""
        self.journal = journal
        self.findings = findings
        self.host = host
        self.port = port
        """The port; while it is 0, none was picked yet."""
        self._asked = port
        self._strict_paths = strict_paths
        self._routes: Routes[tuple[Source, Handler]] = Routes()
        self._ready: dict[str, tuple[Source, Ready]] = {}
        self._upgrades: dict[str, tuple[Source, UpgradeHandler]] = {}
        self._intake = Intake(journal, findings)
        self._stack: contextlib.AsyncExitStack | None = None

    @property
    def running(self) -> bool:
        """Whether it listens."""
        return self._stack is not None

    @property
    def authority(self) -> str:
        """`host:port` as it stands in a URL. Raises RuntimeError before a port was picked."""
        if not self.port:
            raise RuntimeError("the server has no port yet: use it inside `async with Stage()`")
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """`http://host:port`, or `https`. Raises RuntimeError before a port was picked."""
        return f"http{'s' if self.tls else ''}://{self.authority}"

    @property
    def websocket_url(self) -> str:
        """`ws://host:port`, or `wss`. Raises RuntimeError before a port was picked."""
        return f"ws{'s' if self.tls else ''}://{self.authority}"

    def route(self, method: str, path: str, source: Source, handler: Handler) -> None:
        """Serve one method of one path; `{name}` in it stands for one segment, which the handler
        finds in the exchange's `values`.
        """
        self._routes.add(method, path, (source, handler))

    def at_once(self, method: str, path: str, source: Source, ready: Ready) -> None:
        """Ask `ready` first about one method of one exact path."""
        self._ready[f"{method} {path} HTTP/1.1"] = (source, ready)

    def upgrade(self, path: str, source: Source, handler: UpgradeHandler) -> None:
        """Serve WebSocket upgrades of one path; the handler accepts, or answers the exchange."""
        self._upgrades[path] = (source, handler)

    def at_stop(self, callback: Callable[[], Awaitable[Any]]) -> None:
        """Call and await `callback` when the server stops, while it still serves.

        Raises RuntimeError where the server does not run.
        """
        if self._stack is None:
            raise RuntimeError("the server does not run: use it inside `async with Stage()`")
        self._stack.push_async_callback(callback)

    def blame_reply(self, error: Exception, entry: Entry) -> str:
        """Add the finding that a reply to `entry` raised; returns its text."""
        text = f"the reply to {entry!r} raised {error!r}{place_of(error)}"
        _log.debug(text, exc_info=error)
        self.findings.add("reply-raised", text, about=entry)
        return text

    async def __aenter__(self) -> Self:
        if self._stack is not None:
            raise RuntimeError(f"the server runs already, on {self.authority}; stop it first")
        listener = Listener(self._serve, self._intake.make_request, self._at_once)
        loop = asyncio.get_running_loop()
        try:
            sockets = await loop.create_server(listener, self.host, self._asked, **self._tls())
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortInUse(
                error.errno,
                f"{self.host}:{self._asked} is in use. Port 0 picks a free one; "
                "or end the program that holds this port",
            ) from error
        self.port = sockets.sockets[0].getsockname()[1]
        self._stack = contextlib.AsyncExitStack()
        self._stack.push_async_callback(sockets.wait_closed)
        self._stack.push_async_callback(listener.stop)
        self._stack.callback(sockets.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        stack, self._stack = self._stack, None
        if stack is not None:
            await stack.aclose()

    def _tls(self) -> dict[str, Any]:
        return {"ssl": self.tls.server_context, **_SHUTDOWN} if self.tls else {}

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        upgrade = request.method == "GET" and is_upgrade(request)
        try:
            return await (self._serve_upgrade(request) if upgrade else self._serve_request(request))
        finally:
            protocol_of(request).lane.served()

    def _at_once(self, protocol: Protocol, request: Plain, body: bytes) -> bytes | None:
        """The whole answer to a request whose handler has one ready; else None, and aiohttp serves
        the request.
        """
        source, ready = self._ready.get(request.line, _UNREADY)
        if ready is None or self.journal.observed:
            return None
        entry = self._intake.plain(protocol, request, source, body)
        whole = ready(entry)
        if whole is None:
            return None
        protocol.recorded = None
        record_whole(self.journal, entry, whole)
        return framed(whole, entry.seq)

    async def _serve_request(self, request: web.BaseRequest) -> web.StreamResponse:
        routes, values = self._routes.find(request.path)
        source, handler = routes.get(request.method, ("harness", self._refuse))
        entry, damage = await self._intake.request(request, source)
        exchange = Exchange(request, entry, self.journal, self.findings)
        exchange.values = values
        with _Departures(exchange):
            if damage:
                await exchange.answer(problem(400, "rehearsal_damaged_body", damage), last=True)
            else:
                await self._guard(exchange, handler(exchange))
        return exchange.response

    async def _serve_upgrade(self, request: web.BaseRequest) -> web.StreamResponse:
        source, handler = self._upgrades.get(request.path, _UNSERVED)
        entry = self._intake.upgrade(request, source)
        exchange = Exchange(request, entry, self.journal, self.findings)
        socket = Socket(exchange)
        with _Departures(exchange):
            if handler is None:
                await self._refuse(exchange)
            elif not socket.acceptable:
                await self._refuse_handshake(exchange)
            else:
                await self._guard(exchange, handler(exchange, socket))
        return exchange.response

    async def _guard(self, exchange: Exchange, served: Awaitable[None]) -> None:
        """A reply that raises fails the test; the client gets a 500 or, when it is too late for
        one, the end of its connection.
        """
        try:
            await served
        except Exception as error:
            if exchange.left and isinstance(error, ConnectionError):
                raise
            text = self.blame_reply(error, exchange.entry)
            if exchange.started:
                exchange.cut()
            else:
                await exchange.answer(problem(500, "rehearsal_reply_raised", text))

    async def _refuse_handshake(self, exchange: Exchange) -> None:
        text = f"{exchange.entry!r}: {_HANDSHAKE}"
        self.findings.add("bad-handshake", text, about=exchange.entry)
        await exchange.answer(problem(400, "rehearsal_bad_handshake", text))

    async def _refuse(self, exchange: Exchange) -> None:
        entry = exchange.entry
        methods = sorted(self._routes.find(exchange.request.path)[0])
        asked, what = _UPGRADE.format(entry.path), "a WebSocket upgrade of"
        if entry.kind != "open":
            asked, what = f"{entry.method} {entry.path}", entry.method
        served = self._served()
        near = get_close_matches(asked, served, n=1, cutoff=_ALIKE)
        hint = f" (did you mean {near[0]}?)" if near else ""
        text = f"{what} {entry.path} is not served{hint}; served are {', '.join(served)}"
        level: Level = "violation" if self._strict_paths else "advice"
        self.findings.add("unknown-path", text, about=entry, level=level)
        allow = (("allow", ", ".join(methods)),) if methods else ()
        status = 405 if methods else 404
        await exchange.answer(problem(status, "rehearsal_unknown_path", text, headers=allow))

    def _served(self) -> list[str]:
        return sorted([*self._routes, *map(_UPGRADE.format, self._upgrades)])


class _Departures:
    """Records that a client left, which is its right, or that the server stopped serving it."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __enter__(self) -> None:
        """Begin to serve."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        exchange = self._exchange
        left = isinstance(error, ConnectionError)
        if left or (isinstance(error, asyncio.CancelledError) and not exchange.broken):
            head = "client left" if left or exchange.left else "server stopped"
            note_end(exchange.journal, exchange.entry, head)
        return left


def is_upgrade(request: web.BaseRequest) -> bool:
    """Whether a request asks for a WebSocket."""
    return request.headers.get("upgrade", "").lower() == "websocket"
