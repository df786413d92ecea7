"""A client that writes its own bytes: HTTP by hand, WebSocket frames as no library makes them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from agent_rehearsal import Stage

Headers = dict[str, str]
DEADLINE = 20.0
"""Seconds that a client waits for what it reads."""


def request(
    body: Any = None,
    *,
    method: str = "POST",
    path: str = "/v1/responses",
    headers: Headers | None = None,
) -> bytes:
    """A request with a body of bytes or JSON; without one it has no length either."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Host": "mock", **({} if body is None else {"Content-Length": str(len(data))})}
    lines = [f"{name}: {value}" for name, value in (fields | (headers or {})).items()]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines])
    return head.encode() + b"\r\n\r\n" + (b"" if body is None else data)


def upgrade(path: str = "/v1/realtime", headers: Headers | None = None) -> bytes:
    """A WebSocket handshake; a header given as empty is left out."""
    fields = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **(headers or {}),
    }
    kept = {name: value for name, value in fields.items() if value}
    return request(method="GET", path=path, headers=kept)


def frame(opcode: int, payload: bytes) -> bytes:
    """One masked frame of at most 125 bytes, with a mask that changes nothing."""
    return bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload


class RawClient:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Write bytes."""
        self._writer.write(data)
        async with asyncio.timeout(DEADLINE):
            await self._writer.drain()

    async def head(self) -> tuple[int, Headers]:
        """Read the head of an answer: its status, and its headers by lower-case name."""
        async with asyncio.timeout(DEADLINE):
            text = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        first, *rest = text.strip().split("\r\n")
        pairs = [line.split(": ", 1) for line in rest]
        return int(first.split(" ")[1]), {name.lower(): value for name, value in pairs}

    async def chunk(self) -> bytes:
        """Read one chunk of a body; empty is the last."""
        async with asyncio.timeout(DEADLINE):
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            return (await self._reader.readexactly(size + 2))[:-2]

    async def exactly(self, size: int) -> bytes:
        """Read so many bytes."""
        async with asyncio.timeout(DEADLINE):
            return await self._reader.readexactly(size)

    async def answer(self) -> tuple[int, Headers, bytes]:
        """Read a whole answer."""
        status, headers = await self.head()
        if "content-length" in headers:
            return status, headers, await self.exactly(int(headers["content-length"]))
        body = b""
        while chunk := await self.chunk():
            body += chunk
        return status, headers, body

    async def ask(self, body: Any = None, **options: Any) -> tuple[int, Headers, bytes]:
        """Send a request and read its answer."""
        await self.send(request(body, **options))
        return await self.answer()

    async def rest(self) -> tuple[bytes, type[Exception] | None]:
        """Read to the end: what came, and the error that ended it unless it was a plain end."""
        data = b""
        try:
            async with asyncio.timeout(DEADLINE):
                while part := await self._reader.read(1 << 16):
                    data += part
        except ConnectionError as error:
            return data, type(error)
        return data, None

    async def half_close(self) -> None:
        """Send no more, and read on."""
        self._writer.write_eof()

    async def leave(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


@asynccontextmanager
async def unchecked(*, strict_paths: bool = False, tls: bool = False) -> AsyncIterator[Stage]:
    """A strict stage whose findings the test itself looks at, with `check()`."""
    stage = Stage(strict_paths=strict_paths, tls=tls)
    await stage.start()
    try:
        yield stage
    finally:
        await stage.stop()


@asynccontextmanager
async def connected(stage: Stage) -> AsyncIterator[RawClient]:
    """A connection to a stage."""
    client = RawClient(*await asyncio.open_connection("127.0.0.1", stage.server.port))
    try:
        yield client
    finally:
        await client.leave()


async def ask(stage: Stage, body: Any = None, **options: Any) -> tuple[int, Headers, bytes]:
    """One request on a connection of its own."""
    async with connected(stage) as client:
        return await client.ask(body, **options)


def events(body: bytes) -> list[dict[str, Any]]:
    """The whole events of a stream."""
    texts = [block.partition(b"data: ")[2] for block in body.split(b"\n\n")[:-1]]
    return [json.loads(text) for text in texts]


def error_of(body: bytes) -> dict[str, Any]:
    """The error that an answer holds."""
    found: dict[str, Any] = json.loads(body)["error"]
    return found
