"""The world of a directed test: what it may say of messages by their names, and what came of it.

One `World` lives as long as one run. This module must not know pytest, nor any server: whoever asks
says which side a thing stands for.
"""

import re
from collections.abc import Callable
from math import inf
from typing import Any, Protocol

from agent_rehearsal.interleave.kernel.cutting import How
from agent_rehearsal.interleave.kernel.kernel import Director
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.world.directions import (
    HOWS,
    Cut,
    Directions,
    Hold,
    Late,
    Named,
    Side,
)

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
Sides = Callable[[Any], Side | None]
"""Which side a thing stands for; None where it does not know the thing."""


def side_of(thing: Any) -> Side | None:
    """A `Side` is itself, a path such as "/v1/realtime" the server that is asked for it, and what
    has a `port` or a `base_url` the server there.
    """
    if isinstance(thing, Side):
        return thing
    if isinstance(thing, str):
        return Side(server=True, path=thing) if thing.startswith("/") else None
    port = getattr(thing, "port", None)
    if type(port) is not int:
        port = _port(str(getattr(thing, "base_url", "")))
    return None if port is None else Side(server=True, port=port)


def _port(url: str) -> int | None:
    """The port that a URL names: `http://127.0.0.1:49152/v1`."""
    address = url.partition("://")[2].partition("/")[0]
    port = address.rpartition(":")[2]
    return int(port) if port.isdecimal() else None


class Ground(Protocol):
    """Where a run takes place: a `Simulation`, or a `Stock` with real sockets."""

    trace: Trace
    outcomes: list[Any]

    def direct(self, director: Director) -> None:
        """Pieces come as it says from now on."""
        ...

    def cut(self, link: str, how: How) -> None:
        """Ends the connection of this name."""
        ...


class World:
    """Directs the messages of one run, and notes its outcomes."""

    def __init__(self, ground: Ground, sides: Sides = side_of) -> None:
        self._sides = sides
        self._outcomes = ground.outcomes
        self._directions = Directions(ground.trace, ground.cut)
        ground.direct(self._directions)

    def client(self, server: Any) -> Side:
        """The other side of a server: its clients, all that connect to it. Raises TypeError."""
        side = self._side(server)
        return Side(server=False, port=side.port, path=side.path)

    def hold(self, side: Any, message: str, *, until: tuple[Any, str]) -> None:
        """Each message of this name waits until the other one has come for the first time.

        `until` is the other one's side and name: `(codex, "tool.result")`. Raises TypeError for
        what is no side.
        """
        if not isinstance(until, tuple) or len(until) != 2:
            raise TypeError(f"world.hold(until={until!r}): expected a side and a message's name")
        other, name = until
        named = Named(self._side(side), _name(message))
        self._directions.give(Hold(named, until=Named(self._side(other), _name(name))))

    def late(self, side: Any, message: str, *, by: float) -> None:
        """Each message of this name comes `by` seconds late. Raises TypeError, ValueError."""
        if not isinstance(by, int | float) or not 0 < by < inf:
            raise ValueError(f"world.late(by={by!r}): expected a number of seconds above 0")
        self._directions.give(Late(Named(self._side(side), _name(message)), by=by))

    def cut(self, side: Any, *, after: str, how: How = "reset") -> None:
        """The connection is cut when a message of this name has come, the first time.

        `reset`: both sides are told; `close`: both sides hear the end of data; `stall`: nothing
        more comes, and nobody is told. Raises TypeError, ValueError.
        """
        if how not in HOWS:
            raise ValueError(f"world.cut(how={how!r}): expected one of {', '.join(HOWS)}")
        self._directions.give(Cut(Named(self._side(side), _name(after)), how=how))

    def outcome(self, value: Any) -> None:
        """Note what came of this run, by its `repr`: one of those that may come, not the one.

        Raises TypeError where that is another one in each run.
        """
        if _ADDRESS.search(repr(value)):
            raise TypeError(
                f"world.outcome({value!r}): its repr has an address in memory, which is another "
                "one in each run; give a text, a number, a tuple or a dataclass of those"
            )
        self._outcomes.append(value)

    def check(self) -> None:
        """Raises Unmet for a direction that named what never came up."""
        self._directions.check()

    def _side(self, thing: Any) -> Side:
        side = self._sides(thing)
        if side is None:
            raise TypeError(
                f"world: {thing!r} is no side; expected a mock server, an agent, a path such as "
                "'/v1/realtime', or world.client(...) of one of the servers"
            )
        return side


def _name(message: object) -> str:
    if not isinstance(message, str) or not message:
        raise TypeError(f"world: {message!r} is no name of a message, such as 'session.update'")
    return message
