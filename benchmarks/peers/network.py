"""What our programs need of a simulated network and two explorers lack: port 0, the port of a
server that listens, and the address 127.0.0.1.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

LOOPBACK = "127.0.0.1"
FIRST_PORT = 49152


class Listening:
    """A server of a simulated network that knows where it listens."""

    def __init__(self, server: Any, port: int) -> None:
        self._server = server
        self.sockets = (Address(port),)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)


class Address:
    """As much of a listening socket as libraries look at."""

    family = socket.AF_INET
    type = socket.SOCK_STREAM

    def __init__(self, port: int) -> None:
        self._port = port

    def getsockname(self) -> tuple[str, int]:
        """Where it listens."""
        return LOOPBACK, self._port


def adapt(loop: Any, *, home: str = LOOPBACK) -> None:
    """Give a loop what it lacks; `home` is what its network calls the one machine there is."""
    ports = count(FIRST_PORT)
    listen = loop.create_server

    async def create_server(
        factory: Any, host: Any = None, port: int = 0, *, start_serving: bool = True, **more: Any
    ) -> Listening:
        port = port or next(ports)
        return Listening(await listen(factory, home, port, **more), port)

    loop.create_server = create_server
    if home != LOOPBACK:
        loop.create_connection = _connection(loop.create_connection, home)
        loop.sock_connect = _connect(loop.sock_connect, home)


def _connection(create: Callable[..., Awaitable[Any]], home: str) -> Callable[..., Awaitable[Any]]:
    async def create_connection(
        factory: Callable[[], asyncio.BaseProtocol], host: Any = None, port: Any = None, **more: Any
    ) -> Any:
        return await create(factory, home if host == LOOPBACK else host, port, **more)

    return create_connection


def _connect(connect: Callable[..., Awaitable[None]], home: str) -> Callable[..., Awaitable[None]]:
    async def sock_connect(sock: Any, address: tuple[Any, ...]) -> None:
        host, *rest = address
        await connect(sock, (home if host == LOOPBACK else host, *rest))

    return sock_connect
