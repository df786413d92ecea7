"""Ids for an answer that is composed to be copied: they tell themselves apart from all others, and
what they were made for is known.

Values. What is copied, and how, is not known here.
"""

from itertools import count


class MarkedIds:
    """Makes ids such as `item_trial_00000001` for the word `trial`."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._numbers = count(1)
        self.prefixes: list[str] = []
        self.made: list[str] = []

    def __call__(self, prefix: str) -> str:
        """The next id, with this prefix."""
        self.prefixes.append(prefix)
        self.made.append(f"{prefix}_{self._word}_{next(self._numbers):08}")
        return self.made[-1]

    def forget(self) -> None:
        """Let go of the ids so far; their numbers stay taken."""
        self.prefixes.clear()
        self.made.clear()

    def of(self, prefix: str) -> list[str]:
        """The ids with a prefix."""
        return [id for of, id in zip(self.prefixes, self.made, strict=True) if of == prefix]
