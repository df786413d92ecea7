"""A gap on resume.

A client that is back names the last event that it knows; the server sends those after it, notes
that the client is present, and subscribes it to what comes. An event in between is never sent. The
cure is to subscribe first; the client knows by its number what it gets twice.
"""

import asyncio
from typing import Any

from aiohttp import ClientSession, web

from suites.races.zoo.ground import PATIENCE, serving, think


async def play(*, mended: bool) -> None:
    """The client that is back gets every event."""
    log = ["one", "two"]
    subscribers: list[web.WebSocketResponse] = []

    async def resume(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        known = int(request.query["known"])
        if mended:
            subscribers.append(socket)
        for number, text in enumerate(log[known:], start=known):
            await socket.send_json([number, text])
        await think(0.01)
        if not mended:
            subscribers.append(socket)
        await socket.receive()
        return socket

    async def publish(request: web.Request) -> web.Response:
        log.append(await request.text())
        for subscriber in subscribers:
            await subscriber.send_json([len(log) - 1, log[-1]])
        return web.Response()

    async def listen(url: str) -> dict[int, Any]:
        seen = {0: "one"}
        async with (
            ClientSession() as session,
            session.ws_connect(url, params={"known": len(seen)}) as socket,
        ):
            while len(seen) < 3:
                number, text = await socket.receive_json()
                seen[number] = text
        return seen

    async def speak(url: str) -> None:
        await think(0.03)
        async with ClientSession() as session, session.post(url, data="three") as answer:
            assert answer.status == 200

    routes = (web.get("/", resume), web.post("/", publish))
    async with serving(*routes) as url, asyncio.timeout(PATIENCE):
        seen, _ = await asyncio.gather(listen(url), speak(url))
    assert list(seen.items()) == [(0, "one"), (1, "two"), (2, "three")], f"seen {seen}"
