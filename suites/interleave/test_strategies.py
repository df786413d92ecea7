"""Strategies: what each of them draws, and what none of them may do."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.keys import CPU, Key
from agent_rehearsal.interleave.strategies.course import Watched
from agent_rehearsal.interleave.strategies.dice import Size, size_of
from agent_rehearsal.interleave.strategies.strategies import UnknownStrategy, make
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget
from suites.interleave import stories
from suites.interleave.tiny import LATE, Tiny, program

NAMES = ("natural", "latency", "pos", "random", "pct:1", "pct:2", "pct:3", "holds:1", "holds:3")
DRAWN = NAMES[1:]


def course_of(name: str, number: int = 0, seed: int = 0) -> Watched:
    watched = Watched(make(name, seed, Budget(), number=number))
    program(stories.crowd)(watched)
    return watched


def orders(name: str) -> set[object]:
    strategies = (make(name, 0, Budget(), number=number) for number in range(30))
    return {program(stories.crowd)(strategy).trace.arrivals() for strategy in strategies}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_and_number_choose_the_same(name: str) -> None:
    """A strategy depends on its name, seed and number alone."""
    assert course_of(name, 3, 7).course == course_of(name, 3, 7).course


@pytest.mark.parametrize("name", DRAWN)
def test_numbers_and_seeds_make_other_runs(name: str) -> None:
    """Another number, or another seed, is another draw."""
    assert len(orders(name)) > 3
    assert any(course_of(name, n, 1).course != course_of(name, n, 2).course for n in range(10))


def test_the_natural_strategy_takes_what_comes_first() -> None:
    """In the natural run nothing is passed over, stalled or salted."""
    watched = course_of("natural")
    assert not any(choice.passed_over for choice in watched.course.choices)
    assert (watched.salt(5), watched.stall(5)) == (5, 0.0)


@pytest.mark.parametrize("name", NAMES)
@given(number=st.integers(0, 10_000))
def test_nothing_is_kept_beyond_its_time(name: str, number: int) -> None:
    """Every message comes by its due, whatever was drawn."""
    watched = course_of(name, number)
    for choice in watched.course.messages():
        assert choice.message is not None
        assert choice.now <= choice.message.due + 1e-9


@pytest.mark.parametrize("name", DRAWN)
def test_every_message_comes(name: str) -> None:
    """A strategy delays messages; it never loses one."""
    watched = Watched(make(name, 0, Budget()))
    attempt = program(stories.crowd)(watched)
    assert set(attempt.trace.arrivals()) == set(attempt.trace.sent)


@pytest.mark.parametrize("name", DRAWN)
def test_a_loop_that_never_rests_starves_no_message(name: str) -> None:
    """A program that spins until a message is there ends, after at most so many turns."""

    def spin(tiny: Tiny) -> None:
        came: list[int] = []

        def turn() -> None:
            if not came:
                tiny.soon(turn)

        tiny.send("c1>s", lambda: came.append(tiny.turn))
        turn()

    limit = 110 if name.startswith(("pos", "pct", "random")) else LATE / 1e-6 + 10
    for number in range(10):
        attempt: Attempt = program(spin)(make(name, 0, Budget(), number=number))
        assert attempt.trace.steps[-1].turn <= limit


def test_latency_comes_by_the_clock() -> None:
    """Delays of `latency` are spread over two decades, and some are none."""
    delays: list[float] = []
    for number in range(40):
        for choice in course_of("latency", number).course.messages():
            assert choice.message is not None
            delays.append(choice.now - choice.message.since)
    assert min(delays) < 1e-6
    assert sum(delay > LATE / 10 for delay in delays) > 50
    assert sum(LATE / 100 <= delay < LATE / 10 for delay in delays) > 50


def test_holds_delay_no_more_than_their_number() -> None:
    """`holds:2` keeps back two messages; others are only behind them in their lanes."""
    for number in range(30):
        course = course_of("holds:2", number).course
        assert len({o.key for choice in course.choices for o in choice.passed_over}) <= 2


def test_pct_of_depth_one_keeps_the_order_of_lanes() -> None:
    """Without a change point one of two lanes goes first for the whole run."""
    lanes = [
        Option(Key(f"c{lane}>s#1"), "wire", f"c{lane}>s", "h", 0.0, 0, 1.0) for lane in range(4)
    ]
    for number in range(10):
        strategy = make("pct:1", 0, Budget(), number=number)
        picks = {strategy.choose(lanes, 0.0, 0, Trace()).index for _ in range(30)}
        assert len(picks) == 1


def test_pct_of_depth_two_changes_once() -> None:
    """With one change point the first lane falls behind, once, within the size of the run."""
    lanes = [
        Option(Key(f"c{lane}>s#1"), "wire", f"c{lane}>s", "h", 0.0, 0, 1.0) for lane in range(4)
    ]
    changes: list[int] = []
    for number in range(10):
        strategy = make("pct:2", 0, Budget(), number=number, size=Size(choices=30, messages=9))
        picks = [strategy.choose(lanes, 0.0, 0, Trace()).index for _ in range(31)]
        changes.append(sum(before != after for before, after in pairwise(picks)))
    assert set(changes) <= {0, 1}
    assert changes.count(1) >= 7, "a change at the first choice alone cannot be seen"


def test_pos_draws_anew_what_conflicts() -> None:
    """After an event the ranks of others at its host are drawn anew, those elsewhere stay."""
    first = Option(Key("a>s#1"), "wire", "a>s", "one", 0.0, 0, 1.0)
    same = Option(Key("b>s#1"), "wire", "b>s", "one", 0.0, 0, 1.0)
    other = Option(Key("c>s#1"), "wire", "c>s", "two", 0.0, 0, 1.0)
    redrawn = kept = 0
    for number in range(60):
        strategy = make("pos", 0, Budget(), number=number)
        options = [first, same, other]
        if strategy.choose(options, 0.0, 0, Trace()).index == 0:
            again = strategy.choose([same, other], 0.0, 0, Trace()).index
            redrawn += again == 0
            kept += again == 1
    assert redrawn > 0
    assert kept > 0


def test_half_of_the_runs_have_an_order_of_sets() -> None:
    """Salts are the natural ones, or drawn for each task and then kept."""
    drawn = 0
    for number in range(40):
        strategy = make("latency", 0, Budget(), number=number)
        salts = [strategy.salt(task) for task in range(20)]
        assert salts == [strategy.salt(task) for task in range(20)]
        drawn += salts != list(range(20))
    assert 10 <= drawn <= 30


@pytest.mark.parametrize("name", DRAWN)
def test_stalls_are_as_long_as_the_budget_says(name: str) -> None:
    """Without a budget there are no stalls; with one some turns have one, none a longer one."""
    without = make(name, 0, Budget())
    assert not any(without.stall(turn) for turn in range(200))
    strategy = make(name, 0, Budget(stall=0.02))
    stalls = [strategy.stall(turn) for turn in range(200)]
    assert 0.0 in stalls
    assert 0 < max(stalls) <= 0.02


@pytest.mark.parametrize(
    "name", ["", "latence", "pct", "pct:", "pct:0", "pct:x", "pos:2", "holds:-1"]
)
def test_an_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    """A wrong name says which names there are."""
    with pytest.raises(UnknownStrategy, match=r"latency, pos, random .* pct:2, holds:2") as error:
        make(name, 0, Budget())
    assert repr(name) in str(error.value)


def test_the_loop_runs_when_a_message_may_wait() -> None:
    """`random` may take the turn of the loop before a message, and the other way round."""
    message = Option(Key("c1>s#1"), "wire", "c1>s", "h", 0.0, 0, 1.0)
    turn = Option(CPU, "cpu", "cpu", "", 0.0, 0, float("inf"))
    strategy = make("random", 0, Budget())
    moves = {strategy.choose([message, turn], 0.0, 0, Trace()) for _ in range(40)}
    assert moves == {Move(0), Move(1)}


def test_the_size_of_a_run_counts_choices_messages_and_moments() -> None:
    """What happens within a burst of turns is one moment."""
    watched = Watched(make("natural", 0, Budget()))
    attempt = program(stories.relay)(watched)
    size = size_of(watched.course, attempt.trace)
    assert size.messages == 4
    assert size.choices == watched.course.contested() == 3
    assert size.times == pytest.approx((0.0, 0.005, 0.02), abs=1e-5)


def test_latency_falls_between_the_moments_of_the_program() -> None:
    """A short stretch between two timers is met as often as a long one."""
    size = Size(times=(0.0, 0.001, 0.002, 0.003))
    message = Option(Key("c1>s#1"), "wire", "c1>s", "h", 0.0, 0, LATE)
    untils = [
        make("latency", 0, Budget(), number=number, size=size)
        .choose([message], 0.0, 0, Trace())
        .until
        for number in range(400)
    ]
    stretches = Counter(int(until / 0.001) for until in untils if until is not None)
    assert stretches[1] > 20
    assert stretches[2] > 20
