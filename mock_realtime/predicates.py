"""Predicates that know the Realtime API; they compose with those of the journal."""

from dataclasses import dataclass

from agent_rehearsal.journal import Entry, Leaf, Predicate, Undecodable, as_predicate
from agent_rehearsal.wire import Test
from mock_realtime.views import MessageView


@dataclass(frozen=True, slots=True, repr=False)
class Opened(Leaf):
    """The upgrade of the entry's connection is one that is meant."""

    test: Predicate

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        opened = entry.conn.opened if entry.conn else None
        if opened is None:
            return 0.0, "it is on no connection"
        return None if self.test(opened) else (0.5, f"its connection began with {opened!r}")

    def __repr__(self) -> str:
        return f"opened({self.test!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Says(Leaf):
    """A message brings an item with a text in it."""

    text: str

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        if entry.kind != "frame":
            return 0.0, "it is no message"
        try:
            said = MessageView(entry).said if entry.json else None
        except Undecodable as error:
            return 0.0, str(error)
        if said is None:
            return 0.0, "it brings no item"
        return None if self.text in said else (0.5, f"its item says {said!r}")

    def __repr__(self) -> str:
        return f"says({self.text!r})"


def opened(test: Test) -> Predicate:
    """A message on a connection of whose upgrade `test` is true: `opened(header("agent"))`."""
    return Opened(as_predicate(test))


def says(text: str) -> Predicate:
    """A message that brings an item which says `text`: an input, or the output of a call."""
    return Says(text)
