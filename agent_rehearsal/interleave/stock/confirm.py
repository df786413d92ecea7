"""Confirmation: what was found in simulation, looked for on stock asyncio and real sockets.

The shrunk schedule is imposed on the stock loop by delaying just its messages, again and again, and
what comes of it is counted. This module must not know how a program is run on a loop.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.errors import Deadlock, StepLimit, TimeLimit
from agent_rehearsal.interleave.keys import Key, Schedule
from agent_rehearsal.interleave.simulation.collector import collector_off
from agent_rehearsal.interleave.simulation.run import Main, error_of, failure_of, unnoticed
from agent_rehearsal.interleave.stock.stock import Overdue, Stock
from agent_rehearsal.interleave.story.soundness import Confirmed
from agent_rehearsal.interleave.verdict import Found

TRIES = 20
LATE = 0.1
"""Seconds: how late a message may come, unless the budget said otherwise."""
SLACK = 3.0
"""Seconds that a try may take beyond twice what its simulated run took."""
LONGEST = 60.0
"""Seconds that a try may take at most."""
HANGS = frozenset(kind.__name__ for kind in (Deadlock, StepLimit, TimeLimit))
"""What a try that does not end is called in simulation."""
STALLS = "stalls of the machine were not imposed: turns of a real loop cannot be counted beforehand"
SALTS = "tasks were hashed as the schedule says, as their addresses in memory might have done it"

OnStock = Callable[[Stock], Failure | None]
"""Runs the whole program once on loops that `new_loop` makes, and says how it failed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """What came of the tries."""

    same: int
    """In how many it failed the same way: the same kind at the same place."""
    tries: int
    passed: int = 0
    hung: int = 0
    """In how many it did not end in time and was ended, where that is not the failure itself."""
    others: Mapping[str, int] = field(default_factory=dict)
    """Other failures, `kind at place`, and how often each came about."""
    notes: tuple[str, ...] = ()
    """What is to be known of how the schedule was imposed."""

    @property
    def counts(self) -> Confirmed | None:
        """As reports take it; None where nothing was tried."""
        return (self.same, self.tries) if self.tries else None

    def __str__(self) -> str:
        return "; ".join(self._told())

    def _told(self) -> Iterator[str]:
        if self.tries:
            yield f"failed the same way in {self.same} of {self.tries} runs on real sockets"
        counted = {"passed": self.passed, "did not end in time": self.hung, **self.others}
        yield from (f"{count} times {what}" for what, count in counted.items() if count)
        yield from self.notes


def confirm(
    program_on: OnStock,
    found: Found,
    *,
    tries: int = TRIES,
    late: float = LATE,
    slack: float = SLACK,
) -> Confirmation:
    """Imposes what was found on the stock loop, `tries` times.

    `late` is the budget's. A try may take `slack` seconds beyond twice what its simulated run
    took, and is ended then. A schedule that reorders tasks is not tried: stock asyncio keeps that
    order. Nor is one whose failure does not come about again in simulation.
    """
    failure = found.shrunk.failure
    if failure is None or found.schedule.tier == "task":
        why = "needs another order of tasks" if failure else "does not come about again"
        return Confirmation(same=0, tries=0, notes=(f"not looked for on real sockets: it {why}",))
    patience = patience_for(found.shrunk, slack)
    ends: Counter[str] = Counter()
    met: set[Key] = set()
    said: dict[str, None] = {}
    with collector_off():
        for _ in range(tries):
            stock = Stock(found.schedule, late=late, patience=patience)
            ends[_ended(program_on(stock), failure)] += 1
            met |= stock.paces.met
            said |= dict.fromkeys(stock.not_imposed)
    return Confirmation(
        same=ends.pop(SAME, 0),
        tries=tries,
        passed=ends.pop(PASSED, 0),
        hung=ends.pop(HUNG, 0),
        others=dict(ends),
        notes=(*_notes(found.schedule, met), *said),
    )


SAME, PASSED, HUNG = "same", "passed", "hung"


def patience_for(simulated: Attempt, slack: float) -> float:
    """Seconds that a try may take which is to do what a simulated run did."""
    took = simulated.trace.steps[-1].at if simulated.trace.steps else 0.0
    return min(2 * took + slack, LONGEST)


def run_on(stock: Stock, main: Main) -> Failure | None:
    """Runs `main()` to its end on a loop of `stock`; as `run.run` does in simulation."""
    error = error_of(main, stock.new_loop)
    failure = None if error is None else failure_of(error)
    del error
    gc.collect()  # what nobody looked at is told when it is collected
    return failure or unnoticed(stock)


def _ended(ended: Failure | None, wanted: Failure) -> str:
    if ended is None:
        return PASSED
    hung = ended.kind == Overdue.__name__
    kinds = HANGS if hung else (ended.kind,)
    if wanted.kind in kinds and ended.place == wanted.place:
        return SAME
    return HUNG if hung else f"{ended.kind} at {ended.place}"


def _notes(schedule: Schedule, met: set[Key]) -> Iterator[str]:
    missed = [key for key in schedule.delays if key not in met]
    if missed:
        yield f"never came up there: {', '.join(missed)}"
    if schedule.salts:
        yield SALTS
    if schedule.stalls:
        yield STALLS
