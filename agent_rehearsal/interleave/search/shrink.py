"""Shrinking: of a schedule that brings something about, the little that is needed for it.

First what can be left out: salts, stalls, steps, delays; then every delay as simple as it may be,
only a time where that will do; then each time into the middle of its window.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.fewest import fewest
from agent_rehearsal.interleave.search.trials import Same, Trials
from agent_rehearsal.interleave.search.windows import Window, centred, measured, with_delay

PARTS = ("salts", "stalls", "steps", "delays")
"""The parts of a schedule, in the order in which they are thinned out."""
SHARES = (1.0, 0.5, 0.2, 0.1)
"""Of the greatest delay: times that are tried in place of one that was found."""
SMALL = (8, 32, 256)
"""Sizes of sets: a salt matters modulo the size, so that a smaller one may do as well."""
MOST = 500
"""Runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shrunk:
    """What is left of a schedule, a run of it, and what that took."""

    schedule: Schedule
    attempt: Attempt
    runs: int
    window: Mapping[Key, Window] = field(default_factory=dict)


def shrink(
    program: Program,
    schedules: Sequence[Schedule],
    same: Same,
    *,
    late: float,
    most: int = MOST,
    window: bool = True,
) -> Shrunk | None:
    """The first of the schedules that brings it about again, shrunk; None if none of them does.

    At most `most` runs, of which windows take what is left in the end.
    """
    trials = Trials(program, same, most)
    start = next((schedule for schedule in schedules if trials.holds(schedule)), None)
    if start is None:
        return None
    schedule = merged(trials, thinned(trials, start), late)
    schedule = thinned(trials, simple(trials, schedule, late))
    windows: Mapping[Key, Window] = {}
    if window:
        schedule = centred(trials, schedule, late)
        windows = measured(trials, schedule, late)
    attempt = trials.attempt(schedule)
    assert attempt is not None, "every step keeps a schedule that was run"
    told = replace(attempt, schedule=schedule)
    return Shrunk(schedule=schedule, attempt=told, runs=trials.runs, window=windows)


def thinned(trials: Trials, schedule: Schedule) -> Schedule:
    """The schedule without what can be left out."""
    for part in PARTS:
        schedule = _thinned(trials, schedule, part)
    return schedule


def _thinned(trials: Trials, schedule: Schedule, part: str) -> Schedule:
    def only(entries: Sequence[tuple[Any, Any]]) -> Schedule:
        return replace(schedule, **{part: dict(entries)})

    entries = tuple(getattr(schedule, part).items())
    return only(fewest(entries, lambda some: trials.holds(only(some))))


def merged(trials: Trials, schedule: Schedule, late: float) -> Schedule:
    """The schedule with the times of two late messages added up in one of them, where that does:
    what depends on each other comes later by the sum of both.
    """
    sums = (_sum(schedule, *pair, late) for pair in permutations(schedule.delays, 2))
    fewer = next(filter(trials.holds, sums), None)
    return schedule if fewer is None else merged(trials, fewer, late)


def _sum(schedule: Schedule, key: Key, other: Key, late: float) -> Schedule:
    rest = dict(schedule.delays)
    dt = min(rest[key].dt + rest.pop(other).dt, late)
    return replace(schedule, delays={**rest, key: Delay(dt)})


def simple(trials: Trials, schedule: Schedule, late: float) -> Schedule:
    """The schedule with each delay and salt as simple as it may be."""
    for key, delay in schedule.delays.items():
        simpler = (with_delay(schedule, key, one) for one in _simpler(delay, late))
        schedule = next(filter(trials.holds, simpler), schedule)
    for task, salt in schedule.salts.items():
        smaller = (replace(schedule, salts={**schedule.salts, task: salt % size}) for size in SMALL)
        schedule = next(filter(trials.holds, smaller), schedule)
    return schedule


def _simpler(delay: Delay, late: float) -> Iterator[Delay]:
    """Delays to try in place of one, the simplest first."""
    yield from (Delay(late * share) for share in SHARES)
    for digits in (2, 3, 4):
        yield Delay(round(delay.dt, digits))
    yield Delay(delay.dt)
    yield Delay(after=delay.after)
    yield Delay(turns=delay.turns)
    yield Delay(delay.dt, delay.turns)
    yield Delay(delay.dt, after=delay.after)
