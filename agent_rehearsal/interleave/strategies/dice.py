"""What every strategy that draws has: numbers of its own, the order of sets, stalls, and the rule
that nothing is kept beyond its time.

The numbers depend on the seed, the strategy and the number of the run alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.strategies.course import Course
from agent_rehearsal.interleave.strategies.timed import overdue
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget

SALTS = 1 << 16
STALLED_TURNS = 0.1
SHORTEST = 1e-2
"""The least of a drawn time, as a share of the greatest. What is shorter yet, strategies without
times come upon.
"""
BURST = 1e-4
"""Seconds: a hundred turns of the loop."""
HELD_TURNS = 3
HELD_STEPS = 0.1
"""Tier `task`: the share of steps that are held back, and for how many turns at most."""


@dataclass(frozen=True, slots=True)
class Size:
    """What the natural run of the program showed, for strategies that pick moments."""

    choices: int = 200
    """How many were between two options or more."""
    messages: int = 40
    times: tuple[float, ...] = ()
    """At which things happened, ascending, seconds."""


def size_of(course: Course, trace: Trace) -> Size:
    """The size of a run; what happened in one burst of turns is one time."""
    times: list[float] = []
    for step in trace.steps:
        if not times or step.at - times[-1] > BURST:
            times.append(step.at)
    return Size(course.contested(), sum(1 for _ in course.messages()), tuple(times))


@dataclass(frozen=True, slots=True)
class Draw:
    """Which run of which exploration this is."""

    name: str
    seed: int
    number: int
    budget: Budget
    size: Size


def spread(dice: Random, most: float, shortest: float = SHORTEST) -> float:
    """A time up to `most` seconds, of which short ones are as likely as long ones: its logarithm
    is uniform.
    """
    share: float = shortest ** dice.random()
    return most * share


class Drawing(ABC):
    """A strategy that draws. In half of the runs sets of tasks have an order of their own; in tier
    `task` it has a `step` (see `StepStrategy`) that holds back some.
    """

    def __init__(self, draw: Draw) -> None:
        self.dice = Random(f"{draw.seed} {draw.name} {draw.number}")
        self.late = draw.budget.late
        self._name = draw.name
        self._stall = draw.budget.stall
        self._salts: dict[int, int] = {}
        self._salted = self.dice.random() < 0.5
        if draw.budget.tier == "task":
            self.step = self._step

    def _step(self, key: Key, turn: int) -> int:
        held = self.dice.random() < HELD_STEPS
        return self.dice.randint(1, HELD_TURNS) if held else 0

    @property
    def name(self) -> str:
        """As it was asked for: `pct:2`."""
        return self._name

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        """What is due, else what the strategy picks."""
        place = 0 if len(options) == 1 else overdue(options, now)
        return self.pick(options, now, turn) if place is None else Move(place)

    @abstractmethod
    def pick(self, options: Sequence[Option], now: float, turn: int) -> Move:
        """Decides between two options or more, of which none is due."""

    def salt(self, task: int) -> int:
        """The task's own number, or one drawn for it."""
        if not self._salted:
            return task
        if task not in self._salts:
            self._salts[task] = self.dice.randrange(SALTS)
        return self._salts[task]

    def stall(self, turn: int) -> float:
        """Before some turns a time up to the budget's."""
        if not self._stall or self.dice.random() >= STALLED_TURNS:
            return 0.0
        return spread(self.dice, self._stall)
