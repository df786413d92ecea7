"""A stage's start and stop, against those of a bare aiohttp server in the same process."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from time import perf_counter

from aiohttp import web

from agent_rehearsal import Stage
from benchmarks.report import MILLISECONDS, Comparison, Finding
from benchmarks.timing import Contestant, interleaved

BARE, OURS = "AppRunner + TCPSite", "Stage"
STARTS = 40
"""Starts in a round: one is too short for the clock."""
GOAL = 2.0


def run(*, quick: bool) -> Iterator[Finding]:
    """The cost of one start and stop; everything is imported before."""
    with asyncio.Runner() as runner:

        def contestant(once: Callable[[], Awaitable[None]]) -> Contestant:
            return lambda: runner.run(_repeated(once))

        contestants = {BARE: contestant(_bare), OURS: contestant(_stage)}
        samples = interleaved(contestants, rounds=5 if quick else 25)
    yield Comparison(
        subject="one start and stop, nothing asked meanwhile",
        baseline=BARE,
        ours=OURS,
        samples=samples,
        unit=MILLISECONDS,
        goal=GOAL,
    )


async def _repeated(once: Callable[[], Awaitable[None]]) -> float:
    begin = perf_counter()
    for _ in range(STARTS):
        await once()
    return (perf_counter() - begin) / STARTS


async def _bare() -> None:
    app = web.Application()
    app.router.add_post("/v1/responses", _answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await runner.cleanup()


async def _stage() -> None:
    async with Stage():
        pass


async def _answer(_: web.Request) -> web.Response:
    return web.Response()
