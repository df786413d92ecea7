"""Directed runs: messages held, late and cut by their names, in simulation."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from math import inf
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.simulation.run import error_of, failure_of
from agent_rehearsal.interleave.simulation.simulation import Simulation
from agent_rehearsal.interleave.stock.confirm import run_on
from agent_rehearsal.interleave.stock.stock import Stock
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.strategies.strategies import Natural
from agent_rehearsal.interleave.verdict import Budget
from agent_rehearsal.interleave.world.directions import Side, Unmet
from agent_rehearsal.interleave.world.world import World, side_of
from suites.races.zoo.ground import think

Play = Callable[[World], Awaitable[None]]
SERVER = Side(server=True)
CLIENT = Side(server=False)
MS = 1e-3


def on_real_sockets(play: Play, schedule: Schedule | None = None) -> tuple[Any, ...]:
    """The outcomes of a run on the stock loop, which passes."""
    stock = Stock(schedule or Schedule(), late=0.1, patience=20.0)

    async def main() -> None:
        world = World(stock)
        await play(world)
        world.check()

    failure = run_on(stock, main)
    assert failure is None, failure.text
    return tuple(stock.outcomes)


def once(play: Play, schedule: Schedule | None = None) -> Attempt:
    """A run of `play` in a world of its own."""
    simulation = Simulation(Delays(schedule or Schedule()))
    with simulation:
        world = World(simulation)

        async def main() -> None:
            await play(world)
            world.check()

        error = error_of(main, simulation.new_loop)
        failure = None if error is None else failure_of(error)
    return Attempt(simulation.trace, failure, tuple(simulation.outcomes))


def passed(play: Play, schedule: Schedule | None = None) -> Attempt:
    """A run that passes."""
    attempt = once(play, schedule)
    assert attempt.failure is None, attempt.failure.text
    return attempt


async def say(socket: Any, kind: str) -> None:
    """Send a message of this type."""
    await socket.send(json.dumps({"type": kind}))


async def hear(socket: Any) -> str:
    """The type of the next message."""
    return str(json.loads(await socket.recv())["type"])


async def conversation(
    lead: Callable[[ServerConnection], Awaitable[None]],
    follow: Callable[[ClientConnection], Awaitable[None]],
) -> None:
    """A server and one client of it."""
    async with serve(lead, "127.0.0.1", 0, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        url = f"ws://127.0.0.1:{port}/v1/talk?model=m"
        async with connect(url, ping_interval=None) as socket:
            await follow(socket)


async def interrupting(world: World) -> None:
    """A server interrupts a tool that takes 30 ms, after 20 ms; the client says how it ended."""
    heard: list[str] = []

    async def lead(socket: ServerConnection) -> None:
        await say(socket, "call")
        await think(20 * MS)
        await say(socket, "interrupt")
        heard.append(await hear(socket))

    async def follow(socket: ClientConnection) -> None:
        assert await hear(socket) == "call"
        try:
            async with asyncio.timeout(30 * MS):
                assert await hear(socket) == "interrupt"
            await say(socket, "interrupted")
        except TimeoutError:
            await say(socket, "result")
        await socket.wait_closed()

    await conversation(lead, follow)
    world.outcome(heard)


def test_without_directions_the_natural_order_comes() -> None:
    """A world that is asked for nothing changes nothing."""
    assert passed(interrupting).outcomes == (["interrupted"],)


@pytest.mark.parametrize("message", [None, "c1<s#2", "c1>s#1"])
def test_a_held_message_comes_after_the_other_in_every_schedule(message: str | None) -> None:
    """`hold` writes the race down by its names, and whatever else is late it stays so."""

    async def play(world: World) -> None:
        world.hold(SERVER, "interrupt", until=(CLIENT, "result"))
        await interrupting(world)

    schedule = Schedule(delays={} if message is None else {Key(message): Delay(90 * MS)})
    assert passed(play, schedule).outcomes == (["result"],)
    assert on_real_sockets(play, schedule) == (["result"],)


def test_a_late_message_comes_so_much_later_than_it_was_sent() -> None:
    """`late` takes its time, also beyond what a schedule may hold, and the rest takes none."""

    async def play(world: World) -> None:
        world.late(SERVER, "news", by=2.5)
        times: list[float] = []

        async def lead(socket: ServerConnection) -> None:
            await say(socket, "greeting")
            await say(socket, "news")

        async def follow(socket: ClientConnection) -> None:
            for kind in ("greeting", "news"):
                assert await hear(socket) == kind
                times.append(asyncio.get_running_loop().time())

        await conversation(lead, follow)
        world.outcome(times)

    ((greeting, news),) = passed(play).outcomes
    assert news - greeting == pytest.approx(2.5, abs=1 * MS)


def test_a_late_message_is_late_on_real_sockets_too() -> None:
    """By the real clock."""

    async def play(world: World) -> None:
        world.late(SERVER, "interrupt", by=0.3)
        await interrupting(world)

    assert on_real_sockets(play) == (["result"],)
    assert passed(play).outcomes == (["result"],)


def test_what_is_due_is_counted_from_the_end_of_a_hold() -> None:
    """A schedule may hold a directed message for as long as any other, and no longer."""

    async def play(world: World) -> None:
        world.late(SERVER, "call", by=0.5)
        await interrupting(world)

    trace = passed(play, Schedule(delays={Key("c1<s#2"): Delay(7.0)})).trace
    call = trace.sent[Key("c1<s#2")]
    assert call.arrived is not None
    assert call.arrived - call.at == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("how", "expected"),
    [("reset", ConnectionClosedError), ("close", ConnectionClosedError), ("stall", TimeoutError)],
)
def test_a_connection_is_cut_after_a_message(how: Any, expected: type[Exception]) -> None:
    """What was sent up to the message comes; then both sides meet the cut."""

    async def play(world: World) -> None:
        world.cut(SERVER, after="session.created", how=how)
        ended: list[type[Exception]] = []

        async def lead(socket: ServerConnection) -> None:
            await say(socket, "session.created")
            await think(10 * MS)
            try:
                await say(socket, "more")
                async with asyncio.timeout(1):
                    await hear(socket)
            except (ConnectionClosed, TimeoutError) as error:
                ended.append(type(error))

        async def follow(socket: ClientConnection) -> None:
            assert await hear(socket) == "session.created"
            with pytest.raises(expected):
                async with asyncio.timeout(1):
                    await hear(socket)

        try:
            async with asyncio.timeout(20):
                await conversation(lead, follow)
        except TimeoutError:
            assert how == "stall"
        assert ended == [expected]

    passed(play)
    if how == "close":
        on_real_sockets(play)


def test_a_cut_falls_once() -> None:
    """A client that comes back is served."""

    async def play(world: World) -> None:
        world.cut(SERVER, after="welcome")

        async def welcome(socket: ServerConnection) -> None:
            await say(socket, "welcome")
            await socket.wait_closed()

        async with serve(welcome, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            ends = []
            for _ in range(2):
                socket = await connect(f"ws://127.0.0.1:{port}")
                assert await hear(socket) == "welcome"
                try:
                    async with asyncio.timeout(1):
                        await socket.recv()
                except (ConnectionClosed, TimeoutError) as error:
                    ends.append(type(error))
                await socket.close()
        assert ends == [ConnectionClosedError, TimeoutError]

    passed(play)


def test_a_direction_that_was_never_met_is_told_with_what_was_sent() -> None:
    """A name that nobody says is a mistake in the test: what was said is listed."""

    async def play(world: World) -> None:
        world.late(SERVER, "interupt", by=0.01)
        await interrupting(world)

    failure = once(play).failure
    assert failure is not None
    assert failure.kind == "Unmet"
    assert (
        "world.late('interupt' of any server, by 10 ms): 'interupt' never came up; "
        "any server sent accept, 101 Switching Protocols, call, interrupt, close 1000"
    ) in failure.text


def test_what_waits_in_vain_is_let_go_and_told() -> None:
    """A hold for something that never comes is no deadlock: it is told by what was said."""

    async def play(world: World) -> None:
        world.hold(SERVER, "call", until=(CLIENT, "ready"))
        await interrupting(world)

    failure = once(play).failure
    assert failure is not None
    assert failure.kind == "Unmet"
    assert "'ready' never came up; clients sent connect, GET /v1/talk" in failure.text


def test_sides_are_told_apart_by_port_and_by_path() -> None:
    """A direction for one server leaves the others alone."""

    async def play(world: World) -> None:
        world.late("/v1/nobody", "call", by=5)
        world.late(world.client("/v1/nobody"), "interrupted", by=5)
        world.late(Side(server=True, port=1), "interrupt", by=5)
        world.late("/v1/talk", "call", by=0.2)
        world.hold("/v1/talk", "interrupt", until=(world.client("/v1/talk"), "result"))
        await interrupting(world)

    attempt = once(play)
    assert attempt.outcomes == (["result"],)
    assert attempt.failure is not None
    lines = [line for line in attempt.failure.text.splitlines() if "never came up" in line]
    assert len(lines) == 3
    assert "'call' of the server of /v1/nobody" in lines[0]
    assert "clients of the server of /v1/nobody sent nothing at all" in lines[1]
    assert "the server at port 1 sent nothing at all" in lines[2]
    assert attempt.trace.steps[-1].at < 1


def test_directions_hold_while_schedules_are_explored() -> None:
    """The outcome that a direction excludes is seen in no schedule, and others are collected."""

    def program(strategy: Any) -> Attempt:
        simulation = Simulation(strategy)
        with simulation:
            world = World(simulation)
            world.hold(SERVER, "interrupt", until=(CLIENT, "result"))
            error = error_of(lambda: main(world), simulation.new_loop)
            failure = None if error is None else failure_of(error)
        return Attempt(simulation.trace, failure, tuple(simulation.outcomes))

    async def main(world: World) -> None:
        await interrupting(world)

    verdict = explore(program, Budget(schedules=10))
    assert verdict.found is None
    assert verdict.unsteady is None
    assert list(verdict.outcomes) == ["['result']"]


class At:
    """Something with an address."""

    def __init__(self, **named: Any) -> None:
        vars(self).update(named)


def test_things_stand_for_sides() -> None:
    """A side, a path, a port, a base URL."""
    assert side_of(SERVER) is SERVER
    assert side_of("/v1/realtime") == Side(server=True, path="/v1/realtime")
    assert side_of(At(port=81)) == Side(server=True, port=81)
    assert side_of(At(base_url="http://127.0.0.1:82/v1")) == Side(server=True, port=82)
    assert side_of("realtime") is None
    assert side_of(At(base_url="nowhere")) is None


@pytest.mark.parametrize(
    ("direct", "error", "message"),
    [
        (lambda w: w.late("x", "call", by=1), TypeError, "'x' is no side; expected a mock server"),
        (lambda w: w.late(SERVER, 3, by=1), TypeError, "3 is no name of a message"),
        (lambda w: w.late(SERVER, "call", by=0), ValueError, "by=0"),
        (lambda w: w.late(SERVER, "call", by=inf), ValueError, "by=inf"),
        (lambda w: w.late(SERVER, "call", by="1"), ValueError, "by='1'.*a number of seconds"),
        (lambda w: w.cut(SERVER, after="a", how="bang"), ValueError, "one of reset, close, stall"),
        (lambda w: w.hold(SERVER, "a", until=(SERVER, "")), TypeError, "'' is no name"),
        (lambda w: w.hold(SERVER, "a", until="b"), TypeError, "until='b'.*a side and a message"),
        (lambda w: w.outcome(At()), TypeError, "an address in memory"),
    ],
)
def test_a_direction_that_says_nothing_is_refused(
    direct: Callable[[World], None], error: type[Exception], message: str
) -> None:
    """Each mistake is named, with what was expected."""
    world = World(Simulation(Natural()))
    with pytest.raises(error, match=message):
        direct(world)


def test_unmet_is_an_assertion() -> None:
    """A test that is directed at nothing fails, it does not break."""
    assert issubclass(Unmet, AssertionError)


def test_an_outcome_is_noted_by_the_run() -> None:
    """`outcome` may be said more than once."""

    async def play(world: World) -> None:
        world.outcome("a")
        world.outcome(2)

    assert passed(play).outcomes == ("a", 2)
