"""Exploration: what is run in which order, when it ends, and what the verdict says."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import count

import pytest

from agent_rehearsal.interleave.attempt import Attempt, Failure, Program
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.replay import Replay, noted
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.strategies.strategies import UnknownStrategy
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget, Found, Verdict
from suites.interleave import stories
from suites.interleave.tiny import LATE, Play, Tiny, program

ONE = Key("c1>s#1")


class Counted:
    """A program that notes under which strategies it was run."""

    def __init__(self, inner: Program) -> None:
        self.inner = inner
        self.names: list[str] = []

    def __call__(self, strategy: Strategy) -> Attempt:
        self.names.append(strategy.name)
        return self.inner(strategy)


def found(play: Play, budget: Budget | None = None) -> Found:
    verdict = explore(program(play), budget or Budget())
    assert verdict.found is not None
    return verdict.found


def replay(schedule: Schedule) -> Replay:
    trace = program(stories.two_lanes)(Delays(schedule)).trace
    return noted(trace, schedule, test="test_a.py::test_b")


def test_the_phases_come_in_their_order() -> None:
    """Natural twice, the stored schedules, the sweep, then the portfolio in rotation."""
    counted = Counted(program(stories.any_order))
    stored = [replay(Schedule(delays={ONE: Delay(0.01)}))]
    verdict = explore(counted, Budget(schedules=4), stored)
    names = counted.names
    assert names[:3] == ["natural", "natural", "stored"]
    assert names[3 : 3 + verdict.swept] == ["sweep"] * verdict.swept
    assert names[3 + verdict.swept :][:4] == ["latency", "pos", "pct:2", "latency"]


def test_a_program_that_holds_passes() -> None:
    """Nothing found, nothing left over, and the counts say how far it was looked."""
    verdict = explore(program(stories.any_order), Budget(schedules=30))
    assert verdict.found is None
    assert verdict.unsteady is None
    assert (verdict.pending, verdict.drawn, verdict.late) == (0, 30, LATE)
    assert verdict.swept > 9
    assert verdict.orders == 6, "three messages to one host have six orders"


@pytest.mark.parametrize("play", [stories.two_lanes, stories.gap, stories.deadline, stories.relay])
def test_the_sweep_finds_what_one_late_message_breaks(play: Play) -> None:
    """Found without dice, told by one message, with a run of the shrunk schedule."""
    race = found(play, Budget(schedules=0))
    assert race.strategy == "sweep"
    assert len(race.schedule.delays) == 1
    assert race.shrunk.schedule == race.schedule
    again = program(play)(Delays(race.schedule))
    assert again.failure == race.shrunk.failure
    assert again.trace.digest() == race.shrunk.trace.digest()


@pytest.mark.parametrize("seed", range(5))
def test_the_portfolio_finds_it_too(seed: int) -> None:
    """Without the sweep, within a hundred draws, and shrunk to as little."""
    race = found(stories.crowd, Budget(schedules=100, sweep=False, seed=seed))
    assert race.strategy in Budget().strategies
    assert race.tried <= 100
    assert len(race.schedule.delays) == 1


def test_the_first_attempt_carries_a_schedule_that_repeats_it() -> None:
    """As it was found, before shrinking, exactly."""
    race = found(stories.crowd, Budget(sweep=False))
    again = program(stories.crowd)(Delays(race.first.schedule))
    assert again.trace.digest() == race.first.trace.digest()


def test_two_late_messages_that_are_both_needed_are_found() -> None:
    """What no single message breaks, the portfolio does."""

    def both(tiny: Tiny) -> stories.Check:
        came: list[str] = []
        for lane in ("c1>s", "c2>s", "c3>s"):
            tiny.send(lane, partial(came.append, lane))

        def check() -> None:
            assert came != ["c3>s", "c2>s", "c1>s"]

        return check

    race = found(both)
    assert race.strategy != "sweep"
    assert len(race.schedule.delays) == 2


def test_a_program_that_fails_naturally_is_told_once() -> None:
    """An ordinary failure: nothing is explored."""

    def broken(tiny: Tiny) -> stories.Check:
        def check() -> None:
            raise AssertionError("always")

        tiny.send("c1>s", lambda: None)
        return check

    counted = Counted(program(broken))
    verdict = explore(counted, Budget())
    assert counted.names == ["natural", "natural"]
    assert verdict.natural.failure is not None
    assert verdict.found is None


def drifting(numbers: Iterator[int]) -> Play:
    """A program that sends one message more on each run than a counter outside of it says."""

    def play(tiny: Tiny) -> None:
        for _ in range(next(numbers)):
            tiny.send("c1>s", lambda: None)

    return play


def test_natural_runs_that_differ_are_told_by_their_first_difference() -> None:
    """The program draws on something that is not simulated: exploration says so and stops."""
    counted = Counted(program(drifting(count(1))))
    verdict = explore(counted, Budget())
    assert counted.names == ["natural"] * 3
    assert verdict.unsteady is not None
    assert verdict.unsteady.at == (
        "at step 3 c1>s#1 (data, 1 B: b'x') arrived (at 0.000 ms, turn 0) in one run,"
        " c1>s#3 (data, 1 B: b'x') was sent (at 0.000 ms, turn 0) in the other"
    )


def test_a_first_run_may_warm_up() -> None:
    """What is imported or cached on first use makes no program unsteady."""
    numbers = iter([2] + [1] * 200)
    verdict = explore(program(drifting(numbers)), Budget(schedules=5))
    assert verdict.unsteady is None
    assert verdict.drawn == 5


def test_a_program_that_fails_every_other_time_is_unsteady() -> None:
    """The same happened, and yet it ended differently."""
    endings = iter([None, *([Failure("Odd", "t.py:1", ""), None] * 5)])

    def odd(strategy: Strategy) -> Attempt:
        return Attempt(Trace(), next(endings))

    verdict = explore(odd, Budget())
    assert verdict.unsteady is not None
    assert verdict.unsteady.at == "one run failed with Odd at t.py:1, the other passed"


def test_a_failure_that_does_not_come_back_is_told_with_what_differed() -> None:
    """It is told as it was found, and the program as unsteady."""
    runs = count()

    def once(strategy: Strategy) -> Attempt:
        inner = program(stories.any_order)(strategy)
        return Attempt(inner.trace, Failure("Odd", "t.py:1", "") if next(runs) == 5 else None)

    verdict = explore(once, Budget())
    assert verdict.found is not None
    assert verdict.found.shrunk.failure == verdict.found.first.failure
    assert verdict.unsteady is not None
    assert verdict.unsteady.at == "one run failed with Odd at t.py:1, the other passed"


def test_another_failure_is_not_taken_for_the_same() -> None:
    """Shrinking keeps to the kind and place that were found."""

    def two_ways(strategy: Strategy) -> Attempt:
        attempt = program(stories.two_lanes)(strategy)
        sent = attempt.trace.sent[ONE]
        assert sent.arrived is not None
        if not 0.001 < sent.arrived < 0.05:
            return attempt
        return Attempt(attempt.trace, Failure("Other", "t.py:9", "early"))

    verdict = explore(two_ways, Budget())
    assert verdict.found is not None
    assert verdict.found.shrunk.failure == verdict.found.first.failure
    assert verdict.found.window[ONE][0] == pytest.approx(0.05, abs=2e-4)


def test_a_stored_schedule_that_still_fails_is_found_first() -> None:
    """The failure of yesterday is the first thing to be told."""
    stored = [replay(Schedule()), replay(Schedule(delays={ONE: Delay(0.02)}))]
    verdict = explore(program(stories.two_lanes), Budget(), stored)
    assert verdict.found is not None
    assert (verdict.found.strategy, verdict.found.tried, verdict.swept) == ("stored", 2, 0)


def test_every_shard_runs_what_is_stored() -> None:
    """So they find the same, and nothing new; the first alone tells what no longer applies."""
    gone = replay(Schedule(delays={Key("c9>s#1"): Delay(0.02)}))
    stored = [gone, replay(Schedule(delays={ONE: Delay(0.02)}))]
    for number, strays in ((0, 1), (1, 0), (2, 0)):
        verdict = explore(program(stories.two_lanes), Budget(shard=(number, 3)), stored)
        assert verdict.found is not None
        assert (verdict.found.strategy, verdict.found.tried, verdict.swept) == ("stored", 2, 0)
        assert len(verdict.strays) == strays


def test_a_first_run_may_differ_but_not_fail() -> None:
    """What it imports and caches is no difference; a failure of its own is told, with all natural
    runs, unless the cause is that it left the simulation.
    """
    for kind, steady in (("Odd", False), ("LeavesSimulation", True)):
        runs = count(1)

        def once(strategy: Strategy, kind: str = kind, runs: "count[int]" = runs) -> Attempt:
            failure = Failure(kind, "t.py:1", "") if next(runs) == 1 else None
            return Attempt(program(stories.crowd)(strategy).trace, failure)

        verdict = explore(once, Budget(schedules=1, sweep=False))
        assert (verdict.unsteady is None) == steady
        if verdict.unsteady is not None:
            assert verdict.unsteady.at == "one run failed with Odd at t.py:1, the other passed"
            assert [run.failure is None for run in verdict.unsteady.natural] == [False, True, True]


def test_a_stored_schedule_that_no_longer_applies_is_told() -> None:
    """Its first difference is named, and the search goes on."""
    gone = Schedule(delays={Key("c9>s#1"): Delay(0.01)})
    verdict = explore(program(stories.any_order), Budget(schedules=2), [replay(gone)])
    assert verdict.strays == ("the schedule holds back c9>s#1, and this run never came to it",)
    assert verdict.drawn == 2


def test_no_new_schedule_is_begun_when_the_time_is_spent() -> None:
    """Real seconds, by the clock that is given; what was not swept is counted."""
    ticks = count()
    verdict = explore(
        program(stories.any_order), Budget(seconds=5.0), clock=lambda: float(next(ticks))
    )
    assert verdict.swept < 6
    assert verdict.pending > 0
    assert verdict.drawn == 0


def test_the_sweep_can_be_bounded() -> None:
    """After `singles` runs the portfolio has its turn."""
    verdict = explore(program(stories.crowd), Budget(singles=2, schedules=0))
    assert verdict.found is None or verdict.swept <= 2
    verdict = explore(program(stories.any_order), Budget(singles=2, schedules=3))
    assert (verdict.swept, verdict.drawn) == (2, 3)
    assert verdict.pending >= 1


def test_shards_share_the_bound_of_the_sweep() -> None:
    """All of them together run as many as one alone would."""
    for shard, swept in (((0, 1), 3), ((0, 2), 2), ((1, 2), 1), ((3, 4), 0)):
        budget = Budget(singles=3, schedules=0, shard=shard)
        assert explore(program(stories.any_order), budget).swept == swept


def test_the_portfolio_ends_when_nothing_new_comes_up() -> None:
    """So many schedules in a row without a new order of arrival are enough."""
    verdict = explore(program(stories.any_order), Budget(schedules=1000, unchanged=20))
    assert 20 <= verdict.drawn < 100


def test_orders_count_each_host_on_its_own() -> None:
    """Messages that overtake each other on their way to different hosts make no new order."""

    def apart(tiny: Tiny) -> None:
        tiny.send("c1>s", lambda: None, host="one")
        tiny.send("c2>s", lambda: None, host="two")

    assert explore(program(apart), Budget(schedules=30)).orders == 1


@pytest.mark.parametrize("play", [stories.any_order, stories.crowd])
def test_shards_run_one_fixed_list_between_them(play: Play) -> None:
    """Each schedule of the whole is in one shard, and nothing else is."""

    def digests(shard: tuple[int, int]) -> list[str]:
        seen: list[str] = []

        def passing(strategy: Strategy) -> Attempt:
            attempt = program(play)(strategy)
            if strategy.name != "natural":
                seen.append(f"{strategy.name} {attempt.trace.digest()}")
            return Attempt(attempt.trace)

        explore(passing, Budget(schedules=20, shard=shard))
        return seen

    shards = [each for number in range(3) for each in digests((number, 3))]
    assert sorted(shards) == sorted(digests((0, 1)))


def test_outcomes_are_gathered_with_a_schedule_each() -> None:
    """Every distinct outcome of any run, and a little schedule that brings it about."""

    def race(tiny: Tiny) -> stories.Check:
        came: list[str] = []
        stories.noise(tiny)
        tiny.send("c1>s", lambda: came.append("one"))
        tiny.send("c2>s", lambda: came.append("two"))
        return lambda: tiny.outcomes.append(list(came))

    for budget in (Budget(schedules=0), Budget(sweep=False)):
        verdict = explore(program(race), budget)
        assert set(verdict.outcomes) == {"['one', 'two']", "['two', 'one']"}
        assert verdict.outcomes["['one', 'two']"] == (["one", "two"], Schedule())
        value, witness = verdict.outcomes["['two', 'one']"]
        assert program(race)(Delays(witness)).outcomes == (value,)
        assert list(witness.delays) == [ONE]


def test_the_same_budget_gives_the_same_verdict() -> None:
    """Exploring is as repeatable as a run."""

    def told(verdict: Verdict) -> object:
        assert verdict.found is not None
        return verdict.found.schedule, verdict.found.tried, verdict.orders, verdict.found.window

    budget = Budget(sweep=False, seed=3)
    first, again = (explore(program(stories.crowd), budget) for _ in range(2))
    assert told(first) == told(again)


def test_an_unknown_strategy_is_refused_before_anything_runs() -> None:
    """By its name, with the known ones."""
    counted = Counted(program(stories.any_order))
    with pytest.raises(UnknownStrategy, match="luck"):
        explore(counted, Budget(strategies=("latency", "luck")))
    assert not counted.names


@pytest.mark.parametrize("shard", [(1, 1), (-1, 2), (0, 0)])
def test_a_shard_that_does_not_exist_is_refused(shard: tuple[int, int]) -> None:
    """Shards are numbered from nought."""
    with pytest.raises(ValueError, match=r"shard .* expected a number from 0"):
        explore(program(stories.any_order), Budget(shard=shard))


def test_seconds_need_a_clock() -> None:
    """Time inside a run is virtual: the real one has to be given."""
    with pytest.raises(ValueError, match="needs a real clock"):
        explore(program(stories.any_order), Budget(seconds=1.0))


def on_asyncio(main: Callable[[], Coroutine[None, None, None]]) -> Program:
    return lambda strategy: run(main, strategy)


def test_a_job_that_ends_late_breaks_a_real_program() -> None:
    """A worker thread's result that is awaited with a deadline, on the stock event loop."""

    async def main() -> None:
        async with asyncio.timeout(0.05):
            assert await asyncio.to_thread(lambda: 42) == 42

    verdict = explore(on_asyncio(main), Budget(schedules=0))
    assert verdict.found is not None
    assert verdict.found.shrunk.failure is not None
    assert verdict.found.shrunk.failure.kind == "TimeoutError"
    assert verdict.found.window[Key("job:1")][0] == pytest.approx(0.05, abs=2e-4)


def test_the_order_of_a_set_of_tasks_breaks_a_real_program() -> None:
    """Two tasks that are done at once, their results taken in the order of a set: the sweep turns
    it around.
    """

    async def main() -> None:
        tasks = {asyncio.ensure_future(asyncio.sleep(0, name)) for name in ("one", "two")}
        done, _ = await asyncio.wait(tasks)
        assert [task.result() for task in done] == ["one", "two"]

    verdict = explore(on_asyncio(main), Budget(schedules=0))
    assert verdict.found is not None
    assert verdict.found.schedule.salts
    assert not verdict.found.schedule.delays
