"""The stock loop on the simulated kernel: tasks, timers, executors, and what it refuses."""

import asyncio
import concurrent.futures
import contextvars
import signal
import socket
import sys
from asyncio import to_thread
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from suites.interleave.worlds import (
    Dice,
    Ends,
    attempted,
    real,
    simulated,
    stream_pair,
    virtual_sleep,
)


async def fifo() -> list[int]:
    """What `call_soon` was given, and callbacks of one future, in the order of their running."""
    loop, order = asyncio.get_running_loop(), list[int]()
    done = loop.create_future()
    for number in range(3):
        loop.call_soon(order.append, number)
        done.add_done_callback(partial(note, order, 10 + number))
    done.set_result(None)
    await done
    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(append(order, 20 + number))
    return order


def note(order: list[int], number: int, _: object) -> None:
    """A callback of a future."""
    order.append(number)


async def append(order: list[int], number: int) -> None:
    """One step of one task."""
    order.append(number)


@pytest.mark.parametrize("seed", range(20))
def test_what_asyncio_promises_is_kept(seed: int) -> None:
    """Callbacks run in the order of their scheduling, tasks start in that of their making."""
    assert simulated(fifo, Dice(seed)) == real(fifo)


def test_timers_fire_in_their_order() -> None:
    """Time passes to the next timer at once, and to no other before it."""

    async def program() -> list[tuple[int, float]]:
        loop, fired = asyncio.get_running_loop(), list[tuple[int, float]]()
        begun = loop.time()

        def fire(delay: int) -> None:
            fired.append((delay, loop.time() - begun))

        for delay in (30, 10, 20):
            loop.call_later(delay, fire, delay)
        cancelled = loop.call_later(5, fired.append, (0, 0.0))
        cancelled.cancel()
        await virtual_sleep(3_000)
        return fired

    fired = simulated(program)
    assert [delay for delay, _ in fired] == [10, 20, 30]
    assert all(at == pytest.approx(delay, abs=1e-3) for delay, at in fired)


def test_an_executor_job_gives_its_result_or_error() -> None:
    """Jobs run off the loop, with the caller's context."""
    name = contextvars.ContextVar[str]("name")

    def job() -> str:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()
        return name.get()

    async def program() -> Any:
        name.set("caller")
        with pytest.raises(ZeroDivisionError):
            await asyncio.get_running_loop().run_in_executor(None, divmod, 1, 0)
        return await to_thread(job)

    assert simulated(program) == real(program) == "caller"


def test_jobs_end_in_any_order_but_of_one_worker() -> None:
    """Jobs of several workers may overtake each other, those of one worker may not."""

    async def program(executor: concurrent.futures.Executor | None) -> list[int]:
        loop, order = asyncio.get_running_loop(), list[int]()
        jobs = [loop.run_in_executor(executor, order.append, number) for number in range(3)]
        await asyncio.gather(*jobs)
        return order

    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as one:
        single = [simulated(lambda: program(one), Dice(seed)) for seed in range(20)]
    many = {tuple(simulated(lambda: program(None), Dice(seed))) for seed in range(60)}
    assert single == [[0, 1, 2]] * 20
    assert len(many) == 6


def test_a_job_that_sleeps_leaves_the_loop_running() -> None:
    """What a job sleeps its result is late, and nothing else is."""

    async def program() -> list[str]:
        order = list[str]()

        async def wait(seconds: float) -> None:
            await virtual_sleep(seconds)
            order.append(f"{seconds}")

        async def job() -> None:
            await to_thread(sleep, 2.0)
            order.append("job")

        await asyncio.gather(job(), wait(1.0), wait(3.0))
        return order

    assert simulated(program) == ["1.0", "job", "3.0"]


def nap(seconds: float) -> None:
    """Sleeps as synchronous code does."""
    sleep(seconds)


def test_sleeping_on_the_loop_keeps_it_from_running() -> None:
    """`time.sleep` in a coroutine takes virtual time, in which messages come."""

    async def play(client: Ends, server: Ends) -> tuple[bool, float]:
        loop = asyncio.get_running_loop()
        server[1].write(b"x")
        begun = loop.time()
        nap(5.0)
        slept = loop.time() - begun
        return await client[0].read(1) == b"x" and loop.time() - begun < 5.001, slept

    assert simulated(lambda: stream_pair(play), Dice(1)) == (True, 5.0)


