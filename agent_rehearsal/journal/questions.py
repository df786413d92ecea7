"""The ready-made predicates: what a payload carries, what an entry is, and where it belongs.

Each is a function that checks its argument and makes a value that prints as the call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.journal import paths
from agent_rehearsal.journal.decoding import Undecodable
from agent_rehearsal.journal.entry import (
    KINDS,
    SOURCES,
    Connection,
    Direction,
    Entry,
    Kind,
    Source,
)
from agent_rehearsal.journal.pattern import differ, shown
from agent_rehearsal.journal.predicates import Leaf, Predicate

_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True, repr=False)
class Carries(Leaf):
    """The JSON payload has a value at a path."""

    path: paths.Path
    nonempty: bool

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        try:
            payload = entry.json
        except Undecodable as error:
            return 0.0, str(error)
        found = list(paths.find(payload, self.path))
        if any(not self.nonempty or value not in _EMPTY for value in found):
            return None
        if found:
            return 0.9, f"it is there, but empty: {found[0]!r}"
        depth, detail = paths.reach(payload, self.path)
        return depth / len(paths.split(self.path)), detail

    def __repr__(self) -> str:
        return f"carries({self.path!r}{', nonempty=True' if self.nonempty else ''})"


@dataclass(frozen=True, slots=True, repr=False)
class Like(Leaf):
    """The JSON payload agrees with a pattern."""

    pattern: Mapping[str, Any]

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        try:
            payload = entry.json
        except Undecodable as error:
            return 0.0, str(error)
        difference = differ(self.pattern, payload)
        return (0.5, difference) if difference else None

    def __hash__(self) -> int:
        return hash(frozenset(self.pattern))

    def __repr__(self) -> str:
        return f"like({shown(self.pattern)})"


@dataclass(frozen=True, slots=True, repr=False)
class Has(Leaf):
    """An attribute of the entry has one value."""

    name: str
    attribute: str
    value: Any

    def __call__(self, entry: Entry) -> bool:
        return bool(getattr(entry, self.attribute) == self.value)

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        found = getattr(entry, self.attribute)
        return None if found == self.value else (0.0, f"its {self.attribute} is {found!r}")

    def __repr__(self) -> str:
        return f"{self.name}({self.value!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Header(Leaf):
    """A header is there, with a value if one is asked for."""

    name: str
    value: str | None

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        found = entry.header(self.name)
        if found is None:
            return 0.0, f"no header {self.name!r}"
        return None if self.value in (None, found) else (0.5, f"{self.name} is {found!r}")

    def __repr__(self) -> str:
        return f"header({self.name!r}{'' if self.value is None else f', {self.value!r}'})"


@dataclass(frozen=True, slots=True, repr=False)
class On(Leaf):
    """The entry belongs to one connection."""

    id: str

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        found = entry.conn.id if entry.conn else "no connection"
        return None if found == self.id else (0.0, f"it is on {found}")

    def __repr__(self) -> str:
        return f"on({self.id!r})"


def carries(path: paths.Path, *, nonempty: bool = False) -> Predicate:
    """The JSON payload has `path` (dots; `*` for any element).

    It may be empty (null, or a string, list or object without content) unless `nonempty`.
    Raises ValueError or TypeError for what is no path.
    """
    paths.split(path)
    return Carries(path, nonempty)


def like(pattern: Mapping[str, Any]) -> Predicate:
    """The JSON payload agrees with `pattern`.

    Keys that the pattern lacks do not matter, lists agree element by element, `...` with anything;
    a callable is asked about the value. Raises TypeError for a pattern that is no mapping.
    """
    if not isinstance(pattern, Mapping):
        raise TypeError(f"like({pattern!r}): expected a mapping, such as {{'type': 'message'}}")
    return Like(pattern)


def of_type(type_: str) -> Predicate:
    """The JSON payload's `type` is `type_`."""
    return Has("of_type", "type", type_)


def on(conn: "Connection | Entry | str | Any") -> Predicate:
    """The entry is on a connection: a `Connection`, its id, or an entry or view of it."""
    entry = getattr(conn, "entry", conn)
    found = entry.conn if isinstance(entry, Entry) else entry
    id_ = found.id if isinstance(found, Connection) else found
    if not isinstance(id_, str):
        raise TypeError(f"on({conn!r}): expected a Connection, its id, or an entry on one")
    return On(id_)


def kind(name: Kind) -> Predicate:
    """The entry is of one kind. Raises ValueError that lists the kinds."""
    if name not in KINDS:
        raise ValueError(f"kind({name!r}): expected one of {', '.join(KINDS)}")
    return Has("kind", "kind", name)


def source(name: Source) -> Predicate:
    """The entry is of one source. Raises ValueError that lists the sources."""
    if name not in SOURCES:
        raise ValueError(f"source({name!r}): expected one of {', '.join(SOURCES)}")
    return Has("source", "source", name)


def direction(name: Direction) -> Predicate:
    """The entry went `in` (from the client), `out` (to it), or neither way (empty)."""
    if name not in ("in", "out", ""):
        raise ValueError(f"direction({name!r}): expected 'in', 'out' or ''")
    return Has("direction", "direction", name)


def path(name: str) -> Predicate:
    """The entry is a request or an upgrade of one path, without its query."""
    return Has("path", "path", name)


def head(text: str) -> Predicate:
    """The entry's head is `text`: a request or status line, an opcode, or a name."""
    return Has("head", "head", text)


def header(name: str, value: str | None = None) -> Predicate:
    """A header is there, by any spelling of its name; with `value`, exactly that one."""
    return Header(name, value)
