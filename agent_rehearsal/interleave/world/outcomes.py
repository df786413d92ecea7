"""The outcomes of a program as text that is reviewed: each distinct one, with a schedule that
brings it about, and how far was looked.

    # explored: the sweep, 60 schedules, messages up to 100 ms late
    - ['text', 'audio']   natural
    - ['audio', 'text']   response.text.delta on realtime 2.3 ms late

An outcome is its `repr`; the schedule is a witness and is not compared. Values and text only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Self

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.story.labels import Words
from agent_rehearsal.interleave.story.lateness import moved
from agent_rehearsal.interleave.story.times import ms
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget

NATURAL = "natural"
_GAP = "   "
_HEAD = "# explored: "
_REACH = re.compile(
    r"(?:the natural order|(?P<whole>the sweep)|(?P<part>\d+) singles)"
    r"(?:, (?P<drawn>\d+) schedules)?, messages up to (?P<late>[\d.]+) ms late"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far was looked: so many singles of the sweep, so many schedules, so many seconds late."""

    singles: float = 0
    """Infinite for the whole sweep."""
    drawn: int = 0
    late: float = 0.0

    @classmethod
    def of(cls, budget: Budget) -> Self:
        """That of a budget."""
        most = inf if budget.singles is None else budget.singles
        return cls(most if budget.sweep else 0, budget.schedules, budget.late)

    def covers(self, other: "Reach") -> bool:
        """Was at least as much looked at as in the other?"""
        pairs = zip(self._parts(), other._parts(), strict=True)
        return all(here >= there for here, there in pairs)

    def _parts(self) -> tuple[float, ...]:
        return self.singles, self.drawn, round(self.late, 4)

    def __str__(self) -> str:
        return ", ".join(self._told())

    def _told(self) -> Iterator[str]:
        if self.singles == inf:
            yield "the sweep"
        else:
            yield f"{self.singles:g} singles" if self.singles else "the natural order"
        if self.drawn:
            yield f"{self.drawn} schedules"
        yield f"messages up to {ms(self.late)} late"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes, each with its witness in words, and how far was looked for them."""

    witnesses: Mapping[str, str]
    reach: Reach = Reach()

    @classmethod
    def seen(
        cls, outcomes: Mapping[str, tuple[Any, Schedule]], natural: Trace, reach: Reach
    ) -> Self:
        """Those of an exploration; the natural one comes first."""
        words = Words(natural)
        found = {one_line(name): witness(made, words) for name, (_, made) in outcomes.items()}
        order = sorted(found, key=lambda name: (found[name] != NATURAL, name))
        return cls({name: found[name] for name in order}, reach)

    @classmethod
    def read(cls, text: str) -> Self:
        """Those of a text; what is not of its form is no outcome."""
        head, *lines = text.splitlines() or [""]
        named = [line[2:].rpartition(_GAP) for line in lines if line.startswith("- ")]
        return cls({name: told for name, _, told in named}, _reach(head))

    def beyond(self, other: "Outcomes") -> tuple[str, ...]:
        """Those that the other does not have."""
        return tuple(name for name in self.witnesses if name not in other.witnesses)

    def joined(self, other: "Outcomes") -> "Outcomes":
        """These, and of the other what a shorter look may not have come to see."""
        if self.reach.covers(other.reach):
            return self
        reach = other.reach if other.reach.covers(self.reach) else self.reach
        return Outcomes({**self.witnesses, **other.witnesses}, reach)

    def line(self, name: str) -> str:
        """One of them as it is written."""
        return f"- {name}{_GAP}{self.witnesses[name]}"

    def __str__(self) -> str:
        return "\n".join([f"{_HEAD}{self.reach}", *map(self.line, self.witnesses)]) + "\n"


def witness(schedule: Schedule, words: Words) -> str:
    """A schedule in words, shorter than a report's: `session.update on realtime 30 ms late`."""
    late = (_late(key, delay, words) for key, delay in schedule.delays.items())
    return "; ".join([*late, *moved(schedule)]) or NATURAL


def _late(key: Key, delay: Delay, words: Words) -> str:
    parts = [f"{ms(delay.dt)} late"] if delay.dt else []
    parts += [f"{delay.turns} turns late"] if delay.turns else []
    parts += [f"after {words.message(delay.after)}"] if delay.after is not None else []
    return f"{words.message(key)} {', '.join(parts)}"


def one_line(name: str) -> str:
    """The `repr` of an outcome as it is written."""
    return name.replace("\n", "\\n")


def _reach(head: str) -> Reach:
    found = _REACH.fullmatch(head.removeprefix(_HEAD))
    if found is None:
        return Reach()
    singles = inf if found["whole"] else int(found["part"] or 0)
    return Reach(singles, int(found["drawn"] or 0), float(found["late"]) / 1e3)
