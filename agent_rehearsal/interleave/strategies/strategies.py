"""The strategies by their names, and the natural one.

A name may have a number: `pct:2`, `holds:3`. A strategy is made anew for each run.
"""

from collections.abc import Callable, Sequence

from agent_rehearsal.interleave.choice import Move, Option, Strategy
from agent_rehearsal.interleave.keys import Key, Tier
from agent_rehearsal.interleave.strategies.dice import Draw, Drawing, Size
from agent_rehearsal.interleave.strategies.priorities import Pct, Pos, Uniform
from agent_rehearsal.interleave.strategies.timings import Holds, Latency
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget


class UnknownStrategy(ValueError):
    """No strategy has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no strategy is called {name!r}; there are natural, {', '.join(PLAIN)}"
            f" and, with a number from 1, {', '.join(f'{kind}:2' for kind in COUNTED)}"
        )


class Natural:
    """Nothing is late: messages come at once, in the order of their sending.

    In tier `task` it is asked about steps too, and holds back none.
    """

    def __init__(self, tier: Tier = "env") -> None:
        if tier == "task":
            self.step = self._step

    def _step(self, key: Key, turn: int) -> int:
        return 0

    @property
    def name(self) -> str:
        """`natural`."""
        return "natural"

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        """The first option: their order is the natural one."""
        return Move(0)

    def salt(self, task: int) -> int:
        """The task's own number."""
        return task

    def stall(self, turn: int) -> float:
        """Never."""
        return 0.0


PLAIN: dict[str, Callable[[Draw], Drawing]] = {"latency": Latency, "pos": Pos, "random": Uniform}
COUNTED: dict[str, Callable[[Draw, int], Drawing]] = {"pct": Pct, "holds": Holds}


def make(
    name: str, seed: int, budget: Budget, *, number: int = 0, size: Size | None = None
) -> Strategy:
    """The strategy of this name for run `number` of an exploration that began with `seed`.

    `size` is that of the natural run. Raises UnknownStrategy.
    """
    kind, _, count = name.partition(":")
    draw = Draw(name, seed, number, budget, size or Size())
    if name == "natural":
        return Natural(budget.tier)
    if name in PLAIN:
        return PLAIN[name](draw)
    if kind in COUNTED and count.isdecimal() and int(count) > 0:
        return COUNTED[kind](draw, int(count))
    raise UnknownStrategy(name)
