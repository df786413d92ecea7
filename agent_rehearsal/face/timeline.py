"""A journal as a timeline: a row an entry, a lane for the agent, the harness and each connection.

Made for a log of plain text: bounded in width and in rows, secrets labelled, and whatever is left
out is counted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Any

from agent_rehearsal.face.lanes import LEGEND, Lanes
from agent_rehearsal.journal import Entry, Journal, Kind, Secrets
from agent_rehearsal.journal.decoding import text_of
from agent_rehearsal.journal.summary import brief, payload, printable

MOST_ROWS = 200
"""Rows that a timeline shows; the middle of a longer one is left out and counted."""
MOST_NAMED = 24
"""Connections that the head names."""
_WHOLE = frozenset({"finding", "fault"})
"""Kinds whose detail goes on below where it is longer than its row."""
_RUNS = frozenset({"chunk", "frame", "event"})
"""Kinds of which a run of the same type is one row."""
_LEAST_TEXT = 24
_LONGEST = 400
"""Characters of a detail that are looked at before it is cut to its row."""
_COLOURS: Mapping[Kind, str] = {
    "gate": "33",
    "fault": "1;31",
    "finding": "1;31",
    "close": "2",
    "event": "36",
}
"""SGR codes of the kinds that stand out."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, or a run of entries that differ in their payload only."""

    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        """The entry that gives the row its lane and time."""
        return self.entries[0]

    @property
    def number(self) -> str:
        """The sequence numbers: `12`, or `12-49`."""
        first, last = self.entries[0].seq, self.entries[-1].seq
        return str(first) if first == last else f"{first}-{last}"


def render(
    journal: Journal, *, width: int = 100, rows: int = MOST_ROWS, color: bool = False
) -> str:
    """The timeline of `journal` in lines of at most `width` characters where the lanes leave room.

    At most `rows` rows of entries, but at least two. `color` adds SGR codes and nothing else.
    """
    entries = list(journal)
    for entry in entries:
        journal.secrets.learn(entry)
    if not entries:
        return "timeline: the journal is empty; nothing reached the servers"
    page = _Page(entries, journal.secrets, width, color=color)
    dropped = journal.dropped
    notes = [f"  {dropped} older entries were dropped by the journal's cap"] if dropped else []
    return "\n".join([*page.head(), *notes, "", *page.body(rows)])


