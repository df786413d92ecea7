"""Entering a simulated world and leaving it as it was found."""

import _thread
import asyncio
import gc
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from asyncio import to_thread
from collections.abc import Callable
from typing import Any

import pytest

from agent_rehearsal.interleave.simulation.collector import EVERY, collector_off
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.simulation.simulation import Simulation
from agent_rehearsal.interleave.strategies.strategies import Natural
from suites.interleave.worlds import attempted, simulated, virtual_sleep


def world() -> list[Any]:
    """What a simulation replaces."""
    return [
        socket.socket,
        socket.socketpair,
        socket.getaddrinfo,
        os.urandom,
        asyncio.new_event_loop,
        asyncio.events.new_event_loop,
        threading.Thread.start,
        subprocess.Popen.__init__,
        gc.isenabled(),
    ]


def test_the_world_is_put_back() -> None:
    """After a simulation everything is what it was, also after one that failed."""

    async def fails() -> None:
        raise KeyError

    before = world()
    with Simulation(Natural()):
        assert not [a for a, b in zip(before, world(), strict=True) if a is b]
    assert world() == before
    assert attempted(fails).failure is not None
    assert world() == before


def test_a_simulation_is_entered_once() -> None:
    """Each run has a simulation of its own."""
    simulation = Simulation(Natural())
    with simulation:
        pass
    with pytest.raises(RuntimeError, match="entered once"), simulation:
        pass


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"late": -1.0}, "late is a number of seconds"),
        ({"split": -1}, "split is a number of bytes"),
    ],
)
def test_senseless_options_are_refused(options: dict[str, Any], words: str) -> None:
    """A lateness or a length below 0 is named."""
    with pytest.raises(ValueError, match=words):
        Simulation(Natural(), **options)


def test_garbage_is_not_collected_in_a_run() -> None:
    """The cycle collector is off in a run, and runs before each one."""
    within = False
    collections: list[bool] = []

    def note(phase: str, info: dict[str, int]) -> None:
        collections.append(within)

    async def program() -> bool:
        nonlocal within
        within = True
        for _ in range(2_000):
            cycle: list[Any] = []
            cycle.append(cycle)
        within = False
        return gc.isenabled()

    with collector_off():
        gc.callbacks.append(note)
        try:
            assert not any(simulated(program) for _ in range(EVERY))
        finally:
            gc.callbacks.remove(note)
    assert collections == [False] * 2 * EVERY, "each begins and ends"


def test_what_a_run_leaves_is_gone_when_the_next_begins() -> None:
    """The world of a run is collected with the first look at what is new, and grows no old."""

    def left() -> "weakref.ref[Any]":
        simulation = Simulation(Natural())
        with simulation:
            return weakref.ref(simulation.kernel)

    with collector_off():
        before, _ = left(), left()
        assert before() is None


def start_thread() -> None:
    """Starts a thread that would end at once."""
    threading.Thread(target=int).start()


async def on_the_loop(call: Callable[[], Any]) -> None:
    """Calls it as any code of a program does."""
    call()


OUTSIDE = (
    (start_thread, "starting a thread leaves the simulation"),
    (lambda: _thread.start_new_thread(int, ()), "starting a thread leaves the simulation"),
    (lambda: threading.Event().wait(0), "waiting for another thread leaves the simulation"),
    (lambda: subprocess.run([sys.executable, "-c", ""], check=True), "starting a process"),
    (lambda: os.system("true"), "os.system() leaves the simulation"),
    (lambda: os.fork(), "os.fork() leaves the simulation"),  # noqa: PLW0108
    (lambda: os.posix_spawn(sys.executable, [], {}), "os.posix_spawn() leaves the simulation"),
    (lambda: select.select([0], [], [], 0), "watching the real descriptor 0 leaves"),
    (lambda: select.select([], [], [], 1), "a blocking select.select() leaves the simulation"),
    (lambda: select.poll().poll(), "a blocking select.poll() leaves the simulation"),
    (lambda: signal.alarm(0), "signal.alarm() leaves the simulation"),
)


@pytest.mark.parametrize("runs", [on_the_loop, to_thread])
@pytest.mark.parametrize(("call", "words"), OUTSIDE)
def test_what_is_outside_is_refused_on_the_loop_and_in_its_jobs(
    call: Callable[[], Any], words: str, runs: Callable[..., Any]
) -> None:
    """Threads, processes, real descriptors and real timers: by name, wherever code runs."""
    failure = attempted(lambda: runs(call)).failure
    assert failure is not None
    assert failure.kind == "LeavesSimulation"
    assert words in failure.text


def test_the_name_of_the_platform_is_known() -> None:
    """The OpenAI SDK asks for it in a job; Python would start a process for it, the first time."""
    script = """
import platform
from asyncio import to_thread
from agent_rehearsal.interleave import Natural, run

async def program():
    assert await to_thread(platform.platform)
    await to_thread(platform.processor)

assert run(program, Natural()).failure is None
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_job_that_waits_for_the_loop_is_refused() -> None:
    """A job runs whole, so what the loop does meanwhile never comes: that is no failure of the
    program, which a thread would not have.
    """

    async def answer() -> int:
        return 42

    async def program() -> None:
        loop = asyncio.get_running_loop()
        coroutine = answer()
        try:
            await to_thread(asyncio.run_coroutine_threadsafe(coroutine, loop).result)
        finally:
            await virtual_sleep(1)

    failure = attempted(program).failure
    assert failure is not None
    assert failure.kind == "LeavesSimulation"
    assert "waiting for another thread" in failure.text


def test_threads_are_started_beside_the_loop() -> None:
    """What runs the tests may start threads while a simulation is on."""
    with Simulation(Natural()):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    assert not thread.is_alive()


def test_a_signal_ends_a_run() -> None:
    """An interrupt from outside, as of a time limit of the test, is no failure of the program."""

    async def spins() -> None:
        signal.raise_signal(signal.SIGINT)
        await virtual_sleep(1)

    with pytest.raises(KeyboardInterrupt):
        run(spins, Natural())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_alarm_of_a_time_limit_is_raised() -> None:
    """The exception that a signal handler raises comes out of the run as its failure."""

    class Expired(BaseException):
        pass

    def expire(number: int, frame: Any) -> None:
        raise Expired

    async def spins() -> None:
        signal.raise_signal(signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, expire)
    try:
        failure = run(spins, Natural()).failure
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert failure is not None
    assert failure.kind == "Expired"


def test_what_is_left_after_a_run_is_not_part_of_it() -> None:
    """Sockets that are collected later add nothing to the trace, and warn of nothing."""
    kept: list[Any] = []

    async def program() -> None:
        server = await asyncio.start_server(lambda r, w: kept.append(w), "127.0.0.1", 0)
        kept.append(await asyncio.open_connection(*server.sockets[0].getsockname()))
        kept.append(server)

    attempt = run(program, Natural())
    digest = attempt.trace.digest()
    kept.clear()
    gc.collect()
    assert attempt.trace.digest() == digest
