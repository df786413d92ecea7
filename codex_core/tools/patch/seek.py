"""Finding lines among lines, exactly or nearly. It knows nothing of patches.

The passes, each over the whole range before the next: exact, blanks at the end ignored, blanks
around ignored, typographic punctuation read as plain.
"""

from collections.abc import Callable, Sequence

__all__ = ["PASSES", "find_lines"]

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
        **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000", " "),
    }
)


def _exact(line: str) -> str:
    return line


def _plain(line: str) -> str:
    return line.translate(_PLAIN).strip()


PASSES: tuple[Callable[[str], str], ...] = (_exact, str.rstrip, str.strip, _plain)
"""What two lines have to agree in, the strictest first."""


def find_lines(
    lines: Sequence[str], wanted: Sequence[str], start: int, *, at_end: bool = False
) -> int | None:
    """Index of the first place at or after `start` where `wanted` stands; None if nowhere.

    With `at_end` only the last possible place counts. No line may contain a line feed.
    """
    if at_end:
        start = max(start, len(lines) - len(wanted))
    for agree in PASSES:
        found = _index([agree(line) for line in lines[start:]], [agree(line) for line in wanted])
        if found is not None:
            return start + found
    return None


def _index(lines: list[str], wanted: list[str]) -> int | None:
    """As one search in a text, which takes linear time whatever the lines are."""
    if not wanted:
        return 0
    text = _joined(lines)
    place = text.find(_joined(wanted))
    return None if place < 0 else text.count("\n", 0, place)


def _joined(lines: list[str]) -> str:
    return "\n" + "".join(f"{line}\n" for line in lines)
