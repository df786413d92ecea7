"""What exploring a program is given and what it finds, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.keys import Key, Schedule, Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """How far to look."""

    schedules: int = 300
    """How many schedules the portfolio draws at most."""
    sweep: bool = True
    """Is each single message tried late first?"""
    singles: int | None = None
    """After how many runs the sweep ends, if it is not through by then; all shards together."""
    seconds: float | None = None
    """Real seconds after which no new schedule is begun."""
    late: float = 0.1
    """How late a message may come, seconds."""
    stall: float = 0.0
    """How long the machine may be busy elsewhere before a turn, seconds."""
    tier: Tier = "env"
    strategies: tuple[str, ...] = ("latency", "pos", "pct:2")
    """The portfolio, in rotation; `random` and `holds:2` can be asked for."""
    unchanged: int = 100
    """The portfolio ends after so many schedules that brought no new order."""
    seed: int = 0
    shard: tuple[int, int] = (0, 1)
    """Of one fixed list of schedules, those whose number is congruent to the first modulo the
    second.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A failure, and the little that it takes to bring it about."""

    first: Attempt
    """As it was found."""
    strategy: str
    """What found it: `sweep`, `latency`, `stored`."""
    tried: int
    """How many schedules were run until then, this one included."""
    schedule: Schedule
    """Shrunk."""
    shrunk: Attempt
    """A run of the shrunk schedule."""
    shrinking: int
    """How many runs the shrinking took."""
    window: Mapping[Key, tuple[float, float | None]] = field(default_factory=dict)
    """For each late message, the least delay and the greatest with which it still fails, seconds;
    None where no greatest was found.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsteady:
    """Two natural runs of one program differed: it draws on something that is not simulated."""

    at: str
    """The first difference, in words: what came in the one and in the other run, and when."""
    natural: tuple[Attempt, ...] = ()
    """All natural runs, where it is these that differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of a program under exploration."""

    natural: Attempt
    found: Found | None = None
    unsteady: Unsteady | None = None
    again: int = 0
    """How many stored schedules were run."""
    swept: int = 0
    drawn: int = 0
    orders: int = 0
    """How many distinct orders of arrival, for each host on its own, were seen."""
    pending: int = 0
    """How many single delays of the sweep were not run, for want of budget."""
    late: float = 0.1
    """Seconds: how late a message came at most, from the budget."""
    outcomes: Mapping[str, tuple[Any, Schedule]] = field(default_factory=dict)
    """Each distinct outcome by its `repr`, with the first schedule that brought it about."""
    strays: tuple[str, ...] = ()
    """Stored schedules that no longer apply: each in words, by its first difference."""
