"""One WebSocket as a chain of responses: which of them are complete, and what a request on it goes
on from.

Sans-IO: the entries of the connection go in, in order. A response counts from its
`response.completed` on; its items are those of its `response.output_item.done` events.
"""

import re
from collections import deque
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import msgspec

from agent_rehearsal.journal import Entry
from mock_responses.history import Histories, History, Json
from mock_responses.views import body_of, input_of

_TELLING = re.compile(
    rb'response\.(?:created|completed|incomplete|failed|cancelled|output_item\.done)|"error"'
)
"""What a message must have in it to say something; the rest are pieces of texts."""
_ENDING: Final = frozenset(
    {"response.incomplete", "response.failed", "response.cancelled", "error"}
)
"""The events that end a response which nothing can go on from."""


class Turn:
    """One request and what has been sent of its response; without a request, what was pushed."""

    def __init__(self, entry: Entry | None, before: History | None) -> None:
        self.entry = entry
        self.before = before
        self.ids: set[str] = set()
        """The ids under which the response went."""
        self.items: list[Json] = []

    @property
    def stored(self) -> bool:
        """Whether the API keeps the response: it does unless the request forbids it."""
        return self.entry is not None and body_of(self.entry).get("store") is not False

    def history(self, output: Any) -> History:
        """All items up to the end of this response; `output` is what its last event lists."""
        given = input_of(body_of(self.entry)) if self.entry else []
        made = self.items or _objects(output)
        return History(self.before, tuple(given), tuple(made))


class Complete(NamedTuple):
    """A response that a request can go on from."""

    history: History
    end: Entry
    """Its last event."""
    stored: bool


class Ended(NamedTuple):
    """What was sent has ended a response."""

    entry: Entry | None
    """Its request."""
    history: History | None
    """What it stands for, if it is complete."""


class Continuation:
    """What one connection has completed."""

    def __init__(self) -> None:
        self.befores = Histories()
        self.requests = 0
        """How many requests have come."""
        self._waiting: deque[Turn] = deque()
        self._complete: dict[str, Complete] = {}
        self._ended: dict[str, Entry] = {}
        self._loose = Turn(None, None)
        self._data = b""
        """The message that was sent last, as far as it was sent."""

    @property
    def running(self) -> Entry | None:
        """The request that is being answered, or is next."""
        return self._waiting[0].entry if self._waiting else None

    def known(self, id: object) -> History | None:
        """What a complete response of this connection stands for."""
        found = self._complete.get(id) if isinstance(id, str) else None
        return found.history if found else None

    def kept(self, id: str) -> History | None:
        """As `known`, for a response that other connections may go on from."""
        found = self._complete.get(id)
        return found.history if found and found.stored else None

    @property
    def ids(self) -> list[str]:
        """The ids of the complete responses, in order."""
        return list(self._complete)

    def end_of(self, id: object) -> Entry | None:
        """The event with which a response of this connection ended, however it did."""
        if not isinstance(id, str):
            return None
        return self._complete[id].end if id in self._complete else self._ended.get(id)

    def noted(self, entry: Entry, before: History | None = None) -> History | None:
        """What a request goes on from, kept for who reads it; `before` is for one that goes on from
        another connection's response.
        """
        before = self.known(body_of(entry).get("previous_response_id")) or before
        if before is not None:
            self.befores[entry.seq] = before
        return before

    def asked(self, entry: Entry, before: History | None = None) -> None:
        """Take a request that is to be answered; `before` as of `noted`."""
        before = self.noted(entry, before)
        self.requests += 1
        self._waiting.append(Turn(entry, before))

    def settle(self, unread: Iterable[Entry]) -> None:
        """Take note that of the requests so far only these still wait for an answer."""
        left = {entry.seq for entry in unread}
        self._waiting = deque(t for t in self._waiting if t.entry and t.entry.seq in left)

    def sent(self, entry: Entry) -> Ended | None:
        """Take a message that is sent, or a part of one; the response that it ends, if any."""
        self._data = self._data + entry.raw if entry.head == "continuation" else entry.raw
        if not _TELLING.search(self._data):
            return None
        try:
            event = msgspec.json.decode(self._data)
        except (ValueError, RecursionError):
            return None
        return self._hear(entry, event) if isinstance(event, dict) else None

    def _hear(self, entry: Entry, event: Json) -> Ended | None:
        turn = self._waiting[0] if self._waiting else self._loose
        response = event.get("response")
        response = response if isinstance(response, dict) else {}
        if isinstance(id := response.get("id"), str):
            turn.ids.add(id)
        kind = event.get("type")
        if kind == "response.output_item.done":
            turn.items += _objects([event.get("item")])
        elif kind == "response.completed":
            made = Complete(turn.history(response.get("output")), entry, turn.stored)
            repeated = turn is self._loose and turn.ids <= self._complete.keys()
            if not repeated:
                self._complete.update(dict.fromkeys(turn.ids, made))
            return self._over(made.history)
        elif isinstance(kind, str) and kind in _ENDING:
            self._ended.update(dict.fromkeys(turn.ids, entry))
            return self._over(None)
        return None

    def _over(self, history: History | None) -> Ended:
        if self._waiting:
            return Ended(self._waiting.popleft().entry, history)
        self._loose = Turn(None, None)
        return Ended(None, history)


def _objects(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
