"""How long each thing is kept on a real machine, and the pieces that wait behind one another.

What `delays` and directions do to a simulated run. Must not know sockets; of the event loop it
takes the time, the turn and timers.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from agent_rehearsal.interleave.kernel.kernel import NEVER, Director
from agent_rehearsal.interleave.keys import Delay, Key
from agent_rehearsal.interleave.trace import Piece as Kind
from agent_rehearsal.interleave.trace import Sent

NEAR = 5e-5
"""Seconds by which a timer of a real loop may come early."""
RETRY = 1e-3
"""Seconds until a full socket is tried again."""
Emit = Callable[[], bool]
"""Lets a piece go; False where there was no room for all of it."""


class Turning(Protocol):
    """What is asked of an event loop."""

    turn: int

    def time(self) -> float: ...

    def call_at(self, when: float, callback: Callable[..., object], *args: Any) -> object: ...

    def call_soon(self, callback: Callable[..., object], *args: Any) -> object: ...


class Paces:
    """The delays of a schedule; `met` are the keys of it that came up, `gone` what was let go."""

    def __init__(self, delays: Mapping[Key, Delay], late: float) -> None:
        self.met: set[Key] = set()
        self.director: Director | None = None
        self._delays = delays
        self._late = late
        self._wanted = {delay.after for delay in delays.values() if delay.after is not None}
        self._gone: set[Key] = set()
        self._waiting: dict[Key | None, list[Callable[[], object]]] = {}

    def delays(self, key: Key) -> bool:
        """Does the schedule keep this for a time?"""
        return key in self._delays

    def may_hold(self, key: Key) -> bool:
        """Might this be kept for a time?"""
        return key in self._delays or self.director is not None

    def given(self, sent: Sent) -> None:
        """It was handed over, and may go when it is `free`."""
        if self.director is not None:
            self.director.sent(sent)

    def let_go(self, key: Key) -> None:
        """It is on its way, and so there, but for what loopback takes."""
        if key in self._wanted:
            self._gone.add(key)
            self._wake(key)

    def came(self, sent: Sent, now: float) -> None:
        """As `let_go`, of what was `given`."""
        self.let_go(sent.key)
        if self.director is not None:
            self.director.came(sent, now)
            self._wake(None)

    def free(self, sent: Sent, loop: Turning, again: Callable[[], object]) -> bool:
        """May the piece go? If not, `again` is called when that is to be asked again."""
        opens = 0.0
        if self.director is not None:
            opens = self.director.opens(sent, loop.time() + NEAR)
        if opens == NEVER:
            self._await(None, loop, again)
        elif opens > loop.time() + NEAR:
            loop.call_at(opens, again)
        else:
            return self.has_waited(sent, max(sent.at, opens), loop, again)
        return False

    def has_waited(
        self, sent: Sent, since: float, loop: Turning, again: Callable[[], object]
    ) -> bool:
        """Has it, since this time, for as long as the schedule says? Else `again` is called."""
        delay = self._delays.get(sent.key)
        if delay is None:
            return True
        self.met.add(sent.key)
        now, due = loop.time() + NEAR, since + self._late
        if now >= due:
            return True
        if delay.after is not None and delay.after not in self._gone:
            self._await(delay.after, loop, again)
            loop.call_at(due, again)
        elif now < since + delay.dt:
            loop.call_at(min(since + delay.dt, due), again)
        elif loop.turn - sent.turn < delay.turns:
            loop.call_soon(again)
        else:
            return True
        return False

    def _await(self, key: Key | None, loop: Turning, again: Callable[[], object]) -> None:
        """Asks again when a piece of this name has gone; with None, when any has."""
        self._waiting.setdefault(key, []).append(lambda: loop.call_soon(again))

    def _wake(self, key: Key | None) -> None:
        for soon in self._waiting.pop(key, ()):
            soon()


@dataclass(slots=True)
class Piece:
    """What a program handed to a socket, until it goes; a `sent` of None is no piece of its own."""

    sent: Sent | None
    emit: Emit


class Lane:
    """One direction of a real connection: `c1>s`. Nothing in it overtakes anything."""

    def __init__(self, name: str, first: int, paces: Paces, loop: Turning) -> None:
        """`first`: the number of the first piece after those by which a connection begins."""
        self._name = name
        self._count = first
        self._paces = paces
        self._loop = loop
        self._queue: deque[Piece] = deque()

    @property
    def empty(self) -> bool:
        """Does nothing wait?"""
        return not self._queue

    @property
    def flows(self) -> bool:
        """Does the next piece go at once?"""
        return not self._queue and not self._paces.may_hold(self._next())

    def sent(self) -> None:
        """A piece went at once."""
        key = self._next()
        self._count += 1
        self._paces.let_go(key)

    def put(self, emit: Emit, kind: Kind = "data", data: bytes = b"") -> None:
        """A piece that goes when it may, behind those before it."""
        sent = Sent(self._next(), kind, data, self._loop.time(), self._loop.turn)
        self._count += 1
        self._paces.given(sent)
        self._add(Piece(sent, emit))

    def add(self, emit: Emit) -> None:
        """Something that is done behind the pieces before it."""
        self._add(Piece(None, emit))

    def _add(self, piece: Piece) -> None:
        self._queue.append(piece)
        if len(self._queue) == 1:
            self._go()

    def _next(self) -> Key:
        return Key(f"{self._name}#{self._count}")

    def _go(self) -> None:
        while self._queue:
            piece = self._queue[0]
            if piece.sent and not self._paces.free(piece.sent, self._loop, self._go):
                return
            if not piece.emit():
                self._loop.call_at(self._loop.time() + RETRY, self._go)
                return
            self._queue.popleft()
            if piece.sent:
                self._paces.came(piece.sent, self._loop.time())
