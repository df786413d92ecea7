"""aiohttp on both ends of a WebSocket with a heartbeat; the client answers the pings by hand, so
that it can count them.
"""

from aiohttp import ClientSession, WSMsgType, web

from suites.races.zoo.ground import serving, think

BEAT = 0.5
"""Seconds between pings; half of it is how long a pong may take."""


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Send back what comes; leave after a silence longer than a beat."""
    socket = web.WebSocketResponse(heartbeat=BEAT)
    await socket.prepare(request)
    await socket.send_bytes(await socket.receive_bytes())
    await think(1.5 * BEAT)
    await socket.close(code=4000, message=b"enough")
    return socket


async def beats() -> list[object]:
    """What the client got, pings aside; whether there were any; how it ended."""
    got: list[object] = []
    pings = 0
    async with (
        serving(web.get("/", echo)) as url,
        ClientSession() as session,
        session.ws_connect(url, autoping=False, compress=15) as socket,
    ):
        await socket.send_bytes(b"hello " * 1000)
        async for message in socket:
            if message.type is WSMsgType.PING:
                pings += 1
                await socket.pong(message.data)
            else:
                got.append(message.data)
    return [*got, pings > 0, socket.close_code]
