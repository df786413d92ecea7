"""One streamed reply, from the request's first byte to the answer's last, against a bare aiohttp
handler that writes the same bytes, made beforehand, in one go.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter

from aiohttp import web

from agent_rehearsal import ALWAYS, Stage
from benchmarks.one_turn.client import Client, connected
from benchmarks.report import MICROSECONDS, Comparison, Finding
from benchmarks.timing import Contestant, interleaved
from mock_responses import message

BARE, OURS = "one prebuilt write", "responses.reply(message(...))"
AROUND = 8
"""Events of a message's reply besides its deltas."""
EVENTS = (10, 200)


def run(*, quick: bool) -> Iterator[Finding]:
    """The cost of one reply of each size, over a connection that is kept alive."""
    for events in EVENTS:
        yield _compare(events, rounds=5 if quick else 25)


def _compare(events: int, rounds: int) -> Comparison:
    turns = 2000 // events
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        ours, bare = runner.run(_clients(stack, events))

        def contestant(client: Client) -> Contestant:
            return lambda: runner.run(_asked(client, turns))

        samples = interleaved({BARE: contestant(bare), OURS: contestant(ours)}, rounds)
        runner.run(stack.aclose())
    return Comparison(
        subject=f"one streamed reply of {events} events",
        baseline=BARE,
        ours=OURS,
        samples=samples,
        unit=MICROSECONDS,
    )


async def _clients(stack: AsyncExitStack, events: int) -> tuple[Client, Client]:
    """A client of ours, and one of a bare server that answers with what ours was seen to send."""
    stage = await stack.enter_async_context(Stage(cap=10_000))
    stage.responses.reply(message(*["word "] * (events - AROUND)), times=ALWAYS)
    ours = await stack.enter_async_context(connected(stage.base_url))
    answer = await ours.turn("hello")
    if answer.count(b"\ndata: ") != events:
        raise AssertionError(f"expected a reply of {events} events, got {answer!r}")
    base_url = await stack.enter_async_context(_bare(_payload(answer)))
    return ours, await stack.enter_async_context(connected(base_url))


def _payload(answer: bytes) -> bytes:
    """The events of an answer that came as one chunk."""
    chunked = answer.partition(b"\r\n\r\n")[2]
    size, _, rest = chunked.partition(b"\r\n")
    return rest[: int(size, 16)]


@asynccontextmanager
async def _bare(payload: bytes) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        await response.write(payload)
        await response.write_eof()
        return response

    app = web.Application()
    app.router.add_post("/v1/responses", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()


async def _asked(client: Client, turns: int) -> float:
    begin = perf_counter()
    for _ in range(turns):
        await client.turn("hello")
    return (perf_counter() - begin) / turns
