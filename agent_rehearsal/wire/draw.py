"""Draws from a seed: the same seed gives the same draws, on every machine and Python.

Pure arithmetic; what is drawn, and what for, is the caller's.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_RANGE = 1 << 64


class Draw:
    """A source of numbers that depend on `seed` and on how many were drawn before."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = 0

    def share(self) -> float:
        """A number from 0 up to, but not including, 1."""
        return (self._next() >> 11) / (1 << 53)

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, but not including, `limit`."""
        return self._next() * limit // _RANGE

    def choice(self, options: Sequence[T]) -> T:
        """One of several."""
        return options[self.below(len(options))]

    def order(self, count: int) -> list[int]:
        """The numbers from 0 to `count - 1` in another order than that; needs two or more."""
        left = list(range(count))
        found = [left.pop(self.below(len(left))) for _ in range(count)]
        return found if found != sorted(found) else [*found[1:], found[0]]

    def _next(self) -> int:
        self._drawn += 1
        text = f"{self._seed}/{self._drawn}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")
