"""The WebSockets of the Responses API: what each has completed, and what speaks against a request
that comes on one.

Sans-IO over the entries of the journal. What a client is told is not known here.
"""

from collections.abc import Callable

from agent_rehearsal.journal import Connection, Entry
from agent_rehearsal.wire import Watch
from mock_responses.continuation import Continuation
from mock_responses.history import History
from mock_responses.views import CREATE, body_of

_LISTED = 5
"""Ids of complete responses that are named where another one was meant."""


class Line(Watch):
    """One WebSocket."""

    def __init__(self, conn: Connection | None, elsewhere: Callable[[object], History | None]):
        self.conn = conn
        self.chain = Continuation()
        self._elsewhere = elsewhere
        if conn is not None:
            conn.session = self.chain.befores

    def came(self, entry: Entry) -> None:
        """Take a message, if it is a request."""
        if _is_request(entry):
            self.chain.asked(entry, self._kept_elsewhere(entry))

    def late(self, entry: Entry) -> None:
        """Take a message that nobody answers, if it is a request."""
        if _is_request(entry):
            self.chain.noted(entry, self._kept_elsewhere(entry))

    def _kept_elsewhere(self, entry: Entry) -> History | None:
        id = body_of(entry).get("previous_response_id")
        known = id is None or self.chain.known(id) is not None
        return None if known else self._elsewhere(id)

    def sent(self, entry: Entry) -> None:
        """Take what goes out."""
        self.chain.sent(entry)

    def talked(self, unread: list[Entry]) -> None:
        """A coroutine answered what it read."""
        self.chain.settle(unread)

    def overlapped(self, entry: Entry) -> Entry | None:
        """The request that is still being answered when `entry` comes.

        Requests with different values of `stream_id` may overlap.
        """
        running = self.chain.running
        if running is None or running is entry:
            return None
        apart = body_of(running).get("stream_id") != body_of(entry).get("stream_id")
        return None if apart else running


def _is_request(entry: Entry) -> bool:
    return entry.head == "text" and body_of(entry).get("type") == CREATE


class Lines:
    """All WebSockets so far. `stored` finds a response that is kept, whatever it came over."""

    def __init__(self, stored: Callable[[str], History | None]) -> None:
        self._stored = stored
        self._lines: dict[str, Line] = {}

    def add(self, conn: Connection | None) -> Line:
        """A WebSocket that was just accepted."""
        line = Line(conn, self._kept)
        if conn is not None:
            self._lines[conn.id] = line
        return line

    def of(self, entry: Entry) -> Line | None:
        """The WebSocket that an entry came on."""
        return self._lines.get(entry.conn.id) if entry.conn else None

    def unknown(self, entry: Entry) -> tuple[str, tuple[Entry, ...]] | None:
        """Why the `previous_response_id` of a request stands for nothing: in words, and the entries
        that show it. None where there is no such id, or it stands for something.
        """
        id, line = body_of(entry).get("previous_response_id"), self.of(entry)
        if id is None or line is None or entry.seq in line.chain.befores:
            return None
        reason, shown = self._reason(id, line)
        text = (
            f"{entry!r} goes on from {id!r}, {reason}; send the whole input without "
            "previous_response_id, as after every error and on every new connection"
        )
        return text, (*shown, entry)

    def _reason(self, id: object, line: Line) -> tuple[str, tuple[Entry, ...]]:
        if (end := line.chain.end_of(id)) is not None:
            return f"which {end!r} ended with {end.type}: it is not complete", (end,)
        for other in self._lines.values():
            if (end := other.chain.end_of(id)) is not None:
                return f"which {end!r} ended on another connection, and it is not stored", (end,)
        known = ", ".join(map(repr, line.chain.ids[-_LISTED:])) or "none"
        return f"which no response has; complete on this connection: {known}", ()

    def _kept(self, id: object) -> History | None:
        """What a response stands for that was stored, whatever it came over."""
        return self._stored(id) if isinstance(id, str) else None
