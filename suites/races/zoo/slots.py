"""Slots by arrival.

A client opens its control and its data connection at once, and the server takes the first to arrive
for control. Which handshake arrives first is not the client's to say. The cure is that each
connection says what it is.
"""

import asyncio
from itertools import count

from aiohttp import ClientSession, WSMsgType, web

from suites.races.zoo.ground import PATIENCE, serving

ROLES = ("control", "data")


async def play(*, mended: bool) -> None:
    """What was said on a connection is found under its role."""
    arrivals = count()
    heard: dict[str, list[str]] = {role: [] for role in ROLES}

    async def connected(request: web.Request) -> web.WebSocketResponse:
        slot = next(arrivals)
        role = request.query["role"] if mended else ROLES[slot]
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                heard[role].append(message.data)
        return socket

    async def speak(session: ClientSession, url: str, role: str) -> None:
        async with session.ws_connect(url, params={"role": role}) as socket:
            await socket.send_str(f"{role} speaks")

    routes = (web.get("/", connected),)
    async with serving(*routes) as url, asyncio.timeout(PATIENCE), ClientSession() as session:
        await asyncio.gather(*(speak(session, url, role) for role in ROLES))
    assert heard == {role: [f"{role} speaks"] for role in ROLES}, f"heard {heard}"
