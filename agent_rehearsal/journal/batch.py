"""Pieces that are recorded together: kept as the bytes that they make, and told apart on demand.

A batch stands in the journal for as many entries as it has pieces. It makes each of them when it is
first asked for; what it keeps until then is what its pieces keep, their bytes at most.
"""

from array import array
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, NamedTuple, Protocol

from agent_rehearsal.journal.entry import Direction, Entry, Headers, Kind


class Pieces(Hashable, Protocol):
    """Bytes that were made of pieces, and stay as they are."""

    @property
    def size(self) -> int:
        """How many bytes the pieces have."""

    def within(self, before: bytes, after: bytes) -> bytes:
        """All pieces joined, between two other texts."""

    def __len__(self) -> int:
        """How many there are."""

    def ends(self) -> Sequence[int]:
        """The offset at which each one ends, in order; the last is `size`."""


class Joined:
    """Pieces of any kind."""

    __slots__ = ("_data", "_ends")

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._data = b"".join(pieces)
        self._ends = array("Q", accumulate(map(len, pieces)))

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def size(self) -> int:
        """How many bytes the pieces have."""
        return len(self._data)

    def within(self, before: bytes, after: bytes) -> bytes:
        """All pieces joined, between two other texts."""
        return b"%b%b%b" % (before, self._data, after) if before or after else self._data

    def ends(self) -> Sequence[int]:
        """As they were given."""
        return self._ends


Run = Pieces | tuple[bytes, ...]
"""Pieces, or what was apart before and stays as it is."""


@dataclass(frozen=True, slots=True)
class Way:
    """What kind of entries those pieces become that are recorded together."""

    kind: Kind
    direction: Direction
    head: str = ""


CHUNKS: Final = Way("chunk", "out")
"""Pieces of a stream."""
FRAMES_IN: Final = Way("frame", "in", "text")
"""Text messages of the client."""
FRAMES_OUT: Final = Way("frame", "out", "text")
"""Text messages to the client."""
HEAD: Final = Way("response", "out")
"""The head of an answer."""


class Ahead(NamedTuple):
    """What comes ahead of pieces, and is recorded with them."""

    way: Way
    head: str
    raw: bytes = b""
    headers: Headers = ()


class Batch:
    """The pieces of a stream that answers `request`, or of a part of one; or messages on a
    WebSocket whose upgrade is `request`. Made by `Journal.extend`.
    """

    __slots__ = ("_ahead", "_request", "_way", "at", "first", "pieces")

    def __init__(
        self,
        first: int,
        at: float,
        request: Entry,
        pieces: Run,
        way: Way,
        ahead: Ahead | None,
    ) -> None:
        self.first = first
        """`seq` of the first entry."""
        self.at = at
        self._request = request
        self.pieces = pieces
        self._way = way
        self._ahead = ahead

    def __len__(self) -> int:
        return len(self.pieces) + (self._ahead is not None)

    def entry(self, seq: int) -> Entry:
        """A new object for the entry numbered `seq`, which is one of these."""
        place = seq - self.first - (self._ahead is not None)
        if self._ahead is not None and place < 0:
            return self._made(seq, self._ahead)
        return self._made(seq, Ahead(self._way, self._way.head, self._piece(place)))

    def _piece(self, place: int) -> bytes:
        if isinstance(self.pieces, tuple):
            return self.pieces[place]
        data, ends = _unfolded(self.pieces)
        return data[ends[place - 1] if place else 0 : ends[place]]

    def _made(self, seq: int, told: Ahead) -> Entry:
        way, head, raw, headers = told
        request = self._request
        return Entry(
            seq,
            self.at,
            request.source,
            way.kind,
            conn=request.conn,
            direction=way.direction,
            head=head,
            raw_headers=headers,
            raw=raw,
            re=request.seq,
        )


def apart(pieces: Run) -> Iterator[bytes]:
    """Each of `pieces`."""
    if isinstance(pieces, tuple):
        return iter(pieces)
    data = pieces.within(b"", b"")
    return (data[begin:end] for begin, end in pairwise((0, *pieces.ends())))


@lru_cache(maxsize=2)
def _unfolded(pieces: Pieces) -> tuple[bytes, Sequence[int]]:
    """Their bytes and their ends: who asks for one piece asks for the next one soon."""
    return pieces.within(b"", b""), pieces.ends()
