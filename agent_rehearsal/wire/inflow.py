"""What comes in on one WebSocket, by the read: so many messages as one read brought are looked at
together, before any of them is given to aiohttp's queue and wakes a task.

Uses the parts that aiohttp's WebSocket is made of. Where one of them is not as it is known here,
there is no inflow, and each message goes the public way.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import WSMessage, web

from agent_rehearsal.wire.intake import protocol_of

try:
    from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
except ImportError:  # private to aiohttp
    WebSocketDataQueue = object  # type: ignore[assignment, misc]
    WebSocketReader = None  # type: ignore[assignment, misc]

_LIMIT = 1 << 18
"""Bytes of messages that wait to be read, before the client has to wait."""
_PARTS = ("_reader", "_parser")
_FEEDS = ("_payload_parser", "_message_tail")
_HOLDS = ("_buffer",)
"""What is used of aiohttp's WebSocket, of its connection and of its queue."""

Take = Callable[[list[WSMessage]], int]
"""Takes messages as they come in: how many of those given, from the first."""


class Inflow(WebSocketDataQueue):
    """The queue of a WebSocket's messages, to which only those come that `take` leaves."""

    __slots__ = ("_read", "_reading", "_take")

    def __init__(self, protocol: Any, take: Take) -> None:
        super().__init__(protocol, _LIMIT, loop=asyncio.get_running_loop())
        self._take = take
        self._read: list[WSMessage] = []
        self._reading = False

    def begin(self) -> None:
        """A read is about to be given to the parser."""
        self._reading = True

    def feed_data(self, data: Any, size: int) -> None:
        """Keep a message until all of a read is here; one that comes outside of a read, from a
        parser that goes on or from aiohttp itself, is queued.
        """
        if self._reading:
            self._read.append(data)
        else:
            super().feed_data(data, size)

    def settle(self) -> None:
        """Let the messages of a read be taken, and queue the others."""
        self._reading = False
        read, self._read = self._read, []
        if not read:
            return
        taken = 0 if self._buffer else self._take(read)
        for message in read[taken:]:
            payload = message.data
            super().feed_data(message, len(payload) if isinstance(payload, bytes) else 0)

    def feed_eof(self) -> None:
        """Take the end of the connection, after what came before it."""
        self.settle()
        super().feed_eof()

    def set_exception(self, *args: Any) -> None:
        """Take the end of what can be understood, after what came before it."""
        self.settle()
        super().set_exception(*args)


def begin_inflow(request: web.BaseRequest, socket: web.WebSocketResponse, take: Take) -> None:
    """Have `take` asked first about what comes on a WebSocket that was just accepted.

    Does nothing where aiohttp is not as it is known here, and for a client that did not wait for
    the answer to its upgrade, of whose first message a part may have been read.
    """
    protocol = protocol_of(request)
    if WebSocketReader is None or not protocol.at_frames:
        return
    try:
        inflow = Inflow(protocol, take)
        reader = WebSocketReader(
            inflow, max_msg_size=0, compress=bool(socket.compress), decode_text=False
        )
    except TypeError:
        return
    used = ((socket, _PARTS), (protocol, _FEEDS), (inflow, _HOLDS))
    if all(hasattr(part, name) for part, names in used for name in names):
        socket._reader, socket._parser = inflow, reader
        protocol._payload_parser = reader
        protocol.inflow = inflow
