"""What the reading of a direction has come to: what it completed since it was last asked, and what
it is in the midst of.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

Sort = Literal["head", "message", "end"]
"""`head`: a request line or a status; `message`: an event or a message with a name of its own;
`end`: a body without one, told only where there is nothing else to tell.
"""
_FEW = 2
"""Messages of one piece that are all named."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, without its query."""

    method: str
    path: str


@dataclass(slots=True)
class Progress:
    """Filled by the readers of a direction, emptied after each piece."""

    doing: str = ""
    """What the bytes are part of that come next; "" between two things."""
    requests: list[Request] = field(default_factory=list)
    """Every request of the connection, in order; both directions share the list."""
    names: tuple[str, ...] = ()
    """All that was completed by what was taken last, by its full name."""
    _done: list[tuple[Sort, str]] = field(default_factory=list)

    def done(self, sort: Sort, name: str) -> None:
        """Something is complete."""
        self._done.append((sort, name))

    def taken(self) -> str:
        """What was completed since the last call, in one line; "" where nothing was."""
        done, self._done = self._done, []
        self.names = tuple(name for _, name in done)
        told = [(sort, name) for sort, name in done if sort != "end"] or done[-1:]
        return ", ".join(_told(told))


def _told(done: Sequence[tuple[Sort, str]]) -> Iterator[str]:
    for sort, group in groupby(done, lambda each: each[0]):
        names = [name for _, name in group]
        if sort == "message" and len(names) > _FEW:
            yield _many(names)
        else:
            yield from names


def _many(names: Sequence[str]) -> str:
    ends = names[0] if len(set(names)) == 1 else f"{names[0]} … {names[-1]}"
    return f"{ends} ({len(names)} events)"
