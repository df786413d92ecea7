"""aiohttp on both ends: more than any buffer holds, there and back, to slow readers."""

from hashlib import sha256
from io import BytesIO

from aiohttp import ClientSession, web

from suites.races.zoo.ground import serving, think

BODY = bytes(range(256)) * 12 * 1024
"""3 MB."""
PIECE = 1 << 17


async def receive(request: web.Request) -> web.Response:
    """Read slowly, answer with what was read."""
    hashed = sha256()
    async for piece in request.content.iter_chunked(PIECE):
        hashed.update(piece)
        await think(0.001)
    return web.Response(text=hashed.hexdigest())


async def send(request: web.Request) -> web.StreamResponse:
    """Send the body in one write."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    await answer.write(BODY)
    return answer


async def transfers() -> list[object]:
    """The body up, then down."""
    hashed = sha256()
    routes = (web.put("/", receive), web.get("/", send))
    async with serving(*routes) as url, ClientSession() as session:
        async with session.put(url, data=BytesIO(BODY)) as answer:
            uploaded = await answer.text()
        async with session.get(url) as answer:
            async for piece in answer.content.iter_chunked(PIECE):
                hashed.update(piece)
                await think(0.001)
    right = sha256(BODY).hexdigest()
    return [uploaded == right, hashed.hexdigest() == right]
