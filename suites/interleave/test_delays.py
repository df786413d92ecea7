"""Delays: what a schedule holds back and for how long, and the schedule that repeats a run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.strategies.course import Watched
from agent_rehearsal.interleave.strategies.delays import Delays, schedule_of
from agent_rehearsal.interleave.strategies.strategies import Natural, make
from agent_rehearsal.interleave.verdict import Budget
from suites.interleave import stories
from suites.interleave.tiny import LATE, Play, Tiny, program

ONE, TWO = Key("c1>s#1"), Key("c2>s#1")
PLAYS = [
    stories.two_lanes,
    stories.any_order,
    stories.deadline,
    stories.gap,
    stories.crowd,
    stories.relay,
]
DRAWN = ("latency", "pos", "random", "pct:2", "pct:4", "holds:2")


def two(tiny: Tiny) -> None:
    """Two messages and a loop that runs for ten turns, then rests until 50 ms."""

    def work(left: int) -> None:
        if left:
            tiny.soon(lambda: work(left - 1))

    tiny.send("c1>s", lambda: None)
    tiny.send("c2>s", lambda: None)
    work(10)
    tiny.after(0.05, lambda: None)


def follow(play: Play, **delays: Delay) -> Attempt:
    names = {"one": ONE, "two": TWO, "ghost": Key("c9>s#1")}
    schedule = Schedule(delays={names[name]: delay for name, delay in delays.items()})
    return program(play)(Delays(schedule))


def arrival(attempt: Attempt, key: Key = ONE) -> tuple[float, int]:
    sent = attempt.trace.sent[key]
    assert sent.arrived is not None
    assert sent.arrived_turn is not None
    return sent.arrived, sent.arrived_turn


@pytest.mark.parametrize("play", PLAYS)
def test_an_empty_schedule_is_the_natural_run(play: Play) -> None:
    """Without a delay everything happens as it does naturally."""
    run = program(play)
    assert run(Delays(Schedule())).trace.digest() == run(Natural()).trace.digest()


@given(dt=st.floats(0.0002, LATE))
def test_a_time_holds_until_it_has_passed_and_no_longer(dt: float) -> None:
    """`dt` is counted from the sending; an idle loop is awaited to the moment."""
    assert arrival(follow(two, one=Delay(dt)))[0] == pytest.approx(dt, abs=3e-6)


def test_time_within_turns_is_counted_too() -> None:
    """While the loop is busy a turn is a microsecond, and the message comes at the first turn
    that begins late enough.
    """
    assert arrival(follow(two, one=Delay(3.5e-6))) == pytest.approx((4e-6, 4))


@pytest.mark.parametrize("turns", [0, 1, 5, 10])
def test_turns_hold_while_the_loop_has_something_to_run(turns: int) -> None:
    """`turns` are counted from the sending."""
    assert arrival(follow(two, one=Delay(turns=turns)))[1] == turns


def test_turns_hold_nothing_in_an_idle_loop() -> None:
    """After ten turns nothing is left to run: the message comes before time passes."""
    assert arrival(follow(two, one=Delay(turns=99))) == pytest.approx((1e-5, 10))


def test_after_holds_until_the_other_has_come() -> None:
    """The message comes in the same turn as what it waited for, right after it."""
    attempt = follow(two, one=Delay(after=TWO), two=Delay(0.02))
    assert attempt.trace.arrivals() == (TWO, ONE)
    assert arrival(attempt) == arrival(attempt, TWO)


def test_all_three_have_to_be_met() -> None:
    """The last of time, turns and `after` decides."""
    late = follow(two, one=Delay(0.03, turns=2, after=TWO), two=Delay(0.02))
    assert arrival(late)[0] == pytest.approx(0.03)
    later = follow(two, one=Delay(0.01, turns=2, after=TWO), two=Delay(0.02))
    assert arrival(later)[0] == pytest.approx(0.02)


@pytest.mark.parametrize("delay", [Delay(9.0), Delay(after=Key("c9>s#1")), Delay(after=ONE)])
def test_nothing_holds_beyond_what_is_due(delay: Delay) -> None:
    """A time that is too long, or something that never comes, holds until the message is due."""
    assert arrival(follow(two, one=delay))[0] == pytest.approx(LATE)


def test_two_that_wait_for_each_other_come_in_the_end() -> None:
    """A circle of `after` is no deadlock."""
    attempt = follow(two, one=Delay(after=TWO), two=Delay(after=ONE))
    assert arrival(attempt)[0] == arrival(attempt, TWO)[0] == pytest.approx(LATE)


def test_what_is_behind_a_held_message_waits() -> None:
    """A lane keeps its order."""

    def lane(tiny: Tiny) -> None:
        tiny.send("c1>s", lambda: None)
        tiny.send("c1>s", lambda: None)

    attempt = follow(lane, one=Delay(0.04))
    assert attempt.trace.arrivals() == (ONE, Key("c1>s#2"))
    assert arrival(attempt, Key("c1>s#2"))[0] == pytest.approx(0.04)


def test_a_job_can_be_held_as_a_message() -> None:
    """An executor job ends as late as the schedule says."""
    ended: list[float] = []
    schedule = Schedule(delays={Key("job:1"): Delay(0.02)})

    def play(tiny: Tiny) -> None:
        tiny.job(lambda: ended.append(tiny.now))

    program(play)(Delays(schedule))
    assert ended == [pytest.approx(0.02, abs=3e-6)]


def test_it_knows_which_of_its_messages_it_met() -> None:
    """A key that never came up is not among `met`."""
    strategy = Delays(Schedule(delays={ONE: Delay(0.01), Key("c9>s#1"): Delay(0.01)}))
    program(two)(strategy)
    assert strategy.met == {ONE}


def test_salts_and_stalls_are_those_of_the_schedule() -> None:
    """What the schedule does not name is natural."""
    strategy = Delays(Schedule(salts={3: 99}, stalls={7: 0.5}))
    assert [strategy.salt(task) for task in (2, 3, 4)] == [2, 99, 4]
    assert [strategy.stall(turn) for turn in (6, 7, 8)] == [0.0, 0.5, 0.0]


def test_the_natural_run_has_an_empty_schedule() -> None:
    """Nothing was passed over in it."""
    watched = Watched(Natural())
    program(stories.crowd)(watched)
    assert schedule_of(watched.course) == Schedule()


@pytest.mark.parametrize("play", PLAYS)
@pytest.mark.parametrize("name", DRAWN)
@settings(max_examples=30)
@given(number=st.integers(0, 100_000))
def test_the_schedule_of_a_run_repeats_it(play: Play, name: str, number: int) -> None:
    """A run under the finest schedule of another run has its digest."""
    watched = Watched(make(name, 0, Budget(), number=number))
    first = program(play)(watched)
    again = program(play)(Delays(schedule_of(watched.course)))
    assert again.trace.digest() == first.trace.digest()
    assert again.failure == first.failure


def test_coarser_ties_leave_out_turns_and_order() -> None:
    """`time` has times alone, `turns` turns as well, `order` all of it, for the same messages."""
    watched = Watched(make("pos", 0, Budget(), number=1))
    program(stories.crowd)(watched)
    time, turns, order = (schedule_of(watched.course, t) for t in ("time", "turns", "order"))
    assert time.delays.keys() == turns.delays.keys() == order.delays.keys()
    assert all(delay == Delay(delay.dt) for delay in time.delays.values())
    assert any(delay.turns for delay in turns.delays.values())
    assert all(delay.after is None for delay in turns.delays.values())
    assert any(delay.after for delay in order.delays.values())


def test_a_schedule_has_the_salts_and_stalls_that_were_drawn() -> None:
    """Those that are the natural ones are left out."""
    watched = Watched(Delays(Schedule(salts={1: 5, 2: 2}, stalls={3: 0.1})))
    for number in (1, 2, 3):
        watched.salt(number)
        watched.stall(number)
    assert schedule_of(watched.course) == Schedule(salts={1: 5}, stalls={3: 0.1})
