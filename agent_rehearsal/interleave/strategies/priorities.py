"""Strategies that draw an order and know no time: `random`, `pos` and `pct`.

After "Partial order aware concurrency sampling" (Yuan, Yang, Gu, CAV 2018) and "A randomized
scheduler with probabilistic guarantees of finding bugs" (Burckhardt, Kothari, Musuvathi,
Nagarakatte, ASPLOS 2010), over what a network may vary where they have the steps of threads.
"""

from abc import abstractmethod
from collections.abc import Sequence

from agent_rehearsal.interleave.choice import Move, Option
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.strategies.dice import Draw, Drawing
from agent_rehearsal.interleave.strategies.patience import Patient


class Uniform(Drawing):
    """Each option is as likely as any other."""

    def pick(self, options: Sequence[Option], now: float, turn: int) -> Move:
        """Any."""
        return Move(self.dice.randrange(len(options)))


class Ranked(Patient):
    """The option of the highest rank happens."""

    def first(self, options: Sequence[Option]) -> int:
        """That of the highest rank."""
        return max(range(len(options)), key=lambda at: self.rank(options[at]))

    @abstractmethod
    def rank(self, option: Option) -> float:
        """The higher, the sooner."""


class Pos(Ranked):
    """Every event has a random rank; those that met the same host as the one that happened draw a
    new one.
    """

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self._ranks: dict[Key, float] = {}

    def rank(self, option: Option) -> float:
        """Drawn when first asked for."""
        if option.key not in self._ranks:
            self._ranks[option.key] = self.dice.random()
        return self._ranks[option.key]

    def happens(self, place: int, options: Sequence[Option]) -> None:
        """What happened and what conflicts with it forget their ranks."""
        picked = options[place]
        for option in options:
            if option is picked or (option.host and option.host == picked.host):
                self._ranks.pop(option.key, None)


class Pct(Ranked):
    """Every lane has a random rank; at `depth - 1` moments of the run the lane that goes first
    becomes the last.
    """

    def __init__(self, draw: Draw, depth: int) -> None:
        super().__init__(draw)
        moments = range(1, max(draw.size.choices, depth) + 1)
        self._changes = frozenset(self.dice.sample(moments, depth - 1))
        self._ranks: dict[str, float] = {}
        self._moment = 0

    def rank(self, option: Option) -> float:
        """That of its lane, drawn when first asked for."""
        if option.lane not in self._ranks:
            self._ranks[option.lane] = self.dice.random()
        return self._ranks[option.lane]

    def first(self, options: Sequence[Option]) -> int:
        """At a moment of change the first lane falls behind all others before anything happens."""
        self._moment += 1
        if self._moment in self._changes:
            first = max(options, key=self.rank)
            self._ranks[first.lane] = -float(self._moment)
        return super().first(options)

    def happens(self, place: int, options: Sequence[Option]) -> None:
        """Ranks of lanes stay."""
