"""The search for a failing schedule: the phases of an exploration, each as runs made one by one.

Keeps count of what was run and seen. Whoever takes the runs decides when to stop; within a phase
the budget does.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, TypeVar

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.search.reorder import sets_turned, steps_held
from agent_rehearsal.interleave.search.replay import Replay, misfit
from agent_rehearsal.interleave.search.sweep import (
    AT_ONCE,
    Single,
    between,
    evenly,
    in_turn,
    longest,
)
from agent_rehearsal.interleave.strategies.course import Course, Watched
from agent_rehearsal.interleave.strategies.delays import Delays, Ties, schedule_of
from agent_rehearsal.interleave.strategies.dice import size_of
from agent_rehearsal.interleave.strategies.strategies import Natural, make
from agent_rehearsal.interleave.verdict import Budget

T = TypeVar("T")
TIES: tuple[Ties, ...] = ("time", "turns", "order")


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how it ended, the choices in it, and what it followed if that was a schedule."""

    strategy: str
    attempt: Attempt
    course: Course
    given: Schedule | None = None

    @property
    def schedules(self) -> tuple[Schedule, ...]:
        """Those that may repeat it, from the one that shrinks best to the exact one."""
        given = () if self.given is None else (self.given,)
        return (*given, *(schedule_of(self.course, ties) for ties in TIES))

    @property
    def told(self) -> Attempt:
        """How it ended, with the schedule that makes it again."""
        schedule = schedule_of(self.course) if self.given is None else self.given
        return replace(self.attempt, schedule=schedule)


@dataclass(slots=True)
class Search:
    """The runs of one exploration and what came up in them."""

    program: Program
    budget: Budget
    over: Callable[[], bool]
    """Is the time spent?"""
    again: int = 0
    """How many stored schedules were run."""
    swept: int = 0
    drawn: int = 0
    planned: int = 0
    """How many runs the sweep has, as far as is known."""
    orders: set[object] = field(default_factory=set)
    outcomes: dict[str, tuple[Any, Run]] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)

    def natural(self) -> Run:
        """A run in which nothing is late."""
        return self._run(Natural(self.budget.tier), Schedule())

    def stored(self, replays: Sequence[Replay]) -> Iterator[Run]:
        """Schedules that are kept; those that no longer apply are told in `strays`.

        Each shard runs all of them: what is known to break the program is then found by every one,
        and before anything new. The first shard alone tells of strays.
        """
        for replay in replays:
            self.again += 1
            run = self._run(Delays(replay.schedule, "stored"), replay.schedule)
            stray = misfit(replay, run.attempt.trace)
            if stray is not None and self.budget.shard[0] == 0:
                self.strays.append(stray)
            yield run

    def sweep(self, natural: Run) -> Iterator[Run]:
        """Each single message late: first as late as may be, then at each place before that; the
        main ones once more with sets of tasks the other way round.
        """
        latest = longest(natural.course, self.budget.late, self.budget.shard)
        latest = evenly(latest, self._most())
        lists: list[tuple[Single, ...]] = []
        for single in self._allowed(latest):
            run = self._follow(single.schedule)
            lists.append(between(single, run.course))
            yield run
        rest = self._allowed(self._rest(natural.course, latest, in_turn(lists)))
        yield from map(self._follow, rest)

    def _rest(
        self, natural: Course, latest: Sequence[Single], earlier: Sequence[Single]
    ) -> list[Schedule]:
        """What is left of the sweep when the latest places were tried."""
        first, count = self.budget.shard
        unmoved = [Schedule()] if first == 0 else []
        late = unmoved + [single.schedule for single in latest]
        main = late + [single.schedule for single in earlier if single.rank == AT_ONCE]
        return [
            *(single.schedule for single in earlier),
            *sets_turned(natural, main, late),
            *list(steps_held(natural))[first::count],
        ]

    def portfolio(self, natural: Run) -> Iterator[Run]:
        """Drawn schedules, the strategies in turn, until no new order comes up any more."""
        budget, stale = self.budget, 0
        size = size_of(natural.course, natural.attempt.trace)
        first, count = budget.shard
        names = budget.strategies
        for number in range(first, budget.schedules if names else 0, count):
            if self.over() or stale >= budget.unchanged:
                return
            self.drawn += 1
            name, known = names[number % len(names)], len(self.orders)
            run = self._run(make(name, budget.seed, budget, number=number, size=size))
            stale = 0 if len(self.orders) > known else stale + 1
            yield run

    def _allowed(self, planned: Sequence[T]) -> Iterator[T]:
        """As many runs of the sweep as the budget allows."""
        self.planned += len(planned)
        for each in planned:
            if self.over() or self.swept >= self._most():
                return
            self.swept += 1
            yield each

    def _most(self) -> float:
        """How many runs the sweep has at most: of a bound the share of this shard."""
        most, (first, count) = self.budget.singles, self.budget.shard
        return inf if most is None else len(range(first, most, count))

    def _follow(self, schedule: Schedule) -> Run:
        return self._run(Delays(schedule, "sweep"), schedule)

    def _run(self, strategy: Strategy, given: Schedule | None = None) -> Run:
        watched = Watched(strategy)
        attempt = self.program(watched)
        run = Run(strategy.name, attempt, watched.course, given)
        self.orders.add(watched.course.orders())
        for outcome in attempt.outcomes:
            self.outcomes.setdefault(repr(outcome), (outcome, run))
        return run
