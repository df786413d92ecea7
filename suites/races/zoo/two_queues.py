"""Two queues behind one forwarder.

A client sorts what one connection brings into a queue for text and one for audio, and one task
forwards whatever is in either. As long as messages come one at a time their order is kept; when two
are there at once, a set of tasks says which goes first. The cure is one queue.
"""

import asyncio

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from suites.races.zoo.ground import PATIENCE, address, think

SAID = ["text 1", "text 2", "audio 1"]


async def speak(socket: ServerConnection) -> None:
    """Say everything, with a pause between any two."""
    for message in SAID:
        await socket.send(message)
        await think(0.02)


async def forward(*queues: asyncio.Queue[str]) -> list[str]:
    """Everything that came, as it went on."""
    forwarded: list[str] = []
    getters = {asyncio.create_task(queue.get()): queue for queue in queues}
    while len(forwarded) < len(SAID):
        done, _ = await asyncio.wait(getters, return_when=asyncio.FIRST_COMPLETED)
        for getter in done:
            forwarded.append(getter.result())
            queue = getters.pop(getter)
            getters[asyncio.create_task(queue.get())] = queue
    for getter in getters:
        getter.cancel()
    return forwarded


async def play(*, mended: bool) -> None:
    """What is said in one order arrives in that order."""
    text = asyncio.Queue[str]()
    audio = text if mended else asyncio.Queue[str]()
    queues = (text,) if mended else (text, audio)
    async with serve(speak, "127.0.0.1", 0) as server, asyncio.timeout(PATIENCE):
        forwarder = asyncio.create_task(forward(*queues))
        async with connect(address(server)) as socket:
            async for message in socket:
                queue = text if str(message).startswith("text") else audio
                queue.put_nowait(str(message))
            forwarded = await forwarder
    assert forwarded == SAID, f"forwarded as {forwarded}"
