"""The WebSockets of one mock that are open: which of them is meant, by what it is.

A book of who is there. It neither accepts nor ends a connection.
"""

from collections.abc import Callable, Iterator

from agent_rehearsal.journal import Connection, Entry, Journal, as_predicate, direction, on
from agent_rehearsal.wire.rules import ask
from agent_rehearsal.wire.view import View
from agent_rehearsal.wire.websocket import Socket

Where = Connection | Entry | View | str | Callable[[Entry], bool]
"""A connection, its id, an entry or view of it; or a condition that is true of its upgrade or of a
message that came on it."""


class OpenSockets:
    """The open sockets, in the order in which they were accepted."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._open: list[Socket] = []

    def add(self, socket: Socket) -> None:
        """A socket is open."""
        self._open.append(socket)

    def remove(self, socket: Socket) -> None:
        """It is no more."""
        self._open.remove(socket)

    def one(self, where: Where) -> Socket:
        """The socket that is meant.

        Raises LookupError, which lists the open ones, unless it is exactly one; PredicateError for
        a condition that raises.
        """
        means = as_predicate(where) if callable(where) else on(where)
        found = [
            socket
            for socket in self._open
            if not socket.left and any(ask(means, e, "push()") for e in self._heard(socket))
        ]
        if len(found) != 1:
            raise LookupError(
                f"push(): {len(found) or 'no'} open WebSocket{'s are' if found else ' is'} meant "
                f"by {means!r}; open are: {self._listing()}. Name one that is open, such as "
                "push(view, ...)"
            )
        return found[0]

    def _heard(self, socket: Socket) -> Iterator[Entry]:
        yield socket.entry
        if socket.conn is not None:
            incoming = on(socket.conn) & direction("in")
            yield from self._journal.select(incoming, after=socket.entry)

    def _listing(self) -> str:
        return ", ".join(repr(s.entry) for s in self._open if not s.left) or "none"
