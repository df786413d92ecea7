"""What an explorer is to a benchmark: something that runs a program under one schedule a seed and
says which seed failed first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from benchmarks.peers.programs import Main

LATE = 0.1
"""Seconds: how late a message may come, the same for each."""
SHRINKING = 500
"""Runs that shrinking may take, the same for each; ours and simloop's own default."""


@dataclass(frozen=True, kw_only=True)
class Broken:
    """The run of a seed that failed: by what, and a mark that is equal for equal runs."""

    seed: int
    failure: str
    mark: str


class Engine(Protocol):
    """An explorer."""

    def version(self) -> str:
        """Its name and version."""

    def first(self, program: Main, seeds: range) -> Broken | None:
        """The first of the seeds that fails; the ones after it are not run."""

    def shrunk(self, program: Main, seed: int) -> str:
        """What is left of the schedule of a seed that fails, in a few words."""


Make = Callable[[], Engine]
"""Imports the explorer and makes its engine; raises ImportError where it is not installed."""
