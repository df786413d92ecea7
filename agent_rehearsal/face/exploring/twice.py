"""`--explore-twice`: every schedule is run two times, and the first difference is named."""

import copy

from agent_rehearsal.face.exploring.running import Item, Run
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.difference import first_difference


class Unrepeated(Exception):
    """Two runs of one schedule were not the same."""

    def __init__(self, run: Run, strategy: str, difference: str) -> None:
        super().__init__(
            f"two runs of one schedule ({strategy}) differ: {difference}; the test draws on "
            "something that is not simulated"
        )
        self.run = run


class Twice:
    """A program of which each run is checked by a second. Raises Unrepeated."""

    def __init__(self, program: Item) -> None:
        self._program = program

    def __call__(self, strategy: Strategy) -> Run:
        """The first run."""
        again = copy.deepcopy(strategy)
        run, other = self._program(strategy), self._program(again)
        if difference := first_difference(run.trace, other.trace):
            raise Unrepeated(run, strategy.name, difference)
        return run
