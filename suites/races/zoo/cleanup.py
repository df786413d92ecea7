"""A second cancel in a `finally`.

A worker that is cancelled gives its lease back, which takes a message there and one back. When the
owner shuts down and cancels whatever still runs, the cancel falls into the clean-up and the lease
is lost. The cure is a clean-up in a task of its own, waited for whatever comes.
"""

import asyncio
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from suites.races.zoo.ground import PATIENCE, address, think


async def give_back(socket: ClientConnection) -> None:
    """Have the work saved, then return the lease."""
    await socket.send("save")
    await socket.recv()
    await socket.send("return")


async def finish(task: asyncio.Task[None]) -> None:
    """Wait until it is done, however often the one who waits is cancelled."""
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(task)


async def work(url: str, started: asyncio.Event, *, mended: bool) -> None:
    """Hold a lease until cancelled."""
    async with connect(url) as socket:
        await socket.send("borrow")
        await socket.recv()
        try:
            started.set()
            await asyncio.Future()
        finally:
            if mended:
                await finish(asyncio.create_task(give_back(socket)))
            else:
                await give_back(socket)


async def play(*, mended: bool) -> None:
    """A lease that was borrowed is returned."""
    heard: list[str] = []

    async def lend(socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                heard.append(str(message))
                if message != "return":
                    await socket.send("done")

    async with serve(lend, "127.0.0.1", 0) as server, asyncio.timeout(PATIENCE):
        started = asyncio.Event()
        worker = asyncio.create_task(work(address(server), started, mended=mended))
        await started.wait()
        worker.cancel()
        await think(0.03)
        worker.cancel()
        await asyncio.wait({worker})
    assert heard == ["borrow", "save", "return"], f"the server heard {heard}"
