"""Text messages that are sent again and again, as they are on the wire.

How long a frame is depends on how long the values are, so the frames are made for each set of
lengths that comes. Pure bytes.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from agent_rehearsal.wire.framing import TEXT, frame_head
from agent_rehearsal.wire.stencil import Filled, Stencil


class Frames(Stencil):
    """Messages with holes, and the frames that they are sent in."""

    def __init__(self, messages: Sequence[bytes], markers: Sequence[bytes]) -> None:
        super().__init__(messages, markers)
        self._messages = messages
        self._markers = markers
        self._for = lru_cache(maxsize=8)(self._made_for)

    def framed(self, values: Sequence[bytes]) -> bytes:
        """All of them as they are sent, with a value in place of each marker."""
        return self._for(tuple(map(len, values))).within(b"", values, b"")

    def _made_for(self, widths: tuple[int, ...]) -> Stencil:
        ends = self.ends([bytes(width) for width in widths])
        sizes = [end - begin for begin, end in pairwise([0, *ends])]
        heads = [frame_head(TEXT, size, last=True) for size in sizes]
        return Stencil(list(map(bytes.__add__, heads, self._messages)), self._markers)


class FilledFrames(Filled):
    """One set of messages made from frames."""

    __slots__ = ()
    _stencil: Frames

    def framed(self) -> bytes:
        """As they are sent."""
        return self._stencil.framed(self._values)
