"""Shrinking: as few late messages as suffice, as simple as may be, and between which times."""

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.fewest import fewest
from agent_rehearsal.interleave.search.shrink import MOST, Shrunk, shrink
from agent_rehearsal.interleave.search.trials import Trials
from agent_rehearsal.interleave.strategies.course import Watched
from agent_rehearsal.interleave.strategies.delays import Delays, schedule_of
from agent_rehearsal.interleave.strategies.strategies import make
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget
from suites.interleave import stories
from suites.interleave.tiny import LATE, Play, Tiny, program

ONE, TWO, THREE = (Key(f"c{number}>s#1") for number in (1, 2, 3))


def broken(attempt: Attempt) -> bool:
    return attempt.failure is not None


def first_failing(play: Play, name: str = "latency") -> Schedule:
    """The schedule of the first drawn run that fails."""
    for number in range(500):
        watched = Watched(make(name, 0, Budget(), number=number))
        if program(play)(watched).failure:
            return schedule_of(watched.course)
    raise AssertionError(f"{name} breaks nothing in 500 runs")


def shrunk(play: Play, *schedules: Schedule, most: int = MOST) -> Shrunk:
    result = shrink(program(play), schedules, broken, late=LATE, most=most)
    assert result is not None
    return result


@given(st.sets(st.integers(0, 30)), st.integers(31, 60))
def test_fewest_leaves_exactly_what_is_needed(needed: set[int], size: int) -> None:
    """Where certain items are needed and no others, they are what is left."""
    assert set(fewest(range(size), lambda some: needed <= set(some))) == needed


@given(st.data())
def test_of_what_is_left_no_single_item_can_go(data: st.DataObject) -> None:
    """For any test that all items pass together, the rest is minimal by one."""
    items = range(data.draw(st.integers(1, 12)))
    passing = data.draw(st.sets(st.frozensets(st.sampled_from(items))))

    def enough(some: Sequence[int]) -> bool:
        return len(some) == len(items) or frozenset(some) in passing

    left = fewest(items, enough)
    assert enough(left)
    if len(left) > 1:
        assert not any(enough([item for item in left if item != gone]) for gone in left)


def test_a_schedule_is_run_once() -> None:
    """Trials remember, and end when their runs are spent."""
    trials = Trials(program(stories.two_lanes), broken, most=2)
    late = Schedule(delays={ONE: Delay(0.01)})
    assert [trials.holds(late), trials.holds(late), trials.holds(Schedule())] == [True, True, False]
    assert trials.runs == 2
    assert not trials.holds(Schedule(delays={ONE: Delay(0.02)})), "there are no runs left"
    assert trials.holds(late), "what is known stays known"


@pytest.mark.parametrize("name", ["latency", "pos", "pct:2", "random"])
def test_one_late_message_is_left_of_many(name: str) -> None:
    """Unrelated traffic vanishes from the schedule, and so does its own order of ties."""
    start = first_failing(stories.crowd, name)
    assert len(start.delays) > 3
    result = shrunk(stories.crowd, start)
    assert list(result.schedule.delays) == [ONE]
    assert result.schedule == Schedule(delays={ONE: Delay(result.schedule.delays[ONE].dt)})
    assert result.runs <= 60


def test_the_window_is_measured_from_both_sides() -> None:
    """A message that must not come between 15 and 30 ms: the window says so to a tenth of a
    millisecond, and the schedule is in its middle.
    """
    result = shrunk(stories.gap, Schedule(delays={ONE: Delay(0.016)}))
    least, greatest = result.window[ONE]
    assert least == pytest.approx(0.015, abs=1e-4)
    assert greatest == pytest.approx(0.030, abs=1e-4)
    assert result.schedule.delays[ONE].dt == pytest.approx(0.0225, abs=0.003)


def test_a_window_without_end_has_no_greatest_delay() -> None:
    """However late up to what is allowed, it still fails."""
    result = shrunk(stories.two_lanes, Schedule(delays={ONE: Delay(0.05)}))
    assert result.window[ONE][1] is None


