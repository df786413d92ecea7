"""The stock loop on real sockets, and how single pieces are kept there."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.stock.confirm import run_on
from agent_rehearsal.interleave.stock.stock import Stock
from suites.races.zoo.ground import think

MS = 1e-3


def stock_of(delays: Mapping[str, Delay], *, late: float = 1.0, **parts: Any) -> Stock:
    """The world of one try of a schedule."""
    schedule = Schedule(delays={Key(key): delay for key, delay in delays.items()}, **parts)
    return Stock(schedule, late=late, patience=10.0)


def played(play: Callable[[], Awaitable[Any]], stock: Stock) -> Any:
    """What a program returns in that world."""
    results: list[Any] = []

    async def main() -> None:
        results.append(await play())

    failure = run_on(stock, main)
    assert failure is None, failure.text
    return results[0]


class Log:
    """What a server heard, in its order, and when."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.times: dict[str, float] = {}
        self._ended = asyncio.Event()

    def __call__(self, what: str) -> None:
        self.heard.append(what)
        self.times[what] = asyncio.get_running_loop().time()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note what a client says, two letters at a time, and answer its end with a word."""
        name = "?"
        while data := await reader.read(100):
            said = data.decode()
            for start in range(0, len(said), 2):
                self(said[start : start + 2])
            name = said[0]
        self(f"{name} ended")
        writer.write(b"bye")
        writer.close()
        await writer.wait_closed()


def span(log: Log, one: str, other: str) -> float:
    """Seconds from the one to the other."""
    return log.times[other] - log.times[one]


async def letters(log: Log, path: str | None = None) -> list[str]:
    """Two clients say a letter three times each, in turn, and leave."""
    dial: Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
    if path is not None:
        server = await asyncio.start_unix_server(log.serve, path)
        dial = partial(asyncio.open_unix_connection, path)
    else:
        server = await asyncio.start_server(log.serve, "127.0.0.1", 0)
        dial = partial(asyncio.open_connection, *server.sockets[0].getsockname())
    async with server:
        clients = [await dial() for _ in range(2)]
        for number in range(3):
            for name, (_, writer) in zip("ab", clients, strict=True):
                writer.write(f"{name}{number}".encode())
                await think(2 * MS)
        for _, writer in clients:
            writer.write_eof()
        for name, (reader, writer) in zip("ab", clients, strict=True):
            assert await reader.read() == b"bye"
            log(f"{name} answered")
            writer.close()
            await writer.wait_closed()
    return log.heard


NATURAL = ["a0", "b0", "a1", "b1", "a2", "b2", "a ended", "b ended", "a answered", "b answered"]


def test_without_delays_all_is_as_ever() -> None:
    """Nothing is kept that the schedule does not name."""
    assert played(partial(letters, Log()), stock_of({})) == NATURAL


@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_a_piece_is_kept_for_its_time_and_those_behind_it_too(over: str, tmp_path: Path) -> None:
    """The third piece of the first client comes 30 ms late, and nothing of it overtakes that."""
    log = Log()
    path = str(tmp_path / "s") if over == "unix" else None
    heard = played(partial(letters, log, path), stock_of({"c1>s#2": Delay(30 * MS)}))
    own = [each for each in heard if each.startswith("a")]
    assert own == ["a0", "a1", "a2", "a ended", "a answered"]
    assert span(log, "a0", "a1") >= 29 * MS


@pytest.mark.parametrize(
    ("key", "what", "before"),
    [
        ("c1>s#4", "a ended", "a answered"),
        ("c2>s#3", "b2", "b ended"),
    ],
)
def test_the_end_of_data_is_a_piece_like_any_other(key: str, what: str, before: str) -> None:
    """A half close and the last words before it are kept, and then come."""
    log = Log()
    heard = played(partial(letters, log), stock_of({key: Delay(20 * MS)}))
    assert heard.index(what) < heard.index(before)
    assert span(log, "a2", what) >= 19 * MS


def test_an_answer_is_kept_on_its_way_back() -> None:
    """Servers are named by whose connection they took up; closing waits for what is kept."""
    log = Log()
    played(partial(letters, log), stock_of({"c2<s#1": Delay(40 * MS)}))
    assert span(log, "b ended", "b answered") >= 39 * MS


@pytest.mark.parametrize("key", ["c1>s#0", "c1<s#0"])
def test_a_connection_is_late_by_its_first_piece_or_the_answer(key: str) -> None:
    """Either is a delay of connecting."""
    stock = stock_of({key: Delay(30 * MS)})

    async def play() -> float:
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(Log().serve, "127.0.0.1", 0)
        async with server:
            began = loop.time()
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            took = loop.time() - began
            writer.write_eof()
            await reader.read()
            writer.close()
            await writer.wait_closed()
        return took

    assert played(play, stock) >= 29 * MS
    assert stock.paces.met == {key}


def test_a_piece_may_wait_for_another() -> None:
    """`after` is when the other was let go; a time beside it counts as well."""
    delays = {"c1>s#1": Delay(after=Key("c2>s#3")), "c2>s#2": Delay(15 * MS)}
    heard = played(partial(letters, Log()), stock_of(delays, late=9.0))
    assert heard.index("b2") < heard.index("a0")
    assert heard.index("a0") < heard.index("a1")


def test_nothing_is_kept_beyond_the_latest_time() -> None:
    """A piece that waits for what never comes is let go when it is due."""
    stock = stock_of({"c1>s#1": Delay(60.0, after=Key("c7>s#1"))}, late=25 * MS)
    assert sorted(played(partial(letters, Log()), stock)) == sorted(NATURAL)


def test_turns_of_the_loop_are_counted() -> None:
    """A piece that is to wait for some turns goes when they were run, in next to no time."""
    log = Log()
    stock = stock_of({"c1>s#1": Delay(turns=40)})
    assert sorted(played(partial(letters, log), stock)) == sorted(NATURAL)
    assert stock.paces.met == {"c1>s#1"}


def test_much_that_is_kept_comes_whole() -> None:
    """More than a socket takes at once is sent in the end, in its order."""
    sent = bytes(range(256)) * 8192

    async def play() -> bytes:
        heard = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await think(5 * MS)
            heard.set_result(await reader.read())
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for start in range(0, len(sent), 1 << 19):
                writer.write(sent[start : start + (1 << 19)])
            writer.close()
            await writer.wait_closed()
            assert await reader.read() == b""
            return bytes(await heard)

    assert played(play, stock_of({"c1>s#1": Delay(10 * MS)})) == sent


@pytest.mark.parametrize("late", ["job:1", "job:2"])
def test_an_executor_job_is_given_late(late: str) -> None:
    """The one that is held ends last, whichever was given first."""

    async def play() -> list[str]:
        ended: list[str] = []
        await asyncio.gather(
            asyncio.to_thread(ended.append, "job:1"), asyncio.to_thread(ended.append, "job:2")
        )
        return ended

    assert played(play, stock_of({late: Delay(20 * MS)}))[-1] == late


def test_a_job_that_fails_late_fails_its_caller() -> None:
    """Its exception comes where it is awaited."""

    async def play() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(_fails)

    played(play, stock_of({"job:1": Delay(2 * MS)}))


def test_sets_hand_out_tasks_as_the_schedule_says() -> None:
    """The order is that of the numbers, or of the salts in their place."""

    async def play() -> list[str]:
        tasks = {asyncio.create_task(asyncio.sleep(0), name=name) for name in "abc"}
        done, _ = await asyncio.wait(tasks)
        return [task.get_name() for task in done]

    assert played(play, stock_of({})) == ["a", "b", "c"]
    assert played(play, stock_of({}, salts={2: 7, 3: 6, 4: 5})) == ["c", "b", "a"]


def test_a_socket_is_left_to_the_program() -> None:
    """Options are set and names asked for on the real one."""

    async def play() -> int:
        server = await asyncio.start_server(Log().serve, "127.0.0.1", 0)
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            real = writer.get_extra_info("socket")
            real.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            assert real.getpeername() == server.sockets[0].getsockname()
            keeps = real.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            writer.close()
            await writer.wait_closed()
        return int(keeps)

    assert played(play, stock_of({})) == 1


def _fails() -> None:
    raise ZeroDivisionError
