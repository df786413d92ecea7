"""A predicate for the WebSockets that join a call; it composes with those of the journal."""

from dataclasses import dataclass

from agent_rehearsal.journal import Entry, Leaf, Predicate

QUERY = "call_id"
"""The query parameter by which a WebSocket joins a call."""


@dataclass(frozen=True, slots=True, repr=False)
class Joins(Leaf):
    """An upgrade that joins a call."""

    call_id: str | None

    def miss(self, entry: Entry) -> tuple[float, str] | None:
        found = entry.query.get(QUERY)
        if entry.kind != "open" or found is None:
            return 0.0, "it joins no call"
        return None if self.call_id in (None, found) else (0.5, f"it joins {found!r}")

    def __repr__(self) -> str:
        return f"joins({'' if self.call_id is None else repr(self.call_id)})"


def joins(call_id: str | None = None) -> Predicate:
    """An upgrade that joins the call with this id, or any call."""
    return Joins(call_id)
