"""Trials: runs of one program under schedules, each run once, and no more than so many.

Knows no failures: whether what is looked for came about in a run is a predicate's to say.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.strategies.delays import Delays

Same = Callable[[Attempt], bool]
"""Did what is looked for come about in this run?"""


@dataclass(slots=True)
class Trials:
    """Runs of `program`, at most `most`; once they are spent, nothing comes about any more."""

    program: Program
    same: Same
    most: int
    runs: int = 0
    _known: dict[str, Attempt | None] = field(default_factory=dict)

    def attempt(self, schedule: Schedule) -> Attempt | None:
        """The run of a schedule, if what is looked for came about in it."""
        name = repr(schedule)
        if name not in self._known and self.runs < self.most:
            self.runs += 1
            attempt = self.program(Delays(schedule))
            self._known[name] = attempt if self.same(attempt) else None
        return self._known.get(name)

    def holds(self, schedule: Schedule) -> bool:
        """Does this schedule bring it about?"""
        return self.attempt(schedule) is not None
