"""Clocks in a simulation tell virtual time, and after it the real one again."""

import asyncio
import logging
import threading
import time
from asyncio import to_thread
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest

from agent_rehearsal.interleave.kernel.clock import (
    MONOTONIC,
    PATIENCE,
    SPIN,
    STAND_INS,
    WALL,
)
from suites.interleave.worlds import simulated, virtual_sleep

CLOCKS = ("time", "monotonic", "perf_counter", "process_time")


async def readings() -> dict[str, list[float]]:
    """What the clocks say now, and three seconds later; nanoseconds as seconds."""
    found: dict[str, list[float]] = {}
    for wait in (0.0, 3.0):
        await virtual_sleep(wait)
        for name in CLOCKS:
            found.setdefault(name, []).append(getattr(time, name)())
            found.setdefault(f"{name}_ns", []).append(getattr(time, f"{name}_ns")() / 1e9)
    return found


def test_all_clocks_tell_virtual_time() -> None:
    """Every clock of `time` begins where runs begin and goes on with virtual time."""
    found = simulated(readings)
    assert found == simulated(readings)
    for name, (first, second) in found.items():
        assert second - first == pytest.approx(3.0, abs=1e-3), name
    assert found["time"][0] == pytest.approx(WALL, abs=1e-3)
    assert found["monotonic"][0] == pytest.approx(MONOTONIC, abs=1e-3)
    assert found["time_ns"][0] == pytest.approx(WALL, abs=1e-3)


def test_the_loop_tells_the_time_of_monotonic() -> None:
    """`loop.time()` and `time.monotonic()` agree, also by a name that was imported."""

    async def program() -> list[float]:
        return [asyncio.get_running_loop().time(), time.monotonic(), monotonic()]

    assert len(set(simulated(program))) == 1


def test_the_calendar() -> None:
    """The calendar and records of logging tell the fixed day on which runs begin."""

    async def program() -> Any:
        record = logging.LogRecord("a", 1, "b", 1, "c", (), None)
        return time.gmtime()[:3], time.gmtime(0)[:3], time.localtime().tm_year, record.created

    today, epoch, year, created = simulated(program)
    assert today == (2026, 1, 1)
    assert epoch == (1970, 1, 1)
    assert year in (2025, 2026)
    assert created == pytest.approx(WALL, abs=1e-3)


async def run_here(call: Callable[..., Any], *args: Any) -> Any:
    """Calls it on the loop."""
    return call(*args)


def nap(seconds: float) -> None:
    """Sleeps as synchronous code does."""
    sleep(seconds)


def test_sleeping_takes_virtual_time_only() -> None:
    """`time.sleep` passes virtual time; less than none is refused as ever."""

    async def program() -> float:
        begun = monotonic()
        nap(1_000)
        with pytest.raises(ValueError, match="non-negative"):
            nap(-1)
        return monotonic() - begun

    assert simulated(program) == pytest.approx(1_000)


def spin(seconds: float) -> int:
    """Waits as code does that has nothing but a clock."""
    count, end = 0, monotonic() + seconds
    while monotonic() < end:
        count += 1
    return count


@pytest.mark.parametrize("runs", [run_here, to_thread])
def test_waiting_by_reading_the_clock_ends(runs: Callable[..., Any]) -> None:
    """Of a program that reads the clock again and again, the clock goes on while it does; the same
    in each run.
    """

    async def program() -> tuple[int, float]:
        begun = monotonic()
        return await runs(spin, 0.2), monotonic() - begun

    count, took = simulated(program)
    assert (count, took) == simulated(program)
    assert PATIENCE < count < 2 * PATIENCE
    assert took == pytest.approx(0.2, abs=2 * SPIN)


def test_reading_the_clock_often_takes_no_time() -> None:
    """Only within one turn of the loop is it counted."""

    async def program() -> float:
        for _ in range(3):
            spun = [monotonic() for _ in range(PATIENCE - 1_000)]
            assert spun[0] == spun[-1]
            await virtual_sleep(0)
        return asyncio.get_running_loop().time()

    assert simulated(program) == pytest.approx(MONOTONIC, abs=1e-4)


def test_after_a_run_the_clocks_are_real() -> None:
    """Names are bound to what they were, and stand-ins kept from a run read the real clocks."""
    before = {name: getattr(time, name) for name in STAND_INS}
    kept: list[Any] = []

    async def program() -> None:
        kept.extend((time.monotonic, time.time_ns, time.gmtime))

    simulated(program)
    assert {name: getattr(time, name) for name in STAND_INS} == before
    assert time.monotonic is monotonic
    assert abs(kept[0]() - monotonic()) < 10
    assert abs(kept[1]() - time.time_ns()) < 10**10
    assert kept[2]().tm_year >= 2026


def test_other_threads_keep_the_real_clock() -> None:
    """What watches over the tests from another thread sees real time."""
    go, told = threading.Event(), list[float]()

    def watch() -> None:
        go.wait()
        told.append(time.monotonic())

    thread = threading.Thread(target=watch)
    thread.start()

    async def program() -> None:
        await virtual_sleep(10**3)
        go.set()
        thread.join()

    begun = monotonic()
    simulated(program)
    assert begun <= told[0] <= monotonic()
