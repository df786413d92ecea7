"""The least that counts as a client: one request over HTTP/1.1, read to the end of its chunked
answer. It costs next to nothing, so what is compared is the servers.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlsplit

LAST_CHUNK = b"0\r\n\r\n"


class Client:
    """One connection to a base URL, kept alive from turn to turn."""

    def __init__(
        self, base_url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._path = urlsplit(base_url).path
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, base_url: str) -> Self:
        """Open the connection."""
        url = urlsplit(base_url)
        # One turn's answer fits in the buffer, so that reading never pauses.
        reader, writer = await asyncio.open_connection(url.hostname, url.port, limit=1 << 22)
        return cls(base_url, reader, writer)

    async def turn(self, prompt: str) -> bytes:
        """Ask for a streamed response; returns the whole answer, head and chunks as they came."""
        body = json.dumps({"model": "m", "stream": True, "input": prompt}).encode()
        self._writer.write(
            b"POST %b/responses HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n%b" % (self._path.encode(), len(body), body)
        )
        return await self._reader.readuntil(LAST_CHUNK)

    async def close(self) -> None:
        """Close the connection and see it closed."""
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def connected(base_url: str) -> AsyncIterator[Client]:
    """A client for as long as the block lasts."""
    client = await Client.connect(base_url)
    try:
        yield client
    finally:
        await client.close()
