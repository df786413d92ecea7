"""A double release.

A turn holds a slot, which goes back when the worker reports the result or when the user leaves,
whichever is first. The report gives it back, writes the result down, and only then says that the
turn is over: a user who leaves meanwhile gives it back once more. The cure is to say so first.
"""

import asyncio

from aiohttp import ClientSession, web

from suites.races.zoo.ground import PATIENCE, serving, think


async def play(*, mended: bool) -> None:
    """After the turn there is one slot, as before."""
    slots = asyncio.Semaphore(1)
    over = False

    async def turn(request: web.Request) -> web.WebSocketResponse:
        nonlocal over
        await slots.acquire()
        socket = web.WebSocketResponse()
        try:
            await socket.prepare(request)
            await socket.receive()
        finally:
            if not over:
                over = True
                slots.release()
        return socket

    async def report(request: web.Request) -> web.Response:
        nonlocal over
        if not over:
            over = mended
            slots.release()
            await think(0.01)
            over = True
        return web.Response()

    async def work(url: str) -> None:
        async with ClientSession() as session, session.post(url) as answer:
            assert answer.status == 200

    async def use(url: str) -> None:
        async with ClientSession() as session, session.ws_connect(url) as user:
            worker = asyncio.create_task(work(url))
            await think(0.03)
            await user.close()
            await worker

    async with serving(web.get("/", turn), web.post("/", report)) as url:
        async with asyncio.timeout(PATIENCE):
            await use(url)
    await slots.acquire()
    assert slots.locked(), "there are two slots now"
