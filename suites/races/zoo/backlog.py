"""A queue dropped on close.

A reader puts what it hears into a queue, and another task stores it. When the connection closes the
reader ends that task at once, and what is still in the queue is never stored. The cure is to put
the end into the queue as well.
"""

import asyncio

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from suites.races.zoo.ground import PATIENCE, address, think

SAID = ["one", "two", "three"]


async def speak(socket: ServerConnection) -> None:
    """Say everything, with a pause after each."""
    for message in SAID:
        await socket.send(message)
        await think(0.02)


async def play(*, mended: bool) -> None:
    """Everything that was heard is stored."""
    queue = asyncio.Queue[str | None]()
    stored: list[str] = []

    async def store() -> None:
        while (message := await queue.get()) is not None:
            await think(0.01)
            stored.append(message)

    async with serve(speak, "127.0.0.1", 0) as server, asyncio.timeout(PATIENCE):
        storing = asyncio.create_task(store())
        async with connect(address(server)) as socket:
            async for message in socket:
                queue.put_nowait(str(message))
        if mended:
            queue.put_nowait(None)
        else:
            storing.cancel()
        await asyncio.wait({storing})
    assert stored == SAID, f"stored {stored}"