def test_shutting_down_waits_for_jobs() -> None:
    """Jobs that nobody waits for end before the loop is closed, as with real threads."""
    ended: list[int] = []

    async def program() -> None:
        asyncio.get_running_loop().run_in_executor(None, ended.append, 1)

    simulated(program)
    assert ended == [1]


def test_a_cancelled_job_runs_all_the_same() -> None:
    """A thread cannot be called back; only its result is dropped."""
    ended: list[int] = []

    async def program() -> None:
        job = asyncio.get_running_loop().run_in_executor(None, ended.append, 1)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    simulated(program)
    assert ended == [1]


def test_names_of_the_local_host() -> None:
    """`localhost` is 127.0.0.1; a name under `.invalid` does not exist."""

    async def program() -> Any:
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(lambda r, w: w.close(), "localhost", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port)
        assert await reader.read() == b""
        writer.close()
        server.close()
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("nobody.invalid", 80)
        found = await loop.getaddrinfo("::1", 80, type=socket.SOCK_STREAM)
        names = await loop.getnameinfo(("127.0.0.1", 80))
        return writer.get_extra_info("peername"), found[0][0], names

    assert simulated(program) == (
        ("127.0.0.1", 49_152),
        socket.AF_INET6,
        ("127.0.0.1", "80"),
    )


def test_a_file_is_sent(tmp_path: Path) -> None:
    """`loop.sendfile` falls back to reading the file in jobs."""
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 1_000)

    async def play(client: Ends, server: Ends) -> bytes:
        loop = asyncio.get_running_loop()
        with path.open("rb") as file:
            await loop.sendfile(server[1].transport, file)
        server[1].close()
        return await client[0].read()

    assert simulated(lambda: stream_pair(play), Dice(1)) == path.read_bytes()


def test_a_new_loop_is_a_simulated_one() -> None:
    """Whoever makes a loop of its own in a simulation gets one of the simulation's."""

    def inner() -> float:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            runner.run(virtual_sleep(100))
            return loop.time()

    async def program() -> float:
        return await to_thread(inner)

    assert simulated(program) > 1_100


async def to_loop(method: str, *args: Any) -> Any:
    """Calls a method of the running loop and waits for what it returns, if it can."""
    result = getattr(asyncio.get_running_loop(), method)(*args)
    return await result if asyncio.iscoroutine(result) else result


async def in_processes() -> Any:
    """Gives a job to another process."""
    with concurrent.futures.ProcessPoolExecutor() as executor:
        await asyncio.get_running_loop().run_in_executor(executor, int)


REFUSED: dict[str, Callable[[], Any]] = {
    "loop.subprocess_exec": lambda: asyncio.create_subprocess_exec(sys.executable),
    "loop.subprocess_shell": lambda: asyncio.create_subprocess_shell("true"),
    "loop.add_signal_handler": lambda: to_loop("add_signal_handler", signal.SIGUSR1, print),
    "loop.connect_read_pipe": lambda: to_loop("connect_read_pipe", asyncio.Protocol, sys.stdin),
    "loop.connect_write_pipe": lambda: to_loop("connect_write_pipe", asyncio.Protocol, sys.stdin),
    "loop.create_datagram_endpoint": lambda: to_loop("create_datagram_endpoint", asyncio.Protocol),
    "watching the real descriptor 0": lambda: to_loop("add_reader", 0, print),
    "a connection to 192.0.2.1:80": lambda: asyncio.open_connection("192.0.2.1", 80),
    "looking up 'example.org'": lambda: asyncio.open_connection("example.org", 80),
    "run_in_executor(ProcessPoolExecutor)": in_processes,
}


@pytest.mark.parametrize("call", REFUSED)
def test_what_leaves_the_simulation_is_named(call: str) -> None:
    """Processes, signals, pipes, real descriptors and other hosts raise with their remedy."""
    failure = attempted(REFUSED[call]).failure
    assert failure is not None
    assert failure.kind == "LeavesSimulation"
    assert f"{call}" in failure.text
    assert "leaves the simulation and cannot be repeated; " in failure.text


def test_leaving_counts_even_where_it_is_caught() -> None:
    """A program that carries on after it left the simulation has failed."""

    async def program() -> None:
        try:
            await asyncio.create_subprocess_exec(sys.executable)
        except Exception:
            return

    failure = attempted(program).failure
    assert failure is not None
    assert failure.kind == "LeavesSimulation"
