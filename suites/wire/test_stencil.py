"""Pieces with holes: what is filled in is what would have been written."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.wire.stencil import Filled, Stencil

MARKERS = (b"<a>", b"<b>", b"<a>,<b>", b"<a>")
"""One has others in it, and one is there twice."""
TEXTS = st.binary(max_size=6).filter(lambda text: not set(text) & set(b"<,>"))
PARTS = st.lists(st.integers(0, len(MARKERS) - 1) | TEXTS, max_size=12)
"""A piece: texts, and numbers of markers."""


def values(a: bytes, b: bytes) -> list[bytes]:
    """What stands in place of each marker."""
    return [a, b, a + b"," + b, a]


def written(parts: list[int | bytes], values: list[bytes] | tuple[bytes, ...]) -> bytes:
    """A piece with values in place of the markers."""
    return b"".join([values[part] if isinstance(part, int) else part for part in parts])


@given(st.lists(PARTS, min_size=1, max_size=6), TEXTS, TEXTS)
def test_what_is_filled_in_is_what_would_be_written(
    pieces: list[list[int | bytes]], a: bytes, b: bytes
) -> None:
    """All of it, between two other texts, with the size of the whole and the end of each piece."""
    stencil = Stencil([written(parts, MARKERS) for parts in pieces], MARKERS)
    wanted = [written(parts, values(a, b)) for parts in pieces]
    filled = Filled(stencil, values(a, b))
    assert filled.within(b"{", b"}") == b"{%b}" % b"".join(wanted)
    assert (len(filled), filled.size) == (len(wanted), sum(map(len, wanted)))
    assert list(filled.ends()) == list(accumulate(map(len, wanted)))


def test_many_holes_in_a_row_are_filled() -> None:
    """For one value and for several, at the edges too."""
    pieces = [b"<a>%d<a>" % number for number in range(200)] + [b"<b><b>", b"<a>,<b>"]
    stencil = Stencil(pieces, MARKERS)
    wanted = b"".join(b"X%dX" % number for number in range(200)) + b"YYX,Y"
    assert stencil.within(b"", values(b"X", b"Y"), b"") == wanted
