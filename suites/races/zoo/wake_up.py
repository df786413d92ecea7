"""A lost wake-up.

A long poll looks whether there is news, finds out who is asking, and then waits for the pulse that
tells of news. A pulse in between is heard by nobody, and the poll waits for ever. The cure is to
look again right before the wait.
"""

import asyncio

from aiohttp import ClientSession, web

from suites.races.zoo.ground import PATIENCE, serving, think


async def play(*, mended: bool) -> None:
    """The poll gets the news, whenever these come."""
    news: list[str] = []
    pulse = asyncio.Event()

    async def poll(request: web.Request) -> web.Response:
        if not news:
            await think(0.01)
            if not (mended and news):
                await pulse.wait()
        return web.Response(text=news[-1])

    async def post(request: web.Request) -> web.Response:
        news.append(await request.text())
        pulse.set()
        pulse.clear()
        return web.Response()

    async def read(url: str) -> str:
        async with ClientSession() as session, session.get(url) as answer:
            return await answer.text()

    async def write(url: str) -> None:
        await think(0.03)
        async with ClientSession() as session, session.post(url, data="rain") as answer:
            assert answer.status == 200

    routes = (web.get("/", poll), web.post("/", post))
    async with serving(*routes) as url, asyncio.timeout(PATIENCE):
        text, _ = await asyncio.gather(read(url), write(url))
    assert text == "rain", f"the poll got {text!r}"
