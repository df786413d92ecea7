"""A stale slot on reconnect.

A server keeps the connection of each user under the user's name, and forgets it when it closes. If
the user is back before the server has heard of the loss, the old connection takes the new one's
entry along. The cure is to forget only what is one's own.
"""

import asyncio

from aiohttp import ClientSession, web
from websockets.asyncio.client import ClientConnection, connect

from suites.races.zoo.ground import PATIENCE, serving, think

USER = "ada"


async def enter(url: str) -> ClientConnection:
    """Connect as the user; done when the server says that it knows."""
    socket = await connect(url.replace("http", "ws"))
    assert await socket.recv() == "welcome"
    return socket


async def play(*, mended: bool) -> None:
    """A user who is back can be reached."""
    users: dict[str, web.WebSocketResponse] = {}

    async def welcome(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        users[USER] = socket
        try:
            await socket.send_str("welcome")
            await socket.receive()
        finally:
            if not mended or users.get(USER) is socket:
                users.pop(USER, None)
        return socket

    async def push(request: web.Request) -> web.Response:
        if USER not in users:
            return web.Response(status=404)
        await users[USER].send_str("news")
        return web.Response()

    async def reach(url: str) -> int:
        async with ClientSession() as session, session.post(url) as answer:
            return answer.status

    routes = (web.get("/", welcome), web.post("/", push))
    async with serving(*routes) as url, asyncio.timeout(PATIENCE):
        first = await enter(url)
        first.transport.abort()
        await think(0.02)
        second = await enter(url)
        await think(0.02)
        status = await reach(url)
        await second.close()
        await first.wait_closed()
    assert status == 200, "nobody could be reached"
