"""What the simulated kernel lets happen, and when: the rules that no strategy can break."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.kernel.clock import TURN
from agent_rehearsal.interleave.keys import Key
from suites.interleave.worlds import (
    Dice,
    Ends,
    Picks,
    attempted,
    simulated,
    stream_pair,
    virtual_sleep,
)


async def exchange() -> tuple[bytes, bytes]:
    """Both sides write three times, then half close, and read all."""

    async def play(client: Ends, server: Ends) -> tuple[bytes, bytes]:
        for number in b"123":
            client[1].write(b"c%c" % number)
            server[1].write(b"s%c" % number)
            await asyncio.sleep(0)
        client[1].write_eof()
        server[1].write_eof()
        return await server[0].read(), await client[0].read()

    result: tuple[bytes, bytes] = await stream_pair(play)
    return result


@pytest.mark.parametrize("seed", range(30))
def test_one_direction_keeps_its_order(seed: int) -> None:
    """Whatever is late, the bytes of a direction come in the order of their sending."""
    assert simulated(exchange, Dice(seed)) == (b"c1c2c3", b"s1s2s3")


def test_every_send_is_one_piece() -> None:
    """A piece is what one call handed over; names count from the SYN, in each direction."""
    trace = attempted(exchange).trace
    sent = [(each.key, each.piece, each.data) for each in trace.sent.values()]
    assert [each for each in sent if each[0].startswith("c1>s")] == [
        ("c1>s#0", "syn", b""),
        ("c1>s#1", "data", b"c1"),
        ("c1>s#2", "data", b"c2"),
        ("c1>s#3", "data", b"c3"),
        ("c1>s#4", "fin", b""),
    ]
    assert ("c1<s#0", "syn-ack", b"") in sent
    assert trace.links["c1"].server == "127.0.0.1:49152"
    assert trace.links["c1"].client == "127.0.0.1:49153"


def test_a_run_repeats_itself() -> None:
    """The same choices bring the same at the same times."""
    digests = [attempted(exchange, Dice(7)).trace.digest() for _ in range(5)]
    assert len(set(digests)) == 1
    assert attempted(exchange, Dice(8)).trace.digest() != digests[0]


def late(options: Sequence[Option], now: float, turn: int) -> Move:
    """Lets time pass whenever it can."""
    return Move(until=now + 1_000.0)


def test_time_does_not_pass_what_is_due() -> None:
    """However long a strategy waits, a message comes after `late` seconds at the latest."""
    trace = attempted(exchange, Picks(late), late=0.25).trace
    delays = [each.arrived - each.at for each in trace.sent.values() if each.arrived is not None]
    assert max(delays) == pytest.approx(0.25, abs=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_a_long_timeout_never_beats_a_message(seed: int) -> None:
    """A timer later than any message may be cannot come before it."""

    async def play(client: Ends, server: Ends) -> bytes:
        server[1].write(b"line\n")
        return await asyncio.wait_for(client[0].readline(), 0.11)

    assert simulated(lambda: stream_pair(play), Dice(seed), late=0.1) == b"line\n"


def test_a_short_timeout_may_beat_a_message() -> None:
    """A timer sooner than a message may be comes first in some schedules, but naturally not."""

    async def play(client: Ends, server: Ends) -> bool:
        server[1].write(b"line\n")
        try:
            await asyncio.wait_for(client[0].readline(), 0.05)
        except TimeoutError:
            return False
        return True

    assert simulated(lambda: stream_pair(play)) is True
    found = {simulated(lambda: stream_pair(play), Dice(seed)) for seed in range(40)}
    assert found == {True, False}


def test_without_lateness_all_comes_at_once() -> None:
    """With `late=0` every message comes before the loop's next turn."""
    for seed in range(10):
        trace = attempted(exchange, Dice(seed), late=0.0).trace
        came = [each for each in trace.sent.values() if each.arrived is not None]
        assert all(each.turn == each.arrived_turn for each in came)


def test_a_turn_takes_time() -> None:
    """Each turn of the loop takes a microsecond, so waiting for the clock ends."""

    async def program() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return loop.time() - begun

    assert simulated(program) == pytest.approx(2 * TURN, rel=1e-3)


