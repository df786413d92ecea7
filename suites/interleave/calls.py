"""Sockets by hand, in either world: a connected pair, and what calls of them come to."""

import asyncio
import errno
import socket
import struct
from collections.abc import Callable, Coroutine
from typing import Any

from suites.interleave.worlds import virtual_sleep

Play = Callable[[socket.socket, socket.socket], Coroutine[Any, Any, Any]]
LINGER_NOT = struct.pack("ii", 1, 0)


def listener(address: tuple[str, int] = ("127.0.0.1", 0)) -> socket.socket:
    """A listening socket that does not block."""
    made = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    try:
        made.settimeout(0)
        made.bind(address)
        made.listen()
    except OSError:
        made.close()
        raise
    return made


async def connected(play: Play) -> Any:
    """Plays with a connected client and the socket that the server accepted."""
    loop = asyncio.get_running_loop()
    with listener() as server, socket.socket() as client:
        client.settimeout(0)
        await loop.sock_connect(client, server.getsockname())
        accepted, _ = await loop.sock_accept(server)
        with accepted:
            return await play(client, accepted)


async def read_all(sock: socket.socket) -> tuple[bytes, str]:
    """What comes until the end, and what the end is."""
    loop, got = asyncio.get_running_loop(), b""
    try:
        while data := await loop.sock_recv(sock, 100):
            got += data
    except OSError as error:
        return got, errno.errorcode[error.errno or 0]
    return got, "end"


def number(call: Callable[..., Any], *args: Any) -> str:
    """The name of the error that a call raises."""
    try:
        call(*args)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


async def gone(end: socket.socket) -> None:
    """Waits until the connection is no more, and takes no error away."""
    while number(end.getpeername) == "done":
        await virtual_sleep(0)