class _Page:
    """The lines of one timeline."""

    def __init__(
        self, entries: Sequence[Entry], secrets: Secrets, width: int, *, color: bool
    ) -> None:
        self._entries = entries
        self._secrets = secrets
        self._color = color
        self._lanes = Lanes(entries)
        self._rows = list(folded(entries))
        self._numbers = max(len(row.number) for row in self._rows)
        self._start = entries[0].at
        self._room = max(_LEAST_TEXT, width - len(self._columns("", "", self._lanes.head())))
        self._width = width

    def head(self) -> Iterator[str]:
        """What the timeline is of, and which connection is which."""
        took = self._entries[-1].at - self._start
        yield f"timeline: {_count(len(self._entries), 'entry', 'entries')} in {took:.3f} s"
        names = self._lanes.connections
        for name in names[:MOST_NAMED]:
            yield f"  {name} = {self._name(name)}"
        if len(names) > MOST_NAMED:
            yield f"  ... and {len(names) - MOST_NAMED} more connections"
        yield f"  {LEGEND}"

    def _name(self, name: str) -> str:
        own = [e for e in self._entries if e.conn and e.conn.id == name]
        asked = [e for e in own if e.kind in ("open", "request")]
        opened = own[0].conn.opened if own[0].conn else None
        if opened is None:
            return "(its opening is not recorded)"
        more = f" (and {len(asked) - 1} more)" if len(asked) > 1 else ""
        return brief(_without_version(opened.head), self._secrets, self._width - 24) + more

    def body(self, most: int) -> Iterator[str]:
        """The rows, without the middle of more than `most`."""
        yield self._columns("#", "s", self._lanes.head()).rstrip()
        kept = max(1, most // 2)
        if len(self._rows) <= 2 * kept:
            yield from map(self._line, self._rows)
            return
        yield from map(self._line, self._rows[:kept])
        yield _cut_note(self._rows[kept:-kept])
        yield from map(self._line, self._rows[-kept:])

    def _line(self, row: Row) -> str:
        entry = row.first
        time = f"{entry.at - self._start:.3f}"
        columns = self._columns(row.number, time, self._lanes.cells(entry))
        first, *rest = self._text(row)
        below = (" " * len(columns) + each for each in rest)
        line = "\n".join(each.rstrip() for each in (columns + first, *below))
        colour = _COLOURS.get(entry.kind) if self._color else None
        return f"\x1b[{colour}m{line}\x1b[0m" if colour else line

    def _columns(self, number: str, time: str, lanes: str) -> str:
        return f"{number:>{self._numbers}} {time:>8}  {lanes}  "

    def _text(self, row: Row) -> list[str]:
        entry = row.first
        times = f" x{len(row.entries)}" if len(row.entries) > 1 else ""
        title = printable(self._secrets.text(TITLES[entry.kind](entry))) + times
        text = f"{title}  {self._detail(row)}".rstrip()
        return wrap(text, self._room) if entry.kind in _WHOLE else [_cut(text, self._room)]

    def _detail(self, row: Row) -> str:
        if row.first.kind in _WHOLE:
            return brief(text_of(row.first.raw), self._secrets, _LONGEST)
        if len(row.entries) > 1:
            return brief(_deltas(row.entries), self._secrets, _LONGEST)
        return payload(row.first, self._secrets)


def folded(entries: Sequence[Entry]) -> Iterator[Row]:
    """The rows of `entries`: neighbours of one lane, direction and type are one row."""
    for run, group in groupby(entries, _run):
        if run is None:
            yield from (Row((entry,)) for entry in group)
        else:
            yield Row(tuple(group))


def _run(entry: Entry) -> tuple[object, ...] | None:
    if entry.kind not in _RUNS or (entry.type is None and entry.kind != "frame"):
        return None
    where = entry.conn.id if entry.conn else None
    return entry.source, entry.kind, where, entry.direction, entry.type or entry.head


def _deltas(entries: Sequence[Entry]) -> str:
    deltas = [entry.get("delta") for entry in entries]
    return "".join(each for each in deltas if isinstance(each, str))


def _without_version(head: str) -> str:
    return head.removesuffix(" HTTP/1.1").removesuffix(" HTTP/1.0")


def _state(entry: Entry) -> str:
    state = entry.get("state") or entry.get("level")
    return f" {state}" if isinstance(state, str) else ""


def _answer(entry: Entry) -> str:
    return f"{entry.head} (answers #{entry.re})" if entry.re else entry.head


TITLES: Mapping[Kind, Callable[[Entry], Any]] = {
    "open": lambda entry: f"upgrade {_without_version(entry.head)}",
    "request": lambda entry: _without_version(entry.head),
    "response": _answer,
    "chunk": lambda entry: entry.type or entry.head or "raw bytes",
    "frame": lambda entry: entry.type or entry.head,
    "gate": lambda entry: f"GATE {entry.head}{_state(entry)}",
    "fault": lambda entry: f"FAULT {entry.head}",
    "finding": lambda entry: f"FINDING {entry.head}{_state(entry)}",
    "close": lambda entry: f"end {_answer(entry)}",
    "event": lambda entry: entry.type or entry.head,
}
"""What an entry of each kind is called."""


def _cut_note(rows: Sequence[Row]) -> str:
    first, last = rows[0].entries[0].seq, rows[-1].entries[-1].seq
    return f"... {_count(len(rows), 'row', 'rows')} left out, entries #{first} to #{last} ..."


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 3].rstrip(' .')}..."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
