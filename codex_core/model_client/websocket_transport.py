"""The real WebSocket: the protocol machine of the `websockets` package over a connection of the
event loop. The only module that knows that package; load it on first use.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import cast

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import SEND_EOF
from websockets.uri import WebSocketURI, parse_uri

from codex_core.model_client.transport import TransportError, readable_headers
from codex_core.model_client.trust import Trust
from codex_core.model_client.websocket import (
    Arrival,
    Binary,
    Closed,
    HandshakeRefusedError,
    Lost,
    Text,
    WebSocket,
)

__all__ = ["open_websocket"]

_LONGEST_MESSAGE = 1 << 26
"""Bytes of a message, inflated; a longer one ends the connection."""
_HIGH_WATER = 1 << 23
"""Bytes of messages that wait to be received before the server has to wait."""
_NO_STATUS = 1005


async def open_websocket(
    url: str,
    headers: Mapping[str, str],
    *,
    deflate: bool = True,
    trust: Trust | None = None,
) -> WebSocket:
    """As `OpenWebSocket` says; without `deflate` no compression of messages is offered."""
    try:
        uri = parse_uri(url)
        handshake = _Handshake(uri, headers, deflate=deflate)
        _, socket = await asyncio.get_running_loop().create_connection(
            lambda: _Socket(handshake),
            uri.host,
            uri.port,
            ssl=(trust or Trust()).context if uri.secure else None,
        )
    except (OSError, ValueError, WebSocketException) as error:
        raise TransportError(f"error connecting to {url}: {_told(error)}") from error
    try:
        await socket.opened()
    except BaseException:
        socket.drop()
        raise
    return socket


class _Handshake:
    """The protocol machine before it is connected, and the request that opens it."""

    def __init__(self, uri: WebSocketURI, headers: Mapping[str, str], *, deflate: bool) -> None:
        small = ClientPerMessageDeflateFactory(
            client_max_window_bits=True, compress_settings={"memLevel": 5}
        )
        offered = [small] if deflate else None
        self.protocol = ClientProtocol(uri, extensions=offered, max_size=_LONGEST_MESSAGE)
        self.request: Request = self.protocol.connect()
        for name, value in headers.items():
            self.request.headers[name] = _checked(name, value)


class _Socket(asyncio.Protocol):
    """A connection that shakes hands first, then takes messages apart and puts them together."""

    def __init__(self, handshake: _Handshake) -> None:
        self.headers: Mapping[str, str] = {}
        self._greeted = asyncio.Event()
        self._refusal: Exception | None = None
        self._handshake = handshake
        self._protocol = handshake.protocol
        self._transport: asyncio.Transport
        self._arrived: deque[Arrival] = deque()
        self._waiting = 0
        self._news = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._parts: list[bytes] = []
        self._binary = False
        self._end: Arrival | None = None
        self._reading = True

    async def opened(self) -> None:
        """Waits for the end of the handshake; raises what became of it."""
        await self._greeted.wait()
        if self._refusal is not None:
            raise self._refusal

    async def send(self, text: bytes) -> None:
        if self._end is not None:
            return
        self._protocol.send_text(text)
        self._flush()
        await self._writable.wait()

    async def receive(self) -> Arrival:
        while not self._arrived:
            if self._end is not None:
                return self._end
            self._news.clear()
            await self._news.wait()
        return self._take()

    def poll(self) -> Arrival | None:
        return self._take() if self._arrived else None

    def drop(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._protocol.send_request(self._handshake.request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        self._advance()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._advance()

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(Lost(_told(exc) if exc is not None else ""))

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def _advance(self) -> None:
        """Acts on what the protocol machine made of the bytes."""
        self._flush()
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._greet(event)
            elif isinstance(event, Frame):
                self._take_frame(event)
        failure = self._protocol.handshake_exc or self._protocol.parser_exc
        if failure is not None:
            plain = isinstance(failure, EOFError)
            self._finish(Lost("" if plain else f"WebSocket protocol error: {_why(failure)}"))

    def _greet(self, response: Response) -> None:
        self.headers = readable_headers(response.headers.raw_items())
        if isinstance(self._protocol.handshake_exc, InvalidStatus):
            body = bytes(response.body or b"")
            self._refusal = HandshakeRefusedError(response.status_code, self.headers, body)
        if self._refusal is not None or self._protocol.handshake_exc is None:
            self._greeted.set()

    def _take_frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.BINARY:
                self._binary = frame.opcode is Opcode.BINARY
                self._add_part(frame)
            case Opcode.CONT:
                self._add_part(frame)
            case Opcode.CLOSE:
                received = self._protocol.close_rcvd
                code, reason = (received.code, received.reason) if received else (_NO_STATUS, "")
                self._finish(Closed(code, reason))

    def _add_part(self, frame: Frame) -> None:
        self._parts.append(bytes(frame.data))
        if frame.fin:
            data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts = []
            self._arrive(Binary() if self._binary else Text(data), len(data))

    def _arrive(self, arrival: Arrival, size: int = 0) -> None:
        self._arrived.append(arrival)
        self._waiting += size
        self._news.set()
        if self._reading and self._waiting > _HIGH_WATER:
            self._reading = False
            self._transport.pause_reading()

    def _take(self) -> Arrival:
        arrival = self._arrived.popleft()
        if isinstance(arrival, Text):
            self._waiting -= len(arrival.data)
        if not self._reading and self._waiting <= _HIGH_WATER:
            self._reading = True
            self._transport.resume_reading()
        return arrival

    def _finish(self, end: Arrival) -> None:
        """The connection is over; whoever waits for anything learns it."""
        if self._end is not None:
            return
        self._end = end
        self._arrive(end)
        self._writable.set()
        if not self._greeted.is_set():
            problem = end.problem if isinstance(end, Lost) else ""
            self._refusal = TransportError(problem or "the connection ended in the handshake")
            self._greeted.set()
        self._transport.abort()

    def _flush(self) -> None:
        data = b"".join(part for part in self._protocol.data_to_send() if part != SEND_EOF)
        if data and not self._transport.is_closing():
            self._transport.write(data)


def _checked(name: str, value: str) -> str:
    """A header's value; raises `ValueError` for one that would not be sent as it is."""
    value.encode("latin-1")
    if "\r" in value or "\n" in value:
        raise ValueError(f"the header {name} has the end of a line in it")
    return value


def _why(error: Exception) -> str:
    """An error of the protocol machine, which tells the reason as its cause."""
    cause = error.__cause__
    return _told(error) if cause is None else f"{_told(error)}: {_told(cause)}"


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__
