"""The limits: WebSocket servers that keep nothing and send prebuilt frames.

`python benchmarks/realtime_bare.py --library websockets --answers FILE` answers a `response.create`
with the frames of FILE (JSON, a list of texts) and what else a client waits for in the fewest
words; with `aiohttp` it answers nothing. Prints a line when it listens, and ends on SIGTERM.
"""

import argparse
import asyncio
import json
import signal
from contextlib import suppress
from pathlib import Path

from aiohttp import web
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_websockets
from websockets.exceptions import ConnectionClosed

ANSWERS = {
    "session.update": '{"type":"session.updated"}',
    "conversation.item.create": '{"type":"conversation.item.added"}',
    "input_audio_buffer.clear": '{"type":"input_audio_buffer.cleared"}',
}
HELLO = '{"type":"session.created"}'


async def with_websockets(answer: list[str], ended: asyncio.Event) -> None:
    """Serve with websockets."""

    async def talk(socket: ServerConnection) -> None:
        await socket.send(HELLO)
        # The clients of these benchmarks leave without a Close frame.
        with suppress(ConnectionClosed):
            while True:
                await take(socket, json.loads(await socket.recv())["type"])

    async def take(socket: ServerConnection, type_: str) -> None:
        if type_ == "response.create":
            for frame in answer:
                await socket.send(frame)
        elif type_ in ANSWERS:
            await socket.send(ANSWERS[type_])

    async with serve_websockets(talk, "127.0.0.1", 0, compression=None) as server:
        ready(next(iter(server.sockets)).getsockname()[1])
        await ended.wait()


async def with_aiohttp(_: list[str], ended: asyncio.Event) -> None:
    """Serve with aiohttp."""

    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(HELLO)
        async for _ in socket:
            pass
        return socket

    app = web.Application()
    app.router.add_get("/v1/realtime", talk)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ready(runner.addresses[0][1])
    await ended.wait()
    await runner.cleanup()


LIBRARIES = {"websockets": with_websockets, "aiohttp": with_aiohttp}


def ready(port: int) -> None:
    """Say where."""
    print(f"ready: http://127.0.0.1:{port}/v1", flush=True)


async def serve(library: str, answer: list[str]) -> None:
    """Serve on a free port until a signal comes."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await LIBRARIES[library](answer, ended)


def main() -> None:
    """Serve with the library that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", choices=LIBRARIES, required=True)
    parser.add_argument("--answers", type=Path)
    options = parser.parse_args()
    answer = json.loads(options.answers.read_bytes()) if options.answers else []
    asyncio.run(serve(options.library, answer))


if __name__ == "__main__":
    main()
