"""httpx and httpx2, over anyio, against an aiohttp server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from types import ModuleType

import httpx
import httpx2
from aiohttp import web

from suites.interleave.compat.plain_http import echo, greet, words
from suites.races.zoo.ground import serving, think


async def count(request: web.Request) -> web.StreamResponse:
    """Send a line, think, send the next."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    with suppress(ConnectionResetError):  # the client with the timeout is gone by then
        for number in range(5):
            await answer.write(f"{number}\n".encode())
            await think(0.005)
    return answer


async def requests(library: ModuleType) -> list[object]:
    """Requests at once, a streamed body there, streamed lines back, a timeout."""
    routes = (web.get("/", greet), web.post("/", echo), web.get("/count", count))
    async with serving(*routes) as url, library.AsyncClient(base_url=url, verify=False) as client:
        together = [client.get("/", params={"name": name}) for name in ("ada", "bob", "eve")]
        got: list[object] = [answer.text for answer in await asyncio.gather(*together)]
        got.append((await client.post("/", content=words())).text)
        got.append([line async for line in lines(client)])
        try:
            await client.get("/count", timeout=library.Timeout(5, read=0.001))
        except library.ReadTimeout as error:
            got.append(type(error).__name__)
    return got


async def lines(client: httpx.AsyncClient) -> AsyncIterator[str]:
    """What `/count` sends, line by line."""
    async with client.stream("GET", "/count") as answer:
        async for line in answer.aiter_lines():
            yield line


async def over_httpx() -> list[object]:
    """With httpx."""
    return await requests(httpx)


async def over_httpx2() -> list[object]:
    """With httpx2, which the openai SDK is built on."""
    return await requests(httpx2)
