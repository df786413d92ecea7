"""The programs whose schedules are counted by the second: a test as people write it, from its
server's start to its end, every part made anew.
"""

import asyncio

from aiohttp import WSMsgType, web
from websockets.asyncio.client import connect

from agent_rehearsal import Stage
from mock_responses import message, shell_call

ECHOES = 3
PAUSE = 0.05
"""Seconds: what a server thinks before an answer, in `waiting`."""


async def websocket(*, pause: float = 0.0, echoes: int = ECHOES) -> None:
    """An aiohttp server that echoes, after a pause if there is one, and a websockets client."""

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for heard in socket:
            if heard.type is WSMsgType.TEXT:
                if pause:
                    await asyncio.sleep(pause)
                await socket.send_str(heard.data)
        return socket

    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        async with connect(f"ws://{host}:{port}/") as client:
            for number in range(echoes):
                await client.send(f"message {number}")
                assert await client.recv() == f"message {number}"
    finally:
        await runner.cleanup()


async def waiting() -> None:
    """As `websocket`, with two answers that take `PAUSE` each."""
    await websocket(pause=PAUSE, echoes=2)


async def turn() -> None:
    """An agent takes a task, runs a command, which is scripted, and answers."""
    async with Stage() as stage:
        codex = stage.codex(commands={"make": "made\n"})
        stage.responses.reply(shell_call("c1", "make"))
        stage.responses.reply(message("done"))
        thread = await codex.start()
        assert await thread.run("build") == "done"
        assert stage.responses.requests[1].output_of("c1").endswith("made\n")


SMALL = {
    "a WebSocket test": websocket,
    "a WebSocket test with 2 x 50 ms of waiting": waiting,
    "a whole agent turn": turn,
}
"""By name."""
