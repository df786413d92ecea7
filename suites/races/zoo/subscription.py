"""An event before its subscription.

A client starts a job and then subscribes to its events; the job is over when it is over. Only as
long as the subscription arrives before the job ends does anybody hear of its end. The cure is to
subscribe first.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, ClientWebSocketResponse, web

from suites.races.zoo.ground import PATIENCE, serving, think


async def play(*, mended: bool) -> None:
    """The end of the job is heard."""
    subscribers: list[web.WebSocketResponse] = []
    jobs: list[asyncio.Task[None]] = []

    async def job() -> None:
        await think(0.02)
        for subscriber in subscribers:
            await subscriber.send_str("done")

    async def start(request: web.Request) -> web.Response:
        jobs.append(asyncio.create_task(job()))
        return web.Response(status=202)

    async def subscribe(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        subscribers.append(socket)
        await socket.send_str("subscribed")
        await socket.receive()
        return socket

    async def ask(session: ClientSession, url: str) -> None:
        async with session.post(f"{url}/job") as answer:
            assert answer.status == 202

    @asynccontextmanager
    async def listening(session: ClientSession, url: str) -> AsyncIterator[ClientWebSocketResponse]:
        async with session.ws_connect(f"{url}/events") as socket:
            assert await socket.receive_str() == "subscribed"
            yield socket

    routes = (web.post("/job", start), web.get("/events", subscribe))
    async with serving(*routes) as url, asyncio.timeout(PATIENCE), ClientSession() as session:
        if not mended:
            await ask(session, url)
        async with listening(session, url) as events:
            if mended:
                await ask(session, url)
            assert await events.receive_str() == "done"
        await asyncio.gather(*jobs)
