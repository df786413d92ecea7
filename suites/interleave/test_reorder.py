"""Reordering: sets of tasks the other way round, and steps that are held back."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.choice import StepStrategy, Strategy
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.reorder import TURNED, sets_turned, steps_held
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.simulation.tasks import place_in_sets
from agent_rehearsal.interleave.strategies.course import Course, Watched
from agent_rehearsal.interleave.strategies.delays import Delays, schedule_of
from agent_rehearsal.interleave.strategies.strategies import make
from agent_rehearsal.interleave.verdict import Budget

MAIN, LATEST = (Schedule(delays={Key("c1>s#1"): Delay(dt)}) for dt in (0.03, 0.1))
TASKS = Budget(tier="task", schedules=30)


@dataclass(frozen=True)
class Place:
    """Something that has its place in sets from a salt."""

    number: int
    salt: int

    def __hash__(self) -> int:
        return place_in_sets(self.number, self.salt)


def test_schedules_come_again_with_salts_for_all_tasks() -> None:
    """The main ones in one order, the latest in another, with the delays that they had."""
    first, *others = sets_turned(Course(salts={1: 1, 2: 2}), [MAIN, LATEST], [LATEST])
    assert [first.delays, *(other.delays for other in others)] == [
        MAIN.delays,
        LATEST.delays,
        LATEST.delays,
    ]
    assert all(schedule.salts.keys() == {1, 2} for schedule in (first, *others))
    assert first.salts != others[-1].salts


@given(st.integers(1, 200), st.integers(1, 3))
def test_of_two_tasks_the_later_comes_first_in_one_order_at_least(first: int, apart: int) -> None:
    """Neighbours by up to three are turned around, in whatever order they are put into a set."""
    second = first + apart
    course = Course(salts={first: first, second: second})
    turned = []
    for schedule in sets_turned(course, [MAIN], [MAIN]):
        places = [Place(task, schedule.salts[task]) for task in (first, second)]
        orders = [[place.number for place in {*some}] for some in permutations(places)]
        assert orders[0] == orders[1], "in which order they were put in makes no difference"
        turned.append(orders[0])
    assert len(turned) == len(TURNED)
    assert [second, first] in turned


def test_each_step_is_held_for_one_turn_then_for_more() -> None:
    """Steps that were asked about, whether they were held or not."""
    course = Course(steps={Key("task:1#1"): 0, Key("task:2#1"): 0})
    held = [dict(schedule.steps) for schedule in steps_held(course)]
    assert held[:3] == [{"task:1#1": 1}, {"task:2#1": 1}, {"task:1#1": 2}]
    assert {schedule.tier for schedule in steps_held(course)} == {"task"}
    assert not list(steps_held(Course()))


def in_order(strategy: Strategy) -> Attempt:
    """Two tasks that stock asyncio runs in the order in which they were made."""

    async def main() -> None:
        ran: list[str] = []

        async def note(name: str) -> None:
            ran.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(note("one"))
            group.create_task(note("two"))
        assert ran == ["one", "two"]

    return run(main, strategy)


def strategies(budget: Budget) -> Iterator[Strategy]:
    for name in ("natural", *budget.strategies):
        yield make(name, 0, budget)


def test_only_tier_task_asks_about_steps() -> None:
    """In tier `env` no strategy has a `step`, watched or not."""
    for tier, asked in (("env", False), ("task", True)):
        for strategy in strategies(Budget(tier="task" if tier == "task" else "env")):
            assert isinstance(strategy, StepStrategy) == asked
            assert isinstance(Watched(strategy), StepStrategy) == asked


def test_tier_env_raises_no_alarm_where_tier_task_does() -> None:
    """What stock asyncio promises holds in `env`; in `task` the held step is found and told."""
    assert explore(in_order, Budget(schedules=30)).found is None
    found = explore(in_order, TASKS).found
    assert found is not None
    assert found.schedule.tier == "task"
    assert len(found.schedule.steps) == 1
    assert not found.schedule.delays
    assert set(found.schedule.steps.values()) == {1}


def test_the_portfolio_of_tier_task_finds_it_too() -> None:
    """Steps that were drawn are shrunk to the one that matters."""
    found = explore(in_order, Budget(tier="task", sweep=False)).found
    assert found is not None
    assert len(found.schedule.steps) == 1
    assert not found.schedule.salts


def test_the_schedule_of_a_run_in_tier_task_repeats_it() -> None:
    """Steps are named and counted by task, and held for the same turns."""
    for number in range(20):
        watched = Watched(make("latency", 0, TASKS, number=number))
        first = in_order(watched)
        again = in_order(Delays(schedule_of(watched.course)))
        assert again.trace.digest() == first.trace.digest()