def test_a_narrow_window_is_measured_finely() -> None:
    """A window of 20 microseconds is found to the microsecond."""

    def narrow(tiny: Tiny) -> None:
        def came() -> None:
            assert not 0.0100 < tiny.now < 0.01002

        tiny.send("c1>s", came)

    result = shrunk(narrow, Schedule(delays={ONE: Delay(0.010005)}))
    least, greatest = result.window[ONE]
    assert greatest is not None
    assert (least, greatest) == pytest.approx((0.010, 0.01002), abs=3e-6)


def test_two_messages_that_are_both_needed_stay() -> None:
    """Each has a window of its own, with the other as it is."""

    def both(tiny: Tiny) -> stories.Check:
        came: dict[str, float] = {}

        def arrive(lane: str) -> None:
            came[lane] = tiny.now

        for lane in ("c1>s", "c2>s", "c3>s"):
            tiny.send(lane, partial(arrive, lane))

        def check() -> None:
            assert not (came["c1>s"] > 0.02 and 0.04 < came["c3>s"] < 0.06)

        return check

    start = Schedule(delays={ONE: Delay(0.03), TWO: Delay(0.01), THREE: Delay(0.05)})
    result = shrunk(both, start)
    assert result.window == {
        ONE: (pytest.approx(0.02, abs=1e-4), None),
        THREE: pytest.approx((0.04, 0.06), abs=1e-4),
    }


def test_what_waits_for_another_becomes_a_time_where_it_can() -> None:
    """`after` and turns are dropped when a delay alone brings the failure about."""
    result = shrunk(stories.two_lanes, Schedule(delays={ONE: Delay(turns=0, after=TWO)}))
    assert result.schedule.delays[ONE] == Delay(result.schedule.delays[ONE].dt)


def test_a_failure_of_one_turn_keeps_what_it_needs() -> None:
    """Where no time will do, `after` stays, and there is no window to measure."""

    def turn(tiny: Tiny) -> None:
        handled: list[int] = []

        def came() -> None:
            assert tiny.turn not in handled, "right after the other, in one turn"

        tiny.send("c1>s", came)
        tiny.send("c2>s", lambda: handled.append(tiny.turn))

    result = shrunk(turn, Schedule(delays={ONE: Delay(after=TWO)}))
    assert result.schedule == Schedule(delays={ONE: Delay(after=TWO)})
    assert result.window == {}


def test_salts_that_are_not_needed_go_and_others_become_small() -> None:
    """Of salts for three tasks the one that matters is left, modulo the size of a small set."""

    def run(strategy: Strategy) -> Attempt:
        failure = Failure("Odd", "here", "") if strategy.salt(2) % 8 == 3 else None
        return Attempt(Trace(), failure)

    start = Schedule(salts={1: 500, 2: 8 * 50 + 3, 3: 77})
    result = shrink(run, [start], broken, late=LATE)
    assert result is not None
    assert result.schedule == Schedule(salts={2: 3})


def test_stalls_that_are_not_needed_go() -> None:
    """Of two stalls the one that matters is left."""

    def run(strategy: Strategy) -> Attempt:
        return Attempt(Trace(), Failure("Odd", "here", "") if strategy.stall(4) else None)

    start = Schedule(stalls={2: 0.01, 4: 0.02})
    result = shrink(run, [start], broken, late=LATE)
    assert result is not None
    assert result.schedule == Schedule(stalls={4: 0.02})


def test_the_first_schedule_that_fails_again_is_shrunk() -> None:
    """Coarse schedules that lose the failure are passed over; the attempt tells its schedule."""
    start = Schedule(delays={ONE: Delay(0.016)})
    result = shrunk(stories.gap, Schedule(), Schedule(delays={ONE: Delay(0.09)}), start)
    assert result.attempt.failure is not None
    assert result.attempt.schedule == result.schedule


def test_a_failure_that_does_not_come_back_is_not_shrunk() -> None:
    """There is nothing to shrink then."""
    assert shrink(program(stories.any_order), [Schedule()], broken, late=LATE) is None


def test_shrinking_ends_when_its_runs_are_spent() -> None:
    """What was reached by then is told, and still fails."""
    result = shrunk(stories.crowd, first_failing(stories.crowd), most=4)
    assert result.runs <= 4
    assert program(stories.crowd)(Delays(result.schedule)).failure is not None
