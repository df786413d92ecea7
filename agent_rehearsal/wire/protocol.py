"""TCP connections on aiohttp: which connection a request belongs to, and an end that leaves nothing
behind.

Knows transports and tasks; what a request means is not known here.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, cast
from typing import Protocol as Interface

from aiohttp import StreamReader, web
from aiohttp.http import HttpProcessingError

from agent_rehearsal.journal import Connection, Entry
from agent_rehearsal.wire.corked import Corked
from agent_rehearsal.wire.plain import Lane, Plain

_LIMIT = 1 << 24
"""Bytes of a request line or a header: clients put whole JSON documents into headers."""
_ROOM = 1 << 18
"""Bytes that are read at once, at most."""
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
_log = logging.getLogger("rehearsal.wire")
# What a client sent that is no HTTP is a finding; aiohttp would log a traceback as well.
_log.addFilter(lambda record: not _is_nonsense(record))
_OPTIONS: dict[str, Any] = {
    "access_log": None,
    "auto_decompress": False,
    "lingering_time": 0,
    "logger": _log,
    "max_field_size": _LIMIT,
    "max_headers": _LIMIT,
    "max_line_size": _LIMIT,
}


AtOnce = Callable[["Protocol", Plain, bytes], bytes | None]
"""Makes the whole answer to a plain request and its body, or leaves it to aiohttp."""


class Settles(Interface):
    """What does something with all messages of a read."""

    def begin(self) -> None:
        """A read is about to be given to aiohttp."""

    def settle(self) -> None:
        """It was given whole."""


class Protocol(web.RequestHandler, asyncio.BufferedProtocol):
    """One TCP connection."""

    __slots__ = (
        "_listener",
        "_sock",
        "_upgrade",
        "body",
        "conn",
        "heard",
        "inflow",
        "lane",
        "recorded",
        "wire",
    )

    def __init__(self, listener: "Listener") -> None:
        super().__init__(listener, loop=asyncio.get_running_loop(), **_OPTIONS)
        self._listener = listener
        self._sock: Any = None
        self._upgrade: bytes | None = None
        self.body: StreamReader | None = None
        """The body that is being read."""
        self.conn: Connection | None = None
        """Its journal id; None until it has sent a request."""
        self.heard = b""
        """The last bytes that came as requests, to show what could not be understood."""
        self.lane = Lane()
        self.recorded: Entry | None = None
        """The request that was recorded already when it was given to aiohttp."""
        self.inflow: Settles | None = None
        """Told of each read that is given to aiohttp."""
        self.wire: Corked

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve, unless the server has stopped while the connection was being made."""
        self.wire = Corked(cast(asyncio.Transport, transport))
        self._sock = transport.get_extra_info("socket")
        self._listener.protocols.add(self)
        if self._listener.stopped:
            self.wire.abort()
        else:
            super().connection_made(cast(asyncio.Transport, self.wire))

    def connection_lost(self, exc: BaseException | None) -> None:
        """End what was being served."""
        super().connection_lost(exc)
        self.inflow = None
        self._listener.forget(self)

    @property
    def at_frames(self) -> bool:
        """Whether nothing came since the upgrade, with which nothing else came either."""
        return self._upgrade is self.heard

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        """Turn from requests to what an upgrade leads to."""
        # What came already is private to aiohttp; where it cannot be seen, there may be something.
        self._upgrade = None if getattr(self, "_message_tail", True) else self.heard
        super().set_parser(parser, data_received_cb)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where what comes next is to be put: memory that is taken once, and not for each read."""
        return self._listener.room

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was put there."""
        self.data_received(bytes(self._listener.room[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Take bytes, and see to it that they are acknowledged at once: by what is sent in answer,
        or by the kernel.
        """
        if (inflow := self.inflow) is not None:
            self.wire.wrote = False
            inflow.begin()
            super().data_received(data)
            inflow.settle()
            if not self.wire.wrote:
                self._acknowledge()
        elif not (data and self._answered(data)):
            self.heard = data or self.heard
            self._acknowledge()
            super().data_received(data)
            self._fail_body()

    def _acknowledge(self) -> None:
        """Have the kernel acknowledge what came.

        A client with Nagle's algorithm holds its second small write until the first is
        acknowledged, about 40 ms by default. The kernel forgets the option, so it is set each time.
        """
        if _QUICKACK is not None and self._sock is not None:
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    def _answered(self, data: bytes) -> bool:
        """Whether `data` was a request that could be answered on the spot."""
        request = self.lane.take(data)
        if request is None:
            return False
        body = data[request.size :]
        answer = None if self._held_up() else self._listener.at_once(self, request, body)
        if answer is None:
            self.lane.hand_over()
            return False
        self.wire.write(answer)
        return True

    def _held_up(self) -> bool:
        """Whether an answer has to wait, or comes too late."""
        wire = self.wire
        return self._listener.stopped or wire.is_closing() or wire.get_write_buffer_size() > 0

    async def start(self) -> None:
        """Serve requests one after the other, in a task that the listener can end."""
        task = cast(asyncio.Task[None], asyncio.current_task())
        self._listener.tasks.add(task)
        task.add_done_callback(self._listener.tasks.discard)
        await super().start()

    def _fail_body(self) -> None:
        """Break off a body whose chunks are broken; aiohttp would leave its reader waiting.

        The parser's complaint is queued like a next request, and none can follow an open body.
        The queue is private to aiohttp; without it such a client waits until it leaves.
        """
        if self.body is not None and not self.body.is_eof() and getattr(self, "_messages", None):
            self.body.set_exception(web.RequestPayloadError("the chunked encoding is broken"))

    def hang_up(self) -> None:
        """Close; what a client does not read is not waited for, nor its own end of TLS."""
        if self.wire.get_write_buffer_size() or self.wire.get_extra_info("ssl_object"):
            self.wire.abort()
        else:
            self.wire.close()


class Listener(web.Server):
    """Makes a `Protocol` for each connection and ends them all."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        request_factory: Callable[..., web.BaseRequest],
        at_once: AtOnce,
    ) -> None:
        super().__init__(handler, request_factory=request_factory, handler_cancellation=True)
        self.at_once = at_once
        self.protocols: set[Protocol] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.stopped = False
        self._empty = asyncio.Event()

    @cached_property
    def room(self) -> memoryview:
        """Where each connection puts what it reads, until it has looked at it."""
        return memoryview(bytearray(_ROOM))

    def __call__(self) -> Protocol:
        return Protocol(self)

    def forget(self, protocol: Protocol) -> None:
        """Take note that a connection is gone."""
        self.protocols.discard(protocol)
        if not self.protocols:
            self._empty.set()

    async def stop(self) -> None:
        """End every connection; when this returns, neither a task nor a socket is left."""
        self.stopped = True
        tasks = set(self.tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for protocol in set(self.protocols):
            protocol.hang_up()
        while self.protocols:
            self._empty.clear()
            await self._empty.wait()


def _is_nonsense(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return isinstance(error, HttpProcessingError)
