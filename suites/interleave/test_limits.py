"""Runs that do not end: a deadlock, too many steps, too much time, each with who waits for what."""

import asyncio
from typing import Any

import pytest

from agent_rehearsal.interleave.kernel.kernel import Limits
from suites.interleave.worlds import Dice, Ends, attempted, stream_pair, virtual_sleep


async def waits_for_event() -> None:
    """Waits for what nobody sets."""
    await asyncio.Event().wait()


async def deadlocked() -> None:
    """Two tasks and a reader, none of which can go on."""

    async def play(client: Ends, server: Ends) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(waits_for_event(), name="first")
            group.create_task(client[0].readline(), name="second")

    await stream_pair(play)


@pytest.mark.parametrize("strategy", [None, Dice(3)])
def test_a_deadlock_says_who_waits_for_what(strategy: Any) -> None:
    """Every task is named, with the line of the program at which it waits and the call."""
    failure = attempted(deadlocked, strategy).failure
    assert failure is not None
    assert failure.kind == "Deadlock"
    assert "nothing can happen any more, a deadlock:" in failure.text
    assert "first (waits_for_event) waits at suites/interleave/test_limits.py:14" in failure.text
    assert " in Event.wait (" in failure.text
    assert "second (StreamReader.readline) waits at " in failure.text


def test_a_deadlock_is_placed_in_the_program() -> None:
    """The place of the failure is where the program itself waits."""
    failure = attempted(waits_for_event).failure
    assert failure is not None
    assert failure.place == "suites/interleave/test_limits.py:14"


def test_a_deadlock_in_cleaning_up_ends_too() -> None:
    """A task that will not be cancelled ends the run as a deadlock."""

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue

    async def program() -> None:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        assert not task.done()

    failure = attempted(program).failure
    assert failure is not None
    assert failure.kind == "Deadlock"
    assert "stubborn" in failure.text


def test_too_many_steps() -> None:
    """A program that spins is ended after so many steps."""

    async def spins() -> None:
        while True:
            await virtual_sleep(0)

    failure = attempted(spins, limits=Limits(steps=1_000)).failure
    assert failure is not None
    assert failure.kind == "StepLimit"
    assert "1000 steps were taken and the run has not ended:" in failure.text
    assert "spins" in failure.text


def test_too_much_time() -> None:
    """A program that polls for ever is ended after so much virtual time."""

    async def play(client: Ends, server: Ends) -> None:
        while True:
            server[1].write(b"x" * 100_000)
            await virtual_sleep(1)

    failure = attempted(lambda: stream_pair(play), limits=Limits(seconds=60)).failure
    assert failure is not None
    assert failure.kind == "TimeLimit"
    assert "60 virtual seconds passed and the run has not ended:" in failure.text


def test_what_is_under_way_is_told() -> None:
    """At a limit the pieces and jobs that have not come are listed."""

    async def play(client: Ends, server: Ends) -> None:
        client[1].transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(10):
            server[1].write(b"x" * 100_000)
        while True:
            await virtual_sleep(1)

    failure = attempted(lambda: stream_pair(play), limits=Limits(seconds=10)).failure
    assert failure is not None
    assert "under way:\n  c1<s#" in failure.text
    assert "(data)" in failure.text
