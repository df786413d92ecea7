"""A client of a session over a real socket, in the words of the API."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from agent_rehearsal import Stage
from mock_realtime.audio import to_base64

Json = dict[str, Any]
GA = {"type": "realtime"}


class Dialogue:
    """One connection. Every event that came is kept."""

    def __init__(self, client: ClientConnection) -> None:
        self.client = client
        self.came: list[Json] = []

    async def tell(self, type: str, **fields: Any) -> None:
        """Send an event."""
        await self.client.send(json.dumps({"type": type, **fields}))

    async def hear(self, type: str) -> Json:
        """The next event of a type; those before it are kept."""
        async with asyncio.timeout(5):
            while True:
                event = json.loads(await self.client.recv())
                self.came.append(event)
                if event["type"] == type:
                    return dict(event)

    async def ask(self, type: str, answer: str, **fields: Any) -> Json:
        """Send an event and wait for one that answers it."""
        await self.tell(type, **fields)
        return await self.hear(answer)

    async def say(self, text: str, **fields: Any) -> None:
        """Put a text of the user into the conversation."""
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": "user", "content": content, **fields}
        await self.tell("conversation.item.create", item=item)

    async def speak(self, data: bytes) -> None:
        """Append audio."""
        await self.tell("input_audio_buffer.append", audio=to_base64(data))

    @property
    def types(self) -> list[str]:
        """The types of what came."""
        return [event["type"] for event in self.came]


@asynccontextmanager
async def dialogue(
    stage: Stage, query: str = "?model=gpt-realtime", **options: Any
) -> AsyncIterator[Dialogue]:
    """A connection to the realtime API of a stage."""
    async with connect(stage.realtime.websocket_url + query, **options) as client:
        yield Dialogue(client)
