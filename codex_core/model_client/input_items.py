"""The items of a request's input, encoded. What two requests of a thread have in common is known
without looking at it, however long it is.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

__all__ = ["InputItems"]


class InputItems:
    """The items of a list as it is now. From here on the list may only grow.

    Where it is to become another one its owner goes on with a new list.
    """

    __slots__ = ("_count", "_list")

    def __init__(self, items: list[msgspec.Raw]) -> None:
        self._list = items
        self._count = len(items)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[msgspec.Raw]:
        return islice(self._list, self._count)

    def after(self, count: int) -> list[msgspec.Raw]:
        """All but the first so many."""
        return self._list[count : self._count]

    def continues(self, earlier: "InputItems", brought: Sequence[msgspec.Raw]) -> bool:
        """Do they begin with all of `earlier`, then these?"""
        start, end = len(earlier), len(earlier) + len(brought)
        if end > self._count or self._list[start:end] != brought:
            return False
        return self._list is earlier._list or self._list[:start] == earlier._list[:start]
