"""One run of a program under a strategy, and how it ended: all that exploration has to know of a
program, be it a coroutine function or a test with its fixtures.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.trace import Trace


@dataclass(frozen=True, slots=True)
class Failure:
    """How a program failed. Two failures with the same `kind` and `place` are the same one."""

    kind: str
    """The exception's type: `AssertionError`, `TimeoutError`, `Deadlock`."""
    place: str
    """Where it was raised, in the program's own code: `test_a.py:41`."""
    text: str
    """The report as a person reads it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run: what happened and how it ended; `failure` is None where it passed."""

    trace: Trace
    failure: Failure | None = None
    outcomes: tuple[Any, ...] = ()
    """What the program said its outcome was, in the order of the saying."""
    schedule: Schedule = field(default_factory=Schedule)
    """The delays and salts that make this run again: see `delays.schedule_of`."""


Program = Callable[[Strategy], Attempt]
"""Runs the whole program once, from nothing to nothing, under a strategy."""
