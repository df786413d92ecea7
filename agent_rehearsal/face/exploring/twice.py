"""`--explore-twice`: every schedule is run two times, and the first difference is named."""

import copy

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.difference import differ


class Unrepeated(Exception):
    """Two runs of one schedule were not the same. `run` is one of them: that which failed, if one
    did.
    """

    def __init__(self, run: Attempt, strategy: str, difference: str) -> None:
        super().__init__(
            f"two runs of one schedule ({strategy}) differ: {difference}; the test draws on "
            "something that is not simulated"
        )
        self.run = run


class Twice:
    """A program of which each run is checked by a second. Raises Unrepeated."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def __call__(self, strategy: Strategy) -> Attempt:
        """The first run."""
        again = copy.deepcopy(strategy)
        run, other = self._program(strategy), self._program(again)
        if difference := differ(run, other):
            raise Unrepeated(run if run.failure else other, strategy.name, difference)
        return run
