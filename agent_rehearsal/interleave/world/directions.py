"""Directions of a test: messages by their names, when they may come, and what is cut after them.

They hold in every schedule: what a direction holds back is not on offer before, and counts from
then on as if it had been sent then. A piece is directed by what it completes; a message that shares
a piece with others takes them along. This module must not know the kernel.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from agent_rehearsal.interleave.kernel.cutting import How
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.story.frames import Reader
from agent_rehearsal.interleave.story.labels import PIECES
from agent_rehearsal.interleave.story.times import ms
from agent_rehearsal.interleave.trace import Sent, Trace

NEVER = inf
HOWS: tuple[How, ...] = ("reset", "close", "stall")
_SHOWN = 20
"""Names that are listed where one was not met."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """Who sends: servers or clients, of all connections or of those to a port or a path."""

    server: bool
    port: int | None = None
    path: str | None = None
    """The path of the last request on the connection, without its query."""

    def __str__(self) -> str:
        who = "the server" if self.server else "clients of the server"
        if self.path is not None:
            return f"{who} of {self.path}"
        if self.port is not None:
            return f"{who} at port {self.port}"
        return "any server" if self.server else "clients"


@dataclass(frozen=True, slots=True)
class Message:
    """A piece on its way, as directions see it."""

    sent: Sent
    names: tuple[str, ...]
    port: str
    """The server's, as text; its path for a UNIX socket."""
    path: str


@dataclass(frozen=True, slots=True)
class Named:
    """A message by its sender and its name."""

    side: Side
    name: str

    def sender(self, message: Message) -> bool:
        """Is it sent by that side?"""
        side = self.side
        return (
            message.sent.from_client != side.server
            and (side.port is None or message.port == str(side.port))
            and (side.path is None or message.path == side.path)
        )

    def __call__(self, message: Message) -> bool:
        """Is it this one?"""
        return self.name in message.names and self.sender(message)

    def __str__(self) -> str:
        return f"{self.name!r} of {self.side}"


class Direction(Protocol):
    """One direction, and how far it was met in the present run."""

    @property
    def unmet(self) -> Iterable[Named]:
        """The messages that it names and that did not come up."""
        ...

    def opens(self, message: Message) -> float:
        """Before when the message may not come."""
        ...

    def came(self, message: Message, now: float) -> How | None:
        """A message has come; is its connection cut by that?"""
        ...

    def relents(self, now: float) -> bool:
        """Nothing else can happen: what is held is let go; was anything?"""
        ...


@dataclass(slots=True)
class _Met:
    """What of a direction came up."""

    named: Named
    seen: bool = False

    @property
    def unmet(self) -> Iterable[Named]:
        """Its message, before that came up."""
        return () if self.seen else (self.named,)

    def opens(self, message: Message) -> float:
        """At once."""
        return 0.0

    def came(self, message: Message, now: float) -> How | None:
        """Nothing comes of it."""
        return None

    def relents(self, now: float) -> bool:
        """Nothing is held for ever."""
        return False


@dataclass(slots=True)
class Hold(_Met):
    """A message waits until another has come."""

    until: Named = field(kw_only=True)
    _opened: float = NEVER
    _holds: bool = False
    _reached: bool = False

    @property
    def unmet(self) -> Iterable[Named]:
        """The message, and what it waits for."""
        met = {self.named: self.seen, self.until: self._reached}
        return [each for each, seen in met.items() if not seen]

    def opens(self, message: Message) -> float:
        """When the other came."""
        if not self.named(message):
            return 0.0
        self.seen = self._holds = True
        return self._opened

    def came(self, message: Message, now: float) -> How | None:
        """The first of the others opens it."""
        if self.until(message):
            self._reached = True
            self._opened = min(self._opened, now)
        return None

    def relents(self, now: float) -> bool:
        """What waits in vain is let go."""
        if not self._holds or self._opened < NEVER:
            return False
        self._opened = now
        return True

    def __str__(self) -> str:
        return f"world.hold({self.named}, until {self.until})"


