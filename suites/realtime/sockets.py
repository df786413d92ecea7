"""What the tests of realtime sockets share."""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from agent_rehearsal import Stage, kind


def open_socket(stage: Stage, **options: Any) -> connect:
    """A client's connection to the realtime socket."""
    return connect(stage.realtime.websocket_url, **options)


async def received(client: ClientConnection) -> Any:
    """The next message as JSON."""
    async with asyncio.timeout(5):
        return json.loads(await client.recv())


def frames(stage: Stage) -> list[tuple[str, str, bytes]]:
    """Every frame in order: its way, its opcode, its payload."""
    return [(e.direction, e.head, e.raw) for e in stage.journal.select(kind("frame"))]


def findings(stage: Stage) -> dict[str, str]:
    """The findings by name."""
    return {finding.name: finding.text for finding in stage.findings.of_level("advice")}
