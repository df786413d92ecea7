"""Windows: between which delays of a message something comes about, and delays well inside.

The bounds are found by halving from both sides, so where there are several stretches it is the one
around the delay that was found. A delay that is more than a time has no window.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.search.trials import Trials

Window = tuple[float, float | None]
"""The least and the greatest delay, seconds; None: there is no greatest up to what is allowed."""
FINE = 1e-4
"""Seconds to which a bound is found."""
FINEST = 1e-6
"""The same for a window that is narrower than NARROW: one turn of the loop."""
NARROW = 1e-3
ROUND = (1e-2, 1e-3, 1e-4)
"""Steps to which a delay inside a window is rounded, the coarsest that stays inside first."""


def with_delay(schedule: Schedule, key: Key, delay: Delay) -> Schedule:
    """The schedule with another delay for a message."""
    return replace(schedule, delays={**schedule.delays, key: delay})


def measured(trials: Trials, schedule: Schedule, late: float) -> Mapping[Key, Window]:
    """The window of each delay of the schedule that is a time alone, the others as they are."""
    timed = [key for key, delay in schedule.delays.items() if delay == Delay(delay.dt)]
    return {key: _window(trials, schedule, key, late) for key in timed}


def centred(trials: Trials, schedule: Schedule, late: float) -> Schedule:
    """The schedule with each time in the middle of its window, rounded: at the edge a real machine
    would miss it.
    """
    for key, delay in schedule.delays.items():
        if delay != Delay(delay.dt):
            continue
        least, greatest = _window(trials, schedule, key, late)
        for dt in _inside(least, late if greatest is None else greatest):
            moved = with_delay(schedule, key, Delay(dt))
            if trials.holds(moved):
                schedule = moved
                break
    return schedule


def _window(trials: Trials, schedule: Schedule, key: Key, late: float) -> Window:
    def holds(dt: float) -> bool:
        return trials.holds(with_delay(schedule, key, Delay(dt)))

    dt = schedule.delays[key].dt
    endless = holds(late)
    for step in (FINE, FINEST):
        least = _bound(holds, 0.0, dt, step)
        greatest = late if endless else _bound(holds, late, dt, step)
        if greatest - least >= NARROW:
            break
    return least, None if endless else greatest


def _bound(holds: Callable[[float], bool], outside: float, inside: float, step: float) -> float:
    """The last delay towards `outside` that still holds, to within `step`."""
    while abs(outside - inside) > step:
        middle = (outside + inside) / 2
        if holds(middle):
            inside = middle
        else:
            outside = middle
    return inside


def _inside(least: float, greatest: float) -> list[float]:
    """Delays in the middle of a window: the roundest first, then the exact one."""
    middle = (least + greatest) / 2
    near = [round(round(middle / step) * step, 9) for step in ROUND]
    margin = (greatest - least) / 4
    return [dt for dt in near if abs(dt - middle) <= margin] + [middle]
