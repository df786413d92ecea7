"""The seam under the model client where it speaks WebSocket: one way to open a socket, to send a
text and to take what comes. Pings are answered underneath; fragments are joined.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

__all__ = [
    "Arrival",
    "Binary",
    "Closed",
    "HandshakeRefusedError",
    "Lost",
    "OpenWebSocket",
    "Text",
    "WebSocket",
]


class Text(msgspec.Struct, frozen=True):
    """A whole text message, as UTF-8 that nobody has checked."""

    data: bytes


class Binary(msgspec.Struct, frozen=True):
    """A whole binary message; what it holds is nobody's business."""


class Closed(msgspec.Struct, frozen=True):
    """The server closed the socket, with a code and perhaps a reason."""

    code: int
    reason: str


class Lost(msgspec.Struct, frozen=True):
    """The connection ended without a closing handshake; `problem` is empty for a plain end."""

    problem: str


Arrival = Text | Binary | Closed | Lost


class HandshakeRefusedError(Exception):
    """The server answered the handshake otherwise. `headers` have lower-case names."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(f"the handshake was refused with status {status}")
        self.status = status
        self.headers = headers
        self.body = body


class WebSocket(Protocol):
    """An open socket."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the handshake's reply by lower-case name."""
        ...

    async def send(self, text: bytes) -> None:
        """Sends a text message; waits while the connection takes no more. One that has ended takes
        anything: `receive` tells.
        """
        ...

    async def receive(self) -> Arrival:
        """The next arrival; after `Closed` or `Lost` the same again."""
        ...

    def poll(self) -> Arrival | None:
        """The next arrival if there is one that was not received."""
        ...

    def drop(self) -> None:
        """Ends the connection at once; harmless when repeated."""
        ...


OpenWebSocket = Callable[[str, Mapping[str, str]], Awaitable[WebSocket]]
"""Opens a socket at a `ws://` or `wss://` address, with these headers in the handshake.

Raises `TransportError` if there is no connection or what answers speaks no WebSocket, and
`HandshakeRefusedError`.
"""
