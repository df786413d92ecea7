"""aiohttp on both ends: kept connections, streamed bodies, a file, a refused connect."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientConnectorError, ClientSession, web

from suites.races.zoo.ground import serving, think

WORDS = ("one ", "two ", "three")


async def greet(request: web.Request) -> web.Response:
    """Say hello, compressed if the client can."""
    answer = web.Response(text=f"hello {request.query['name']} " * 20)
    answer.enable_compression()
    return answer


async def echo(request: web.Request) -> web.StreamResponse:
    """Send each piece of the body back as it comes, chunked."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    async for piece in request.content.iter_any():
        await answer.write(piece.upper())
    return answer


async def source(request: web.Request) -> web.FileResponse:
    """Send this file."""
    return web.FileResponse(__file__)


async def words() -> AsyncIterator[bytes]:
    """A body that is made while it is sent."""
    for word in WORDS:
        yield word.encode()
        await think(0.01)


async def requests() -> list[object]:
    """A GET, a streamed POST, a file, and four GETs at once."""
    routes = (web.get("/", greet), web.post("/", echo), web.get("/file", source))
    async with serving(*routes) as url, ClientSession(url) as session:

        async def ask(name: str) -> str:
            async with session.get("/", params={"name": name}) as answer:
                return await answer.text()

        got: list[object] = [await ask("ada")]
        async with session.post("/", data=words()) as answer:
            got.append(await answer.text())
        async with session.get("/file") as answer:
            got.append(await answer.text())
        got.extend(await asyncio.gather(*(ask(name) for name in WORDS)))
    async with ClientSession() as session:
        try:
            await session.get(url)
        except ClientConnectorError as error:
            got.append(type(error.os_error).__name__)
    return got
