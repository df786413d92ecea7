"""Exploration of one program: what is run, in which order, and what the verdict is.

The natural run twice; the stored schedules; the sweep; the portfolio; and the first failure's
schedule, shrunk. Knows neither how a program is run nor how its verdict is told.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.search.difference import differ, same_failure
from agent_rehearsal.interleave.search.replay import Replay
from agent_rehearsal.interleave.search.search import Run, Search
from agent_rehearsal.interleave.search.shrink import shrink
from agent_rehearsal.interleave.simulation.collector import collector_off
from agent_rehearsal.interleave.simulation.entropy import chance_kept
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.strategies.strategies import make
from agent_rehearsal.interleave.verdict import Budget, Found, Unsteady, Verdict

Clock = Callable[[], float]
"""Real seconds since some moment."""
WITNESS = 100
"""Runs for shrinking the schedule of one outcome."""


@collector_off()
@chance_kept()
def explore(
    program: Program,
    budget: Budget,
    stored: Sequence[Replay] = (),
    *,
    clock: Clock | None = None,
) -> Verdict:
    """Looks for a schedule under which the program fails.

    Ends with the natural runs if the program fails in them, which is an ordinary failure, or if
    they differ. `clock` is the real one, and needed for a budget of seconds. Raises
    UnknownStrategy and ValueError for a budget that cannot be used.
    """
    _checked(budget, clock)
    search = Search(program, budget, _deadline(budget, clock))
    natural, unsteady = _natural(search)
    if unsteady is not None or natural.attempt.failure is not None:
        return _verdict(search, natural, unsteady=unsteady)
    phases = [search.stored(stored)]
    if budget.sweep:
        phases.append(search.sweep(natural))
    phases.append(search.portfolio(natural))
    for tried, run in enumerate(chain.from_iterable(phases), 1):
        if run.attempt.failure is not None:
            return _broken(search, natural, run, tried)
    return _verdict(search, natural)


def _checked(budget: Budget, clock: Clock | None) -> None:
    for name in budget.strategies:
        make(name, budget.seed, budget)
    first, count = budget.shard
    if not 0 <= first < count:
        raise ValueError(f"shard {first} of {count}: expected a number from 0, below the count")
    if budget.seconds is not None and clock is None:
        raise ValueError("a budget of seconds needs a real clock: explore(..., clock=...)")


def _deadline(budget: Budget, clock: Clock | None) -> Callable[[], bool]:
    if budget.seconds is None or clock is None:
        return lambda: False
    end = clock() + budget.seconds
    return lambda: clock() >= end


def _natural(search: Search) -> tuple[Run, Unsteady | None]:
    """The last natural run, and how it differs from the one before.

    Where the first two differ there is a third: a first run may import and cache what a second
    finds ready. It may not fail for that, unless by what it asked of the world.
    """
    runs = [search.natural(), search.natural()]
    first = differ(*(run.attempt for run in runs))
    if first is not None:
        runs.append(search.natural())
    attempts = tuple(run.attempt for run in runs)
    at = differ(*attempts[-2:])
    if at is None and not same_failure(attempts[0].failure, attempts[1].failure):
        at = first if _fails_by_itself(attempts[0]) else None
    return runs[-1], None if at is None else Unsteady(at=at, natural=attempts)


def _fails_by_itself(attempt: Attempt) -> bool:
    return attempt.failure is not None and attempt.failure.kind != LeavesSimulation.__name__


def _broken(search: Search, natural: Run, run: Run, tried: int) -> Verdict:
    """The verdict on a failing run. One that does not come about again is told as it was found,
    and the program as unsteady.
    """
    failure = run.attempt.failure
    shrunk = shrink(
        search.program,
        run.schedules,
        lambda attempt: same_failure(attempt.failure, failure),
        late=search.budget.late,
    )
    found = Found(
        first=run.told,
        strategy=run.strategy,
        tried=tried,
        schedule=run.told.schedule if shrunk is None else shrunk.schedule,
        shrunk=run.told if shrunk is None else shrunk.attempt,
        shrinking=len(run.schedules) if shrunk is None else shrunk.runs,
        window={} if shrunk is None else shrunk.window,
    )
    return _verdict(search, natural, found, None if shrunk else _unrepeated(search, run))


def _unrepeated(search: Search, run: Run) -> Unsteady:
    again = search.program(Delays(run.schedules[-1]))
    at = differ(run.attempt, again)
    return Unsteady(at=at or "the failure came about in one of several runs that were alike")


def _verdict(
    search: Search, natural: Run, found: Found | None = None, unsteady: Unsteady | None = None
) -> Verdict:
    return Verdict(
        natural=natural.attempt,
        found=found,
        unsteady=unsteady,
        again=search.again,
        swept=search.swept,
        drawn=search.drawn,
        orders=len(search.orders),
        pending=search.planned - search.swept,
        late=search.budget.late,
        outcomes={name: _witness(search, name, *seen) for name, seen in search.outcomes.items()},
        strays=tuple(search.strays),
    )


def _witness(search: Search, name: str, value: Any, run: Run) -> tuple[Any, Schedule]:
    """An outcome with a schedule that brings it about, shrunk if it can be."""
    if run.given is not None:
        return value, run.given
    shrunk = shrink(
        search.program,
        run.schedules,
        lambda attempt: name in map(repr, attempt.outcomes),
        late=search.budget.late,
        most=WITNESS,
        window=False,
    )
    return value, run.told.schedule if shrunk is None else shrunk.schedule
