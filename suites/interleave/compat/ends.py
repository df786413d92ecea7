"""How a connection can end, in bare asyncio: half closed, reset after its last bytes, or refused;
over TCP and over a UNIX socket.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable
from pathlib import Path
from tempfile import TemporaryDirectory

from suites.races.zoo.ground import think

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER for no time at all: closing resets."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Listener(asyncio.Protocol):
    """Keeps what came and how it ended."""

    def __init__(self) -> None:
        self.heard = b""
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def connection_lost(self, error: Exception | None) -> None:
        self.ended.set_result(type(error).__name__)


async def answer_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read until the other side is through, then answer."""
    writer.write((await reader.read()).upper())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a few bytes, then reset the connection."""
    await reader.readexactly(5)
    writer.write(b"last words")
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    writer.close()


async def ask(connecting: Awaitable[Streams]) -> bytes:
    """Say something in two parts, say that this was all, and hear the answer."""
    reader, writer = await connecting
    writer.write(b"first ")
    await think(0.01)
    writer.write(b"last")
    writer.write_eof()
    heard = await reader.read()
    writer.close()
    await writer.wait_closed()
    return heard


async def listen(host: str, port: int) -> tuple[str, bytes]:
    """What came before the reset, and how it ended."""
    transport, listener = await asyncio.get_running_loop().create_connection(Listener, host, port)
    transport.write(b"hello")
    return await listener.ended, listener.heard


async def over_tcp() -> list[object]:
    """Half closed, reset, refused."""
    got: list[object] = []
    for handler in (answer_at_the_end, reset):
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        async with server:
            if handler is reset:
                got.append(await listen(host, port))
            else:
                got.append(await ask(asyncio.open_connection(host, port)))
    try:
        await asyncio.open_connection(host, port)
    except ConnectionRefusedError as error:
        got.append(error.errno)
    return got


async def over_unix() -> list[object]:
    """Half closed, over a UNIX socket."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "socket")
        async with await asyncio.start_unix_server(answer_at_the_end, path):
            return [await ask(asyncio.open_unix_connection(path))]
