"""The time by which a client's pauses are judged: loop time, and the pauses that it only announced.

An agent on the stage says in the journal how long it would sleep, and may be told to sleep less.
"""

from typing import Any


class Pauses:
    """Loop time to which announced pauses are added, in seconds."""

    def __init__(self) -> None:
        self._added = 0.0
        self._until = 0.0

    def note(self, at: float, seconds: Any) -> None:
        """An agent said at loop time `at` that it pauses now."""
        if isinstance(seconds, int | float):
            self._until = max(self._until, self.at(at) + seconds)

    def at(self, at: float) -> float:
        """The time of an entry that ends no pause."""
        return at + self._added

    def over(self, at: float) -> float:
        """The time of a request: whatever pause was announced is over."""
        self._added += max(0.0, self._until - self.at(at))
        return self.at(at)
