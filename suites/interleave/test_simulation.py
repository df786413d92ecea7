"""Entering a simulated world and leaving it as it was found."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
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


def start_thread() -> None:
    """Starts a thread that would end at once."""
    threading.Thread(target=int).start()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (start_thread, "starting a thread leaves the simulation"),
        (lambda: subprocess.run([sys.executable, "-c", ""], check=True), "starting a process"),
        (lambda: os.system("true"), r"os.system() leaves the simulation"),
        (lambda: os.fork(), r"os.fork() leaves the simulation"),  # noqa: PLW0108
    ],
)
def test_threads_and_processes_are_refused_on_the_loop(call: Callable[[], Any], words: str) -> None:
    """Code that runs on a simulated loop may start neither."""

    async def program() -> None:
        call()

    failure = attempted(program).failure
    assert failure is not None
    assert failure.kind == "LeavesSimulation"
    assert words in failure.text


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
