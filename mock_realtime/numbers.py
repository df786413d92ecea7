"""The ids of one mock: counted by their prefix, never drawn.

Knows nothing of what they name.
"""

from collections import defaultdict

BLOCK = 1000
"""Ids that are taken at once."""


class Numbers:
    """Makes ids such as `item_000001`."""

    def __init__(self) -> None:
        self._last: defaultdict[str, int] = defaultdict(int)

    def __call__(self, prefix: str) -> str:
        """The next id with this prefix."""
        self._last[prefix] += 1
        return name(prefix, self._last[prefix])

    def block(self, prefix: str) -> int:
        """Take the next `BLOCK` ids whose number begins with a number of its own, which is given;
        those before them stay unused.
        """
        found = self._last[prefix] // BLOCK + 1
        self._last[prefix] = (found + 1) * BLOCK - 1
        return found


def name(prefix: str, number: int) -> str:
    """An id."""
    return f"{prefix}_{number:06}"
