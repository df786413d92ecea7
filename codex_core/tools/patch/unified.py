"""The difference of two texts as a unified diff, in bounded time. It knows no files."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

__all__ = ["unified_hunks"]

_CONTEXT = 3
_MOST_WORK = 1_000_000
"""Pairs of lines to compare; beyond, what differs is one block of removed and added lines."""

Opcode = tuple[str, int, int, int, int]


def unified_hunks(before: str, after: str) -> str:
    """The hunks that lead from one text to the other, without file names; "" for equal texts."""
    old, new = _lines(before), _lines(after)
    groups = _Comparison(old, new).get_grouped_opcodes(_CONTEXT)
    return "".join(line for group in groups for line in _hunk(group, old, new))


def _lines(text: str) -> list[str]:
    """The lines with their breaks; only a line feed breaks a line."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


class _Comparison(SequenceMatcher[str]):
    """Compares only what is between the common beginning and end."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        self._head = head
        self._ends = len(old) - tail, len(new) - tail, tail
        self._work = (len(old) - head - tail) * (len(new) - head - tail)
        super().__init__(None, old[head : len(old) - tail], new[head : len(new) - tail])

    def get_opcodes(self) -> list[Opcode]:  # type: ignore[override]
        """As the base's, for the whole texts."""
        head, (old, new, tail) = self._head, self._ends
        middle: Sequence[Opcode] = [("replace", 0, old - head, 0, new - head)]
        if self._work <= _MOST_WORK:
            middle = super().get_opcodes()
        whole: list[Opcode] = [
            ("equal", 0, head, 0, head),
            *((k, i + head, i2 + head, j + head, j2 + head) for k, i, i2, j, j2 in middle),
            ("equal", old, old + tail, new, new + tail),
        ]
        return [code for code in whole if code[1] < code[2] or code[3] < code[4]]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    pairs = zip(old, new, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))


def _hunk(group: Sequence[Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n"
    for kind, i1, i2, j1, j2 in group:
        if kind == "equal":
            yield from (_printed(" ", line) for line in old[i1:i2])
            continue
        yield from (_printed("-", line) for line in old[i1:i2])
        yield from (_printed("+", line) for line in new[j1:j2])


def _range(start: int, stop: int) -> str:
    """Line numbers of a hunk: from 1, but an empty range is told by the line before it."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _printed(mark: str, line: str) -> str:
    end = "" if line.endswith("\n") else "\n\\ No newline at end of file\n"
    return f"{mark}{line}{end}"
