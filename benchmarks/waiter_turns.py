"""How many iterations of the event loop pass between an append and the waiter that it satisfies.

Iterations are counted, not timed. The baseline is a future that is awaited with nothing between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from agent_rehearsal import Journal, Stage, kind
from benchmarks.one_turn.client import connected
from benchmarks.report import Finding, Tally
from mock_responses import message

GOAL = 2
CROWD = 1000
Action = Callable[[], object]


class Turns:
    """Counts the iterations of the running loop.

    Its callback puts itself back before anything else can queue up, so it is the first of every
    iteration, and whatever runs later in one sees the same number.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_soon(self._tick)
        self._due: Action | None = None
        self.now = 0

    def do(self, action: Action) -> None:
        """Call `action` in the next iteration."""
        self._due = action

    def stop(self) -> None:
        """Count no more."""
        self._handle.cancel()

    def _tick(self) -> None:
        self._handle = self._loop.call_soon(self._tick)
        self.now += 1
        action, self._due = self._due, None
        if action is not None:
            action()


def run(*, quick: bool) -> Iterator[Finding]:
    """The most iterations in each case; counting needs no rounds, so `quick` changes nothing."""
    bare, *ours = asyncio.run(_counts())
    yield Tally(
        subject="iterations from an append to the waiter that it satisfies",
        baseline=bare,
        ours=dict(ours),
        goal=GOAL,
    )


async def _counts() -> list[tuple[str, int]]:
    """What was counted in each case, the baseline first."""
    turns = Turns()
    try:
        return [(name, await case(turns)) for name, case in CASES.items()]
    finally:
        turns.stop()


async def _future(turns: Turns) -> int:
    future = asyncio.get_running_loop().create_future()
    return await _between(turns, [future], lambda: future.set_result(None))


async def _wait_for(turns: Turns) -> int:
    journal = Journal()
    return await _between(turns, [journal.wait_for(kind("event"))], lambda: _note(journal))


async def _wait_count(turns: Turns) -> int:
    journal = Journal()
    _note(journal)
    _note(journal)
    return await _between(turns, [journal.wait_count(kind("event"), 3)], lambda: _note(journal))


async def _crowd(turns: Turns) -> int:
    journal = Journal()
    waits = [journal.wait_for(kind("event")) for _ in range(CROWD)]
    return await _between(turns, waits, lambda: _note(journal))


async def _request(turns: Turns) -> int:
    async with Stage() as stage, connected(stage.base_url) as client:
        stage.responses.reply(message("hi"))
        appended: list[int] = []
        stop = stage.journal.observe(lambda _: appended.append(turns.now))
        asked = asyncio.create_task(client.turn("hello"))
        await stage.responses.wait_for(kind("request"))
        resumed = turns.now
        await asked
        stop()
    return resumed - appended[0]


async def _between(turns: Turns, waits: Sequence[Awaitable[object]], action: Action) -> int:
    """Iterations from `action` until the last of `waits`, which it satisfies, has gone on."""

    async def resumed(wait: Awaitable[object]) -> int:
        await wait
        return turns.now

    tasks = [asyncio.create_task(resumed(wait)) for wait in waits]
    await asyncio.sleep(0)
    acted: list[int] = []

    def act() -> None:
        acted.append(turns.now)
        action()

    turns.do(act)
    return max(await asyncio.gather(*tasks)) - acted[0]


def _note(journal: Journal) -> None:
    journal.append("agent", "event", head="satisfied")


CASES: dict[str, Callable[[Turns], Awaitable[int]]] = {
    "a bare asyncio.Future": _future,
    "journal.wait_for": _wait_for,
    "journal.wait_count, the last of three": _wait_count,
    f"journal.wait_for, the last of {CROWD} waiters": _crowd,
    "responses.wait_for, a request over HTTP": _request,
}
"""The baseline first."""
