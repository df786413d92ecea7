"""A client of a few lines over a plain socket: what goes out is what a test says, byte for byte."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as it came, up to the end of the connection."""

    head: str
    body: bytes

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.head.split(" ")[1])

    @property
    def json(self) -> Any:
        """The body of an answer that is no stream."""
        return json.loads(self.body)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of a streamed one."""
        lines = self.body.decode().splitlines()
        return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]

    @property
    def text(self) -> str:
        """The text that its deltas make."""
        return "".join(event.get("delta", "") for event in self.events)


def request(port: int, method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
    """A request after which the server closes."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: close",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def send(port: int, data: bytes) -> Answer:
    """Send `data` as it is, read to the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    body = await reader.read()
    writer.close()
    await writer.wait_closed()
    return Answer(head=head, body=body)


async def ask(port: int, *headers: str, **fields: Any) -> Answer:
    """`POST /v1/responses` with these fields."""
    body = json.dumps({"model": "m", "input": "hi", **fields}).encode()
    return await send(port, request(port, "POST", "/v1/responses", body, *headers))


async def upgrade(port: int, path: str = "/v1/responses") -> int:
    """The status that an upgrade to a WebSocket gets."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status
