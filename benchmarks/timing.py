"""Interleaved rounds: contestants are measured in turn, so that what the machine does meanwhile
falls on all of them alike.

Knows nothing of what is measured, nor with which clock.
"""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TypeVar

T = TypeVar("T")

Contestant = Callable[[], float]
"""Does its work once and returns what that cost, in seconds."""


@dataclass(frozen=True)
class Samples:
    """One number a round: what a contestant cost in seconds, or how two of them compare."""

    values: tuple[float, ...]

    @property
    def best(self) -> float:
        """The least: the round that was disturbed least."""
        return min(self.values)

    @property
    def median(self) -> float:
        """The round in the middle."""
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between them lies the middle half of the rounds; a single round is both."""
        if len(self.values) == 1:
            return self.best, self.best
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return low, high

    def over(self, other: "Samples") -> "Samples":
        """How many times the same round of `other` each round cost."""
        pairs = zip(self.values, other.values, strict=True)
        return Samples(tuple(mine / theirs for mine, theirs in pairs))

    def beyond(self, other: "Samples") -> "Samples":
        """How much more each round cost than the same round of `other`."""
        pairs = zip(self.values, other.values, strict=True)
        return Samples(tuple(mine - theirs for mine, theirs in pairs))


def rounds_of(contestants: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """What each contestant gave in each of `rounds` rounds, after one round that is thrown away.

    Every other round goes backwards, so that none always comes after the same one.
    """
    for contestant in contestants.values():
        contestant()
    found: dict[str, list[T]] = {name: [] for name in contestants}
    forwards = list(contestants.items())
    for turn in range(rounds):
        for name, contestant in forwards if turn % 2 == 0 else reversed(forwards):
            gc.collect()
            found[name].append(contestant())
    return found


def interleaved(contestants: Mapping[str, Contestant], rounds: int) -> dict[str, Samples]:
    """What each contestant cost, in rounds as of `rounds_of`."""
    return {name: Samples(tuple(v)) for name, v in rounds_of(contestants, rounds).items()}