def test_the_natural_order_of_options() -> None:
    """Messages in the order of their sending, then jobs, then the loop or its timer."""
    seen: set[tuple[str, ...]] = set()

    def first(options: Sequence[Option], now: float, turn: int) -> Move:
        seen.add(tuple(option.kind for option in options))
        ages = [option.since for option in options if option.kind == "wire"]
        assert ages == sorted(ages)
        return Move(len(options) - 1)

    async def program() -> None:
        await asyncio.gather(exchange(), asyncio.to_thread(int), virtual_sleep(1))

    assert attempted(program, Picks(first)).failure is None
    order = ("wire", "job", "cpu", "timer")
    assert all(list(kinds) == sorted(kinds, key=order.index) for kinds in seen)
    assert any({"wire", "job"} <= set(kinds) for kinds in seen)
    assert any({"job", "cpu"} <= set(kinds) for kinds in seen)
    assert not any({"cpu", "timer"} <= set(kinds) for kinds in seen)


def test_what_is_overdue_is_all_that_may_happen() -> None:
    """At the time at which something is due, nothing else is offered."""

    def check(options: Sequence[Option], now: float, turn: int) -> Move:
        overdue = [option for option in options if option.due <= now]
        assert not overdue or len(overdue) == len(options)
        return Move(len(options) - 1)

    assert attempted(exchange, Picks(check)).failure is None


def test_where_a_piece_is_felt() -> None:
    """Clients are one host, a listener is another."""
    hosts: dict[Key, str] = {}

    def note(options: Sequence[Option], now: float, turn: int) -> Move:
        hosts.update({option.key: option.host for option in options})
        return Move(0)

    attempted(exchange, Picks(note))
    assert hosts[Key("c1>s#1")] == "127.0.0.1:49152"
    assert hosts[Key("c1<s#1")] == "127.0.0.1"
    assert hosts.get(Key("timer"), "") == ""


def test_a_stall_keeps_the_loop_from_running() -> None:
    """While the machine is busy elsewhere messages come, and the loop sees them at once."""

    async def play(client: Ends, server: Ends) -> tuple[float, bytes]:
        loop = asyncio.get_running_loop()
        for part in (b"a", b"b"):
            server[1].write(part)
        begun = loop.time()
        got = await client[0].read(10)
        return loop.time() - begun, got

    def last(options: Sequence[Option], now: float, turn: int) -> Move:
        return Move(len(options) - 1)

    def stall(turn: int) -> float:
        return 0.3

    took, got = simulated(lambda: stream_pair(play), Picks(last, stall=stall))
    assert got == b"ab"
    assert took >= 0.3


@pytest.mark.parametrize("move", [Move(), Move(99)])
def test_a_choice_of_nothing_is_an_error(move: Move) -> None:
    """A strategy that chooses an option that is not there is told so."""

    def wrong(options: Sequence[Option], now: float, turn: int) -> Move:
        return move

    failure = attempted(exchange, Picks(wrong)).failure
    assert failure is not None
    assert f"strategy picks chose {move.index} of" in failure.text


def test_a_strategy_that_moves_nowhere_gets_on() -> None:
    """Waiting until a time that has passed lets what is due first happen."""

    def nowhere(options: Sequence[Option], now: float, turn: int) -> Move:
        return Move(until=now)

    assert simulated(exchange, Picks(nowhere)) == (b"c1c2c3", b"s1s2s3")


def test_both_ends_of_a_handshake() -> None:
    """A connection is there to be accepted only when the client has its answer."""
    order: list[str] = []

    async def program() -> None:
        async def serve(reader: Any, writer: asyncio.StreamWriter) -> None:
            order.append("accepted")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        order.append("connected")
        await virtual_sleep(1)
        writer.close()
        server.close()

    for seed in range(20):
        trace = attempted(program, Dice(seed)).trace
        arrived = [step.key for step in trace.steps if step.what == "arrive"]
        assert arrived.index(Key("c1<s#0")) < arrived.index(Key("c1<s#1"))
    assert order.count("accepted") == order.count("connected") == 20


def test_a_client_that_gave_up_is_never_accepted() -> None:
    """A connection closed before its answer came is reset, and the server never sees it."""

    async def program() -> int:
        accepted = 0

        async def serve(reader: Any, writer: asyncio.StreamWriter) -> None:
            nonlocal accepted
            accepted += 1
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await asyncio.open_connection(*server.sockets[0].getsockname())
        await virtual_sleep(1)
        server.close()
        return accepted

    assert simulated(program, Picks(late)) == 0
