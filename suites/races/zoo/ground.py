"""What the programs of the zoo stand on: a server on a free loopback port, and time to think.

The programs are under test here, so they may do what a test may not: `think` is work that takes a
while, a tool, a disk, a charge to a card. No test of this folder waits by it, and no other module
of it sleeps. Nothing here may know a race.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from websockets.asyncio.server import Server

PATIENCE = 5.0
"""Seconds that a program waits for what must come; far beyond all its messages together."""


async def think(seconds: float) -> None:
    """Do something that takes so long."""
    await asyncio.sleep(seconds)


@asynccontextmanager
async def serving(*routes: web.RouteDef) -> AsyncIterator[str]:
    """An aiohttp server of these routes; yields its URL, `http://127.0.0.1:PORT`."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=PATIENCE)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def address(server: Server) -> str:
    """The URL of a websockets server: `ws://127.0.0.1:PORT`."""
    host, port = next(iter(server.sockets)).getsockname()[:2]
    return f"ws://{host}:{port}"
