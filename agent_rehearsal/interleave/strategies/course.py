"""The course of a run: every choice that came up in it, and what the strategy made of it.

A trace says what happened, a course what might have happened instead: from it come the places at
which a message could have arrived, and the schedule that repeats the run. This module must not know
why a strategy chose as it did.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from agent_rehearsal.interleave.choice import Move, Option, Strategy, holds_steps
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.trace import Trace

MESSAGES = frozenset({"wire", "job"})
"""The kinds of option that may come late: pieces under way and executor jobs."""


class Choice(msgspec.Struct, frozen=True, gc=False):
    """One choice: what was offered, what was taken, and when."""

    options: tuple[Option, ...]
    move: Move
    now: float
    turn: int

    @property
    def taken(self) -> Option | None:
        """What was to happen; None where only time was to pass."""
        return None if self.move.until is not None else self.options[self.move.index]

    @property
    def message(self) -> Option | None:
        """What was taken, if that is a message or a job."""
        taken = self.taken
        return taken if taken is not None and taken.kind in MESSAGES else None

    @property
    def passed_over(self) -> tuple[Option, ...]:
        """The messages that the natural run would have taken first."""
        before = len(self.options) if self.move.until is not None else self.move.index
        return tuple(option for option in self.options[:before] if option.kind in MESSAGES)


@dataclass(slots=True)
class Course:
    """All choices of one run, and the salts and stalls that it was given; in tier `task` the steps
    that were asked about too, with the turns for which they were held.
    """

    choices: list[Choice] = field(default_factory=list)
    salts: dict[int, int] = field(default_factory=dict)
    stalls: dict[int, float] = field(default_factory=dict)
    steps: dict[Key, int] = field(default_factory=dict)

    def messages(self) -> Iterator[Choice]:
        """The choices by which a message or a job came, in their order."""
        return (choice for choice in self.choices if choice.message is not None)

    def moments(self) -> Iterator[tuple[Choice, Key | None]]:
        """Each choice, with the name of what came last before it in the same turn of the loop."""
        last, turn = None, -1
        for choice in self.choices:
            if choice.turn != turn:
                last, turn = None, choice.turn
            yield choice, last
            if choice.message is not None:
                last = choice.message.key

    def contested(self) -> int:
        """How many choices were between two options or more."""
        return sum(len(choice.options) > 1 for choice in self.choices)

    def orders(self) -> tuple[tuple[str, tuple[Key, ...]], ...]:
        """What arrived at each host, in its order: equal for runs that no host could tell apart by
        the order in which its messages came.
        """
        hosts: dict[str, list[Key]] = {}
        for choice in self.choices:
            option = choice.message
            if option is not None:
                hosts.setdefault(option.host, []).append(option.key)
        return tuple((host, tuple(keys)) for host, keys in sorted(hosts.items()))


class Watched:
    """A strategy whose choices are noted in `course`; decides nothing itself."""

    def __init__(self, strategy: Strategy) -> None:
        self.course = Course()
        self._strategy = strategy
        if holds_steps(strategy):
            self._of_steps = strategy
            self.step = self._step

    @property
    def name(self) -> str:
        """That of the watched strategy."""
        return self._strategy.name

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        """What the watched strategy chooses."""
        move = self._strategy.choose(options, now, turn, trace)
        self.course.choices.append(Choice(tuple(options), move, now, turn))
        return move

    def _step(self, key: Key, turn: int) -> int:
        turns = self.course.steps[key] = self._of_steps.step(key, turn)
        return turns

    def salt(self, task: int) -> int:
        """The salt that the watched strategy gives."""
        salt = self.course.salts[task] = self._strategy.salt(task)
        return salt

    def stall(self, turn: int) -> float:
        """The stall that the watched strategy gives."""
        stall = self._strategy.stall(turn)
        if stall:
            self.course.stalls[turn] = stall
        return stall
