"""Pieces that are sent again and again, made once: their bytes, with holes for what differs.

Pure bytes. A hole is found by the marker that stands in it; what the markers mean, and what becomes
of the pieces, is not known here.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, islice


class Stencil:
    """Pieces with holes, for one marker at least. A marker may have others in it; the longest
    counts. None reaches from one piece into the next.
    """

    def __init__(self, pieces: Sequence[bytes], markers: Sequence[bytes]) -> None:
        longest = sorted(markers, key=len, reverse=True)
        hole = re.compile(b"(%b)" % b"|".join(map(re.escape, longest)))
        places = {marker: place for place, marker in enumerate(markers)}
        whole = hole.split(b"".join(pieces))
        self._runs = list(_runs(whole[::2], [places[found] for found in whole[1::2]]))
        cut = [hole.split(piece) for piece in pieces]
        self._sizes = array("Q", accumulate(sum(map(len, part[::2])) for part in cut))
        holes = [[places[found] for found in part[1::2]] for part in cut]
        self._counts = [
            array("Q", accumulate(part.count(place) for part in holes))
            for place in range(len(markers))
        ]
        self._fixed = int(self._sizes[-1])
        self._totals = [counts[-1] for counts in self._counts]

    def __len__(self) -> int:
        return len(self._sizes)

    def size(self, values: Sequence[bytes]) -> int:
        """How many bytes the pieces have with these values."""
        return self._fixed + sum(map(int.__mul__, self._totals, map(len, values)))

    def within(self, before: bytes, values: Sequence[bytes], after: bytes) -> bytes:
        """All pieces with a value in place of each marker, between two other texts."""
        return b"".join([before, *[values[hole].join(fixed) for hole, fixed in self._runs], after])

    def ends(self, values: Sequence[bytes]) -> Sequence[int]:
        """Where each piece ends when the holes have these values."""
        ends = self._sizes
        for value, counts in zip(values, self._counts, strict=True):
            length = len(value)
            ends = array("Q", [end + length * n for end, n in zip(ends, counts, strict=True)])
        return ends


def _runs(fixed: Sequence[bytes], holes: Sequence[int]) -> Iterator[tuple[int, list[bytes]]]:
    """The texts between holes, by stretches of holes for the same value, which joins them."""
    rest = iter(fixed)
    first = next(rest)
    if not holes:
        yield 0, [first]
    for hole, stretch in groupby(holes):
        yield hole, [first, *islice(rest, len(list(stretch)))]
        first = b""


class Filled:
    """One set of pieces made from a stencil.

    It keeps the values alone: what was sent is made again when it is asked for. Bytes that are kept
    take memory that no cache holds, which costs more than to make them.
    """

    __slots__ = ("_stencil", "_values")

    def __init__(self, stencil: Stencil, values: Sequence[bytes]) -> None:
        self._stencil = stencil
        self._values = values

    def __len__(self) -> int:
        return len(self._stencil)

    @property
    def size(self) -> int:
        """How many bytes the pieces have."""
        return self._stencil.size(self._values)

    def within(self, before: bytes, after: bytes) -> bytes:
        """All pieces joined, between two other texts."""
        return self._stencil.within(before, self._values, after)

    def ends(self) -> Sequence[int]:
        """The stencil's, moved by what was filled in."""
        return self._stencil.ends(self._values)
