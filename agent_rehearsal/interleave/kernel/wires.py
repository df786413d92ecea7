"""One direction of a connection: the pieces under way, in the order in which they were sent.

A piece is what one call handed to a socket, or one of the marks by which connections begin and end.
Pieces of one wire never overtake each other. This module must not know who decides when they come.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from agent_rehearsal.interleave.choice import Option
from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.trace import Piece, Sent


class Far(Protocol):
    """What a wire ends at."""

    def room_for(self, size: int) -> bool:
        """Does a piece of that many bytes fit into what has not been read yet?"""
        ...

    def take(self, wire: "Wire", sent: Sent) -> None:
        """The piece has come."""
        ...


class Wire:
    """`c1>s` or `c1<s`: `host` is where it ends, `bytes` counts what is under way."""

    __slots__ = (
        "bytes",
        "count",
        "far",
        "head",
        "host",
        "lane",
        "late",
        "opened",
        "queue",
        "sent_on",
    )

    def __init__(self, lane: str, host: str, far: Far, late: float) -> None:
        self.lane = lane
        self.host = host
        self.far = far
        self.late = late
        self.queue: deque[tuple[int, Sent]] = deque()
        self.count = 0
        self.bytes = 0
        self.head: Option | None = None
        self.opened = 0.0
        """Until when the oldest piece under way was held by a direction; 0 for most."""
        self.sent_on: Callable[[], None] | None = None
        """Called when a piece has come, and so there is room for another."""

    def put(self, order: int, piece: Piece, data: bytes, at: float, turn: int) -> Sent:
        """Sends a piece; `order` counts all that was ever sent in this run."""
        sent = Sent(Key(f"{self.lane}#{self.count}"), piece, data, at, turn)
        self.count += 1
        self.bytes += len(data)
        self.queue.append((order, sent))
        return sent

    def skip(self) -> None:
        """Counts a piece that this kind of connection does not have."""
        self.count += 1

    def oldest(self) -> Sent:
        """The oldest piece under way."""
        return self.queue[0][1]

    def order(self) -> int:
        """When the oldest piece under way was sent."""
        return self.queue[0][0]

    def can_arrive(self) -> bool:
        """Is there room at the far end for the oldest piece?"""
        size = len(self.queue[0][1].data)
        return size == 0 or self.far.room_for(size)

    def option(self) -> Option:
        """The arrival of the oldest piece."""
        if self.head is None:
            sent = self.queue[0][1]
            since = max(sent.at, self.opened)
            self.head = Option(
                key=sent.key,
                kind="wire",
                lane=self.lane,
                host=self.host,
                since=since,
                since_turn=sent.turn,
                due=since + self.late,
            )
        return self.head

    def take(self) -> Sent:
        """The oldest piece, which is no longer under way."""
        self.head = None
        self.opened = 0.0
        sent = self.queue.popleft()[1]
        self.bytes -= len(sent.data)
        return sent
