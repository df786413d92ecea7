"""websockets on both ends: fragments, compression, pings, several connections, a close code."""

import asyncio

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError

from suites.races.zoo.ground import address, think

LONG = "long " * 40_000


async def echo(socket: ServerConnection) -> None:
    """Send everything back; leave for a reason when told to."""
    async for message in socket:
        if message == "leave":
            return await socket.close(code=4001, reason="told to")
        await socket.send(message)


async def talk(url: str, name: str) -> list[object]:
    """What one client heard."""
    async with connect(url) as socket:
        await socket.send([name, " in", " fragments"])
        await socket.send(LONG)
        await socket.send(bytes(range(256)))
        heard: list[object] = [await socket.recv()]
        heard.append(await socket.recv() == LONG)
        heard.append(await socket.recv())
        heard.append(await (await socket.ping()) >= 0)
        await think(0.01)
        await socket.send("leave")
        try:
            await socket.recv()
        except ConnectionClosedError as error:
            heard.append((error.rcvd.code, error.rcvd.reason) if error.rcvd else None)
    return heard


async def talks() -> list[object]:
    """Three clients at once."""
    async with serve(echo, "127.0.0.1", 0) as server:
        return list(await asyncio.gather(*(talk(address(server), n) for n in ("a", "b", "c"))))
