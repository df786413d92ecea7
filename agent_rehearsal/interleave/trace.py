"""What happened in one run, as values: connections, pieces sent, and the steps in their order.

Filled by the simulation, read by everything that explains, compares, shrinks or replays a run. This
module must not know how a run is made.

Two runs on one version of Python, with the same libraries, are the same where their digests are.
On another version the same program may take more turns or fewer from one message to the next: from
3.12 on aiohttp has tasks begin at once for which 3.11 takes a turn. A turn takes a microsecond, so
times move along, and the digest is another. Between versions only `arrivals` are compared: the same
messages come, in the same order.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

import msgspec

from agent_rehearsal.interleave.keys import Key

Piece = Literal["syn", "syn-ack", "data", "fin", "rst"]
"""What travels in a connection, one direction at a time."""
What = Literal["send", "arrive", "timer", "job", "turn", "task"]
"""What a step is: a piece was sent or arrived, time passed to a timer, an executor job ended, the
loop ran a turn, a task's step was taken out of order.
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A connection: its name (`c1`) and both addresses, `host:port` or a UNIX path."""

    name: str
    client: str
    server: str


class Sent(msgspec.Struct, gc=False):
    """A piece that one side handed to its socket in one call.

    Times are virtual seconds since the run began; `arrived` is None while it is under way.
    """

    key: Key
    piece: Piece
    data: bytes
    at: float
    turn: int
    arrived: float | None = None
    arrived_turn: int | None = None

    @property
    def link(self) -> str:
        """The name of its connection: `c1`."""
        return self.key.partition(">" if self.from_client else "<")[0]

    @property
    def from_client(self) -> bool:
        """Did the side send it that opened the connection?"""
        return ">" in self.key


class Step(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened, at a virtual time and in a turn of the loop."""

    what: What
    key: Key
    at: float
    turn: int


@dataclass(slots=True)
class Trace:
    """Everything that happened in a run, in its order."""

    links: dict[str, Link] = field(default_factory=dict)
    sent: dict[Key, Sent] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def arrivals(self) -> tuple[Key, ...]:
        """The names of what arrived and of the jobs that ended, in that order: for comparing runs
        on any versions of Python.
        """
        return tuple(step.key for step in self.steps if step.what in ("arrive", "job"))

    def digest(self) -> str:
        """A text that is equal for runs in which the same happened at the same times and turns: for
        comparing runs on one version of Python.
        """
        hashed = blake2b(digest_size=8)
        for step in self.steps:
            hashed.update(f"{step.what} {step.key} {step.at:.9f} {step.turn}\n".encode())
        return hashed.hexdigest()
