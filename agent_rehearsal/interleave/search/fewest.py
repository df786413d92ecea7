"""Delta debugging: as few items as suffice.

After Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (2002). Knows
nothing of what the items are.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


def fewest(items: Sequence[T], enough: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """Items that are `enough`, of which no single one can be left out.

    All of them together are taken to be enough, which is not tried again.
    """
    kept, parts = tuple(items), 2
    if not kept or enough(()):
        return ()
    while len(kept) > 1:
        smaller = next((some for some in _smaller(kept, parts) if enough(some[0])), None)
        if smaller is not None:
            kept, parts = smaller
        elif parts >= len(kept):
            break
        else:
            parts = min(2 * parts, len(kept))
    return kept


def _smaller(items: tuple[T, ...], parts: int) -> Iterator[tuple[tuple[T, ...], int]]:
    """One part alone, then all but one part; with each, into how many parts it is cut next."""
    size, rest = divmod(len(items), parts)
    ends = [size * part + min(part, rest) for part in range(parts + 1)]
    for start, end in pairwise(ends):
        yield items[start:end], 2
    if parts > 2:
        for start, end in pairwise(ends):
            yield items[:start] + items[end:], parts - 1
