"""Check, then act over an await.

A server sells a seat if there is one left, and charges the card before it takes the seat. Whoever
asks meanwhile gets the same seat. The cure is a lock around both.
"""

import asyncio
from contextlib import nullcontext

from aiohttp import ClientSession, web

from suites.races.zoo.ground import PATIENCE, serving, think


async def play(*, mended: bool) -> None:
    """One seat is sold once."""
    seats = 1
    till = asyncio.Lock() if mended else nullcontext()

    async def buy(request: web.Request) -> web.Response:
        nonlocal seats
        async with till:
            if not seats:
                return web.Response(status=409)
            await think(0.01)
            seats -= 1
            return web.Response()

    async def ask(url: str, *, at: float) -> int:
        await think(at)
        async with ClientSession() as session, session.post(url) as answer:
            return answer.status

    async with serving(web.post("/", buy)) as url, asyncio.timeout(PATIENCE):
        answers = await asyncio.gather(ask(url, at=0), ask(url, at=0.03))
    assert sorted(answers) == [200, 409], f"the buyers got {answers}"
    assert seats == 0
