"""What strategies of orders do about time: near and far timers, slow networks, last moments."""

from collections import Counter
from math import inf

import pytest

from agent_rehearsal.interleave.choice import Move, Option, Strategy
from agent_rehearsal.interleave.keys import CPU, TIMER, Key
from agent_rehearsal.interleave.strategies.dice import BURST
from agent_rehearsal.interleave.strategies.strategies import make
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget
from suites.interleave.stories import Check
from suites.interleave.tiny import LATE, Tiny, program

ORDERS = ("pos", "pct:2")
RUNS = 60
TURN = Option(CPU, "cpu", "cpu", "", 0.0, 0, inf)
each_order = pytest.mark.parametrize("name", ORDERS)


def message(lane: str, *, due: float = LATE) -> Option:
    return Option(Key(f"{lane}#1"), "wire", lane, "h", 0.0, 0, due)


def timer(due: float) -> Option:
    return Option(TIMER, "timer", "timer", "", 0.0, 0, due)


def chosen(strategy: Strategy, *options: Option, now: float = 0.0, turn: int = 0) -> Move:
    return strategy.choose(options, now, turn, Trace())


def drawn(name: str) -> list[Strategy]:
    return [make(name, 0, Budget(), number=number) for number in range(RUNS)]


@each_order
def test_a_timer_beyond_what_the_network_may_take_is_no_choice(name: str) -> None:
    """It cannot fire before the message, so waiting for it would only lose time."""
    far = timer(2 * LATE)
    assert {chosen(strategy, message("a>s"), far) for strategy in drawn(name)} == {Move(0)}


@each_order
def test_a_message_comes_at_once_before_a_timer_or_right_before_it(name: str) -> None:
    """All three places are tried: now, at the last moment, and after the timer."""
    near = timer(LATE / 2)
    moves = Counter(chosen(strategy, message("a>s"), near) for strategy in drawn(name))
    assert set(moves) == {Move(0), Move(1), Move(until=near.due - BURST)}
    assert min(moves.values()) > RUNS / 10


@each_order
def test_what_was_put_off_comes_at_that_moment(name: str) -> None:
    """Once time has passed the message comes, whatever else could."""
    near = timer(LATE / 2)
    for strategy in drawn(name):
        move = chosen(strategy, message("b>s"), message("a>s"), near)
        if move.until is not None:
            again = chosen(strategy, message("b>s"), message("a>s"), near, now=move.until)
            assert again.until is None
            assert again.index < 2


@each_order
def test_a_timer_that_is_almost_there_is_waited_for_no_more(name: str) -> None:
    """Within a burst of the timer there is no last moment left to put anything off to."""
    near = timer(BURST)
    moves = {chosen(strategy, message("a>s"), near) for strategy in drawn(name)}
    assert moves == {Move(0), Move(1)}


def is_slow(strategy: Strategy) -> bool:
    """Does no message come while the loop has something to run?"""
    lanes = [message(f"{lane}>s") for lane in "abcdefgh"]
    return all(chosen(strategy, *lanes, TURN) == Move(len(lanes)) for _ in range(20))


@each_order
def test_the_network_is_slow_in_most_runs(name: str) -> None:
    """There a message waits until the loop has nothing to run; in the others it may come before."""
    assert RUNS / 2 < sum(map(is_slow, drawn(name))) < 0.85 * RUNS


@each_order
def test_a_slow_network_brings_messages_one_by_one_or_together(name: str) -> None:
    """After the first that comes at a quiet moment the next may follow, until the loop has run."""
    seconds: Counter[Move] = Counter()
    for strategy in filter(is_slow, drawn(name)):
        chosen(strategy, message("a>s"), message("b>s"), turn=1)
        seconds[chosen(strategy, message("b>s"), TURN, turn=1)] += 1
        assert chosen(strategy, message("c>s"), TURN, turn=2) == Move(1)
    assert set(seconds) == {Move(0), Move(1)}
    assert min(seconds.values()) > RUNS / 10


def missed(tiny: Tiny) -> Check:
    """What takes 10 ms to handle is not to be under way when the user leaves after 30 ms."""
    events: list[str] = []

    def handle() -> None:
        events.append("begun")
        tiny.after(0.01, lambda: events.append("done"))

    tiny.send("a>s", handle)
    tiny.after(0.03, lambda: tiny.send("b>s", lambda: events.append("left")))

    def check() -> None:
        assert events != ["begun", "left", "done"]

    return check


@pytest.mark.parametrize(("name", "share"), [("pos", 0.25), ("pct:2", 0.15)])
def test_what_overlaps_a_timer_is_found_often(name: str, share: float) -> None:
    """A failure that needs a message in one stretch between timers is no rare one."""
    runs = 200
    failed = sum(
        program(missed)(make(name, 0, Budget(), number=number)).failure is not None
        for number in range(runs)
    )
    assert failed >= share * runs
