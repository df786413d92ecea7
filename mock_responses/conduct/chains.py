"""What the requests on WebSockets go on from, read out of the journal alone.

Sans-IO. It keeps the facts of the last few requests, so that the next one costs what is new in it.
"""

from collections import defaultdict
from typing import Final

from agent_rehearsal.journal import Entry
from mock_responses.conduct.facts import Facts
from mock_responses.continuation import Continuation, Ended
from mock_responses.history import History
from mock_responses.views import body_of

_MOST: Final = 64
"""Requests whose facts are at hand; those of others are made anew from their items."""


class Chains:
    """The WebSockets of one journal."""

    def __init__(self) -> None:
        self._on: defaultdict[str, Continuation] = defaultdict(Continuation)
        self._facts: dict[History, Facts] = {}

    def asked(self, entry: Entry) -> tuple[History | None, Facts | None]:
        """Take a request: what it goes on from, and the facts of the request before."""
        chain = self._chain(entry)
        chain.asked(entry, self._elsewhere(body_of(entry).get("previous_response_id")))
        before = chain.befores.get(entry.seq)
        return before, None if before is None else self._facts.get(before)

    def sent(self, entry: Entry) -> Ended | None:
        """Take a message that went out; the response that it ends, if any."""
        return self._chain(entry).sent(entry)

    def keep(self, history: History, facts: Facts) -> None:
        """Remember the facts of the request whose response completes a history."""
        self._facts[history] = facts
        if len(self._facts) > _MOST:
            del self._facts[next(iter(self._facts))]

    def _chain(self, entry: Entry) -> Continuation:
        return self._on[entry.conn.id if entry.conn else ""]

    def _elsewhere(self, id: object) -> History | None:
        if not isinstance(id, str):
            return None
        return next(filter(None, (chain.kept(id) for chain in self._on.values())), None)
