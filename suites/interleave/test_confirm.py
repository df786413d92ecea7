"""Schedules imposed on stock asyncio and real loopback sockets."""

import asyncio
from functools import partial
from importlib import import_module
from typing import Any

import pytest

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.simulation.run import Main, run
from agent_rehearsal.interleave.stock.confirm import Confirmation, confirm, run_on
from agent_rehearsal.interleave.stock.stock import Stock
from agent_rehearsal.interleave.strategies.strategies import Natural
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget, Found
from suites.races.zoo.catalogue import ZOO

PATIENCE = 0.5
"""Seconds for what must come; real ones here, so less than the zoo's own."""
WAITING = ("ground", "resume", "subscription", "wake_up")
"""The races of the zoo that show by nothing happening any more."""
SAMPLE = (
    "slots by arrival",
    "lost wake-up",
    "interrupt against result",
    "queue dropped on close",
)
"""Real time is spent here; `python -m benchmarks zoo` confirms all of the races."""
TRIES = 3
"""The benchmark has twenty."""
MS = 1e-3


def found_by(main: Main, **budget: Any) -> Found:
    """What the sweep finds in a program."""

    def once(strategy: Strategy) -> Attempt:
        return run(main, strategy)

    found = explore(once, Budget(schedules=0, **budget)).found
    assert found is not None
    return found


def made(failure: Failure, schedule: Schedule) -> Found:
    """A finding that was never searched for."""
    attempt = Attempt(Trace(), failure, schedule=schedule)
    return Found(
        first=attempt, strategy="made", tried=1, schedule=schedule, shrunk=attempt, shrinking=0
    )


def confirmed(main: Main, found: Found, **options: Any) -> Confirmation:
    """What imposing it on `main` comes to."""
    return confirm(lambda stock: run_on(stock, main), found, tries=TRIES, **options)


@pytest.mark.parametrize("race", SAMPLE)
def test_what_is_found_in_the_zoo_fails_on_real_sockets(
    race: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same kind at the same place: once is enough to know that it can happen, and on an
    idle machine it is every time, as the benchmark counts.
    """
    for name in WAITING:
        monkeypatch.setattr(import_module(f"suites.races.zoo.{name}"), "PATIENCE", PATIENCE)
    found = found_by(partial(ZOO[race], mended=False))
    confirmation = confirmed(partial(ZOO[race], mended=False), found)
    assert confirmation.same, str(confirmation)
    assert confirmation.counts == (confirmation.same, TRIES)
    assert "never came up" not in str(confirmation)


def test_a_mended_program_passes_the_schedule_that_broke_it() -> None:
    """What is imposed is a delay, and no failure."""
    race = ZOO["interrupt against result"]
    found = found_by(partial(race, mended=False))
    confirmation = confirmed(partial(race, mended=True), found)
    assert confirmation.same == 0
    assert confirmation.passed == TRIES
    assert str(confirmation) == "failed the same way in 0 of 3 runs on real sockets; 3 times passed"


async def _stay() -> None:
    await asyncio.get_running_loop().create_future()


def test_a_try_that_hangs_is_ended_and_counted() -> None:
    """It is ended from outside, cleaned up, and no other failure."""
    ended = []

    async def main() -> None:
        try:
            await _stay()
        finally:
            ended.append(True)

    found = made(Failure("AssertionError", "a.py:1", ""), Schedule())
    confirmation = confirmed(main, found, slack=0.05)
    assert (confirmation.same, confirmation.hung) == (0, TRIES)
    assert ended == [True] * TRIES
    assert "3 times did not end in time" in str(confirmation)


def test_a_deadlock_is_confirmed_by_a_hang_at_the_same_place() -> None:
    """In simulation nothing can happen any more; on real sockets nothing does."""
    deadlock = run(_stay, Natural()).failure
    assert deadlock is not None
    assert deadlock.kind == "Deadlock"
    assert confirmed(_stay, made(deadlock, Schedule()), slack=0.05).same == TRIES


def test_other_failures_are_counted_by_what_they_are() -> None:
    """A failure of another kind, or elsewhere, confirms nothing."""

    async def main() -> None:
        raise KeyError("other")

    found = made(Failure("KeyError", "elsewhere.py:1", ""), Schedule())
    confirmation = confirmed(main, found)
    assert confirmation.same == 0
    ((other, count),) = confirmation.others.items()
    assert other.startswith("KeyError at suites/interleave/test_confirm.py:")
    assert count == TRIES


def test_an_exception_that_nobody_looked_at_is_a_failure_there_too() -> None:
    """Of a callback, and of a task that was dropped."""

    async def main() -> None:
        asyncio.get_running_loop().call_soon(_broken)
        await asyncio.sleep(0)

    async def dropping() -> None:
        task = asyncio.create_task(_breaking())
        await asyncio.sleep(0)
        del task

    for program, kind in ((main, "ZeroDivisionError"), (dropping, "KeyError")):
        failure = run_on(Stock(Schedule(), late=0.1, patience=9), program)
        assert failure is not None
        assert failure.kind == kind


def _broken() -> None:
    raise ZeroDivisionError


async def _breaking() -> None:
    raise KeyError


def test_a_schedule_that_reorders_tasks_is_not_tried() -> None:
    """Stock asyncio keeps the order that it changes: there is nothing to confirm."""
    found = made(Failure("A", "a.py:1", ""), Schedule(steps={Key("task:7"): 1}))
    confirmation = confirm(_never, found)
    assert confirmation.counts is None
    assert str(confirmation).startswith("not looked for on real sockets: it needs another order")


def _never(stock: Stock) -> Failure | None:
    raise AssertionError("this is not tried")


def test_what_could_not_be_imposed_is_said() -> None:
    """A message that did not come up there, stalls, and how sets were ordered."""

    async def main() -> None:
        await asyncio.sleep(0)

    schedule = Schedule(delays={Key("c1>s#1"): Delay(0.01)}, salts={1: 0}, stalls={4: 0.1})
    told = str(confirmed(main, made(Failure("A", "a.py:1", ""), schedule)))
    assert "never came up there: c1>s#1" in told
    assert "tasks were hashed as the schedule says" in told
    assert "stalls of the machine were not imposed" in told
