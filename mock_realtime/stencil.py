"""Text messages that are sent again and again, made once: their bytes on the wire, with holes for
what differs.

Pure bytes. A hole is found by the marker that stands in it; what the markers mean is not known
here. How long a frame is depends on how long the values are, so the bytes between the holes are
made for each set of lengths that comes.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from agent_rehearsal.wire.framing import TEXT, frame_head

_OFTEN = 8
"""A hole with as many places is filled by replacing a byte that stands for it."""
_NO_TEXT = (0xC0, 0xC1, *range(0xF5, 0x100))
"""Bytes that no UTF-8 has."""
_Piece = bytes | int
"""Bytes, or the number of a hole."""


class Stencil:
    """Messages with holes. A marker may have others in it; the longest counts."""

    def __init__(self, messages: Sequence[bytes], markers: Sequence[bytes]) -> None:
        longest = sorted(markers, key=len, reverse=True)
        hole = re.compile(b"(%b)" % b"|".join(map(re.escape, longest)))
        places = {marker: place for place, marker in enumerate(markers)}
        self._messages = [_cut(hole.split(message), places) for message in messages]
        self._for = lru_cache(maxsize=8)(self._made_for)

    def __len__(self) -> int:
        return len(self._messages)

    def payloads(self, values: Sequence[bytes]) -> Iterator[bytes]:
        """Each message with a value in place of each marker."""
        for pieces in self._messages:
            yield b"".join([values[p] if isinstance(p, int) else p for p in pieces])

    def framed(self, values: Sequence[bytes]) -> bytes:
        """All of them as they are sent, a frame each. The values are ASCII."""
        return self._for(tuple(map(len, values))).filled(values)

    def _made_for(self, widths: tuple[int, ...]) -> "_Frames":
        return _Frames(self._messages, widths)


class _Frames:
    """The messages as they are sent, for values of the lengths `widths`."""

    def __init__(self, messages: Sequence[Sequence[_Piece]], widths: Sequence[int]) -> None:
        sizes = [
            sum(widths[p] if isinstance(p, int) else len(p) for p in pieces) for pieces in messages
        ]
        heads = [frame_head(TEXT, size, last=True) for size in sizes]
        stand_ins = _stand_ins(messages, b"".join(heads))
        self._pieces: list[bytes] = [b""]
        self._seldom: list[tuple[int, int]] = []
        for head, pieces in zip(heads, messages, strict=True):
            self._add(head)
            for piece in pieces:
                if isinstance(piece, int) and piece not in stand_ins:
                    self._leave(piece)
                else:
                    self._add(stand_ins[piece] if isinstance(piece, int) else piece)
        self._often = [
            (at, stand_in, hole)
            for at, piece in enumerate(self._pieces)
            for hole, stand_in in stand_ins.items()
            if stand_in in piece
        ]

    def filled(self, values: Sequence[bytes]) -> bytes:
        """All of them, with a value in each hole."""
        pieces = self._pieces.copy()
        for at, hole in self._seldom:
            pieces[at] = values[hole]
        for at, stand_in, hole in self._often:
            pieces[at] = pieces[at].replace(stand_in, values[hole])
        return b"".join(pieces)

    def _add(self, data: bytes) -> None:
        self._pieces[-1] += data

    def _leave(self, hole: int) -> None:
        self._seldom.append((len(self._pieces), hole))
        self._pieces += [b"", b""]


class Filled:
    """One set of messages made from a stencil; it keeps the values alone."""

    __slots__ = ("_stencil", "_values")

    def __init__(self, stencil: Stencil, values: Sequence[bytes]) -> None:
        self._stencil = stencil
        self._values = values

    def __len__(self) -> int:
        return len(self._stencil)

    @property
    def size(self) -> int:
        """How many bytes the messages have, without what frames them."""
        return sum(map(len, self._stencil.payloads(self._values)))

    def within(self, before: bytes, after: bytes) -> bytes:
        """All messages joined, between two other texts."""
        return b"".join([before, *self._stencil.payloads(self._values), after])

    def ends(self) -> Sequence[int]:
        """Where each one ends when they are joined."""
        return array("Q", accumulate(map(len, self._stencil.payloads(self._values))))

    def framed(self) -> bytes:
        """As they are sent."""
        return self._stencil.framed(self._values)


def _cut(parts: list[bytes], places: dict[bytes, int]) -> list[_Piece]:
    """The parts of a message; every other one is a marker."""
    return [places[part] if at % 2 else part for at, part in enumerate(parts)]


def _stand_ins(messages: Sequence[Sequence[_Piece]], heads: bytes) -> dict[int, bytes]:
    """For the holes that come often, a byte each that stands nowhere else."""
    counts = Counter(p for pieces in messages for p in pieces if isinstance(p, int))
    free = [bytes((byte,)) for byte in _NO_TEXT if byte not in heads]
    often = [hole for hole, number in counts.most_common() if number >= _OFTEN]
    return dict(zip(often, free, strict=False))
