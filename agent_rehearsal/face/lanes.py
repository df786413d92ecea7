"""The columns of a timeline: the agent, the harness, and a lane for each connection.

Says in which lane an entry stands and what stands beside it. Knows no text of an entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_rehearsal.journal import Entry

MOST = 8
"""Lanes of connections; more connections than that share them in turn."""
SIGNS = {
    ("in", ""): ">",
    ("out", ""): "<",
    ("", "gate"): "=",
    ("", "fault"): "!",
    ("", "finding"): "?",
    ("", "close"): "x",
}
"""What marks an entry in its lane, by its direction, else by its kind; `*` for the rest."""
LEGEND = "> from the client  < to it  * event  = gate  ! fault  ? finding  x end"
ALIVE = "|"
_AGENT, _HARNESS = "agent", "harness"


@dataclass(slots=True)
class _Life:
    """One connection's lane, and the sequence numbers between which it is alive."""

    lane: int
    first: int
    last: int


class Lanes:
    """The lanes that these entries need."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._lives: dict[str, _Life] = {}
        for entry in entries:
            self._note(entry)
        self._titles = [_AGENT, _HARNESS, *self._connection_titles()]
        cells = max((len(each) for each in self._lives), default=0) + 1
        self._widths = [
            max(len(each), 0 if at < 2 else cells) for at, each in enumerate(self._titles)
        ]

    def _note(self, entry: Entry) -> None:
        if entry.conn is None:
            return
        new = _Life(len(self._lives) % MOST, entry.seq, entry.seq)
        self._lives.setdefault(entry.conn.id, new).last = entry.seq

    def _connection_titles(self) -> list[str]:
        ids = list(self._lives)
        return [
            f"{each},.." if at + MOST < len(ids) else each for at, each in enumerate(ids[:MOST])
        ]

    @property
    def connections(self) -> list[str]:
        """The ids of the connections in the order of their first entry."""
        return list(self._lives)

    def head(self) -> str:
        """The titles of the lanes."""
        return self._joined(self._titles)

    def cells(self, entry: Entry) -> str:
        """The lanes beside `entry`: its sign in one, a line in those of living connections."""
        cells = [""] * len(self._titles)
        for life in self._lives.values():
            if life.first < entry.seq < life.last:
                cells[life.lane + 2] = ALIVE
        cells[self._lane(entry)] = f"{sign(entry)}{entry.conn.id if entry.conn else ''}"
        return self._joined(cells)

    def _lane(self, entry: Entry) -> int:
        if entry.conn is not None:
            return self._lives[entry.conn.id].lane + 2
        return self._titles.index(_AGENT if entry.source == "agent" else _HARNESS)

    def _joined(self, cells: Sequence[str]) -> str:
        return " ".join(f"{c:<{w}}" for c, w in zip(cells, self._widths, strict=True))


def sign(entry: Entry) -> str:
    """The sign of `entry`."""
    if entry.kind == "close":
        return SIGNS["", "close"]
    return SIGNS.get((entry.direction, ""), SIGNS.get(("", entry.kind), "*"))
