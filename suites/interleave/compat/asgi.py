"""uvicorn and Starlette behind an aiohttp client: JSON, a stream, a WebSocket, lifespan."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from aiohttp import ClientSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from suites.races.zoo.ground import think


class Quiet(uvicorn.Server):
    """A server that leaves the signals of the process alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def said(request: Request) -> JSONResponse:
    """Send the JSON back."""
    return JSONResponse({"said": await request.json()})


async def count(request: Request) -> StreamingResponse:
    """A streamed answer."""

    async def numbers() -> AsyncIterator[str]:
        for number in range(4):
            yield f"{number} "
            await think(0.005)

    return StreamingResponse(numbers())


async def echo(socket: WebSocket) -> None:
    """Send one message back and leave."""
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close(code=4002)


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """uvicorn on a free port."""
    config = uvicorn.Config(app, port=0, log_config=None, ws="websockets-sansio")
    server = Quiet(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await think(0.001)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


async def requests() -> list[object]:
    """What the client got, and when the app began and ended."""
    got: list[object] = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        got.append("begun")
        yield
        got.append("ended")

    routes = [Route("/", said, methods=["POST"]), Route("/count", count), WebSocketRoute("/", echo)]
    app = Starlette(routes=routes, lifespan=lifespan)
    async with serving(app) as url, ClientSession() as session:
        async with session.post(url, json=[1, "two"]) as answer:
            got.append(await answer.json())
        async with session.get(f"{url}/count") as answer:
            got.append(await answer.text())
        async with session.ws_connect(url) as socket:
            await socket.send_str("hello")
            got.append(await socket.receive_str())
            await socket.receive()
        got.append(socket.close_code)
    return got