@dataclass(slots=True)
class Late(_Met):
    """Each message of a name comes at least so many seconds after it was sent."""

    by: float = field(kw_only=True)

    def opens(self, message: Message) -> float:
        """So much later than it was sent."""
        if not self.named(message):
            return 0.0
        self.seen = True
        return message.sent.at + self.by

    def __str__(self) -> str:
        return f"world.late({self.named}, by {ms(self.by)})"


@dataclass(slots=True)
class Cut(_Met):
    """The connection is cut once a message has come, the first time."""

    how: How = field(kw_only=True)

    def came(self, message: Message, now: float) -> How | None:
        """That is now."""
        if self.seen or not self.named(message):
            return None
        self.seen = True
        return self.how

    def __str__(self) -> str:
        return f"world.cut({self.named}, {self.how})"


class Unmet(AssertionError):
    """Directions named messages that never came up."""


class Directions:
    """The directions of one run, and the reading of its messages: a `kernel.Director`."""

    def __init__(self, trace: Trace, cut: Callable[[str, How], None]) -> None:
        """`cut` cuts the connection of a name, other than by a stall."""
        self._trace = trace
        self._cut = cut
        self._readers: dict[tuple[str, bool], Reader] = {}
        self._messages: dict[Key, Message] = {}
        self._given: list[Direction] = []
        self._stalled: set[str] = set()
        for sent in trace.sent.values():
            self.sent(sent)

    def give(self, direction: Direction) -> None:
        """One more; it holds for what comes from now on."""
        self._given.append(direction)

    def check(self) -> None:
        """Raises Unmet where a message of a direction never came up; says what did."""
        told = [self._told(each, named) for each in self._given for named in each.unmet]
        if told:
            raise Unmet("\n".join(told))

    # What the kernel asks.

    def sent(self, sent: Sent) -> None:
        """Reads a piece that was put on its way."""
        client = self._reader(sent.link, client=True)
        reader = client if sent.from_client else self._reader(sent.link, client=False)
        names: tuple[str, ...] = (PIECES[sent.piece],) if sent.piece in PIECES else ()
        if not names:
            reader.label(sent.data)
            names = reader.names
        server = self._trace.links[sent.link].server
        path = client.requests[-1].path if client.requests else ""
        port = server.rpartition(":")[2]
        self._messages[sent.key] = Message(sent, names, port, path)

    def opens(self, sent: Sent, now: float) -> float:
        """The latest that any direction says."""
        if sent.link in self._stalled:
            return NEVER
        message = self._messages[sent.key]
        return max((each.opens(message) for each in self._given), default=0.0)

    def came(self, sent: Sent, now: float) -> None:
        """Lets directions know, and cuts where one says so."""
        message = self._messages[sent.key]
        for each in self._given:
            how = each.came(message, now)
            if how == "stall":
                self._stalled.add(sent.link)
            elif how is not None:
                self._cut(sent.link, how)

    def relents(self, now: float) -> bool:
        """Lets go of what waits in vain."""
        return sum(each.relents(now) for each in self._given) > 0

    def _reader(self, link: str, *, client: bool) -> Reader:
        if (link, client) not in self._readers:
            shared = None if client else self._readers[link, True].requests
            self._readers[link, client] = Reader(client=client, requests=shared)
        return self._readers[link, client]

    def _told(self, direction: Direction, named: Named) -> str:
        seen = list(dict.fromkeys(self._names_of(named)))
        shown = ", ".join(seen[:_SHOWN]) + (", ..." if len(seen) > _SHOWN else "")
        return (
            f"{direction}: {named.name!r} never came up; {named.side} sent "
            f"{shown or 'nothing at all'}"
        )

    def _names_of(self, named: Named) -> Iterator[str]:
        for message in self._messages.values():
            if named.sender(message):
                yield from message.names
