"""Pieces that are recorded together: kept as the bytes that they make, and told apart on demand.

A batch stands in the journal for as many entries as it has pieces. It makes each of them when it is
first asked for; what it keeps until then costs little more than its bytes.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Protocol

from agent_rehearsal.journal.entry import Connection, Direction, Entry, Kind, Source


class Pieces(Protocol):
    """Bytes that were made of pieces."""

    @property
    def data(self) -> bytes:
        """All pieces, joined."""

    def __len__(self) -> int:
        """How many there are."""

    def ends(self) -> Sequence[int]:
        """The offset at which each one ends, in order; the last is the length of `data`."""


class Joined:
    """Pieces of any kind."""

    __slots__ = ("_ends", "data")

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.data = b"".join(pieces)
        self._ends = array("Q", accumulate(map(len, pieces)))

    def __len__(self) -> int:
        return len(self._ends)

    def ends(self) -> Sequence[int]:
        """As they were given."""
        return self._ends


class Batch:
    """Entries that differ in nothing but their number and their bytes. Made by `Journal.extend`."""

    __slots__ = ("_conn", "_direction", "_kind", "_pieces", "_re", "_source", "at", "first")

    def __init__(
        self,
        first: int,
        at: float,
        source: Source,
        kind: Kind,
        pieces: Pieces,
        *,
        conn: Connection | None,
        direction: Direction,
        re: int | None,
    ) -> None:
        self.first = first
        """`seq` of the first of them."""
        self.at = at
        self._source: Source = source
        self._kind: Kind = kind
        self._pieces = pieces
        self._conn = conn
        self._direction: Direction = direction
        self._re = re

    def __len__(self) -> int:
        return len(self._pieces)

    def entry(self, seq: int) -> Entry:
        """A new object for the entry numbered `seq`, which is one of these."""
        ends, place = self._pieces.ends(), seq - self.first
        begin = ends[place - 1] if place else 0
        return Entry(
            seq,
            self.at,
            self._source,
            self._kind,
            conn=self._conn,
            direction=self._direction,
            raw=self._pieces.data[begin : ends[place]],
            re=self._re,
        )


def apart(pieces: Pieces) -> Iterator[bytes]:
    """Each of `pieces`."""
    data = pieces.data
    return (data[begin:end] for begin, end in pairwise((0, *pieces.ends())))
