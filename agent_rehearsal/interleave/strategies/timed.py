"""Choosing by the clock: each message has a time at which it may come, and comes then.

What `latency`, `holds` and `Delays` have in common; holds no state and draws nothing.
"""

from collections.abc import Sequence

from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.strategies.course import MESSAGES

TICK = 1e-9
"""Times closer than this are equal: sums of seconds are not exact, and a turn costs a thousand."""


def overdue(options: Sequence[Option], now: float) -> int | None:
    """The place of the message that may not be kept any longer; None if there is none."""
    found: int | None = None
    for place, option in enumerate(options):
        if option.due > now + TICK or option.kind not in MESSAGES:
            continue
        if found is None or option.due < options[found].due:
            found = place
    return found


def by_time(options: Sequence[Option], now: float, releases: Sequence[float]) -> Move:
    """The message with the earliest release, if that is not in the future; else the loop runs;
    else time passes, to the next timer or the next release, whichever comes first.

    `releases` are the times at which the options may come, infinite for all but messages.
    """
    soonest = min(releases)
    if soonest <= now + TICK:
        return Move(releases.index(soonest))
    for place, option in enumerate(options):
        if option.kind == "cpu" or (option.kind == "timer" and option.due <= soonest + TICK):
            return Move(place)
    return Move(until=soonest)
