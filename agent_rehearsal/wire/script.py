"""What a reply is made of: data to send, and marks that say how the wire behaves between two pieces
of data.

Values only. This module knows neither a transport nor an event loop; `player` gives the values
their meaning.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_CONTROL = 125
"""Bytes that a control frame may carry (RFC 6455, 5.5)."""


class Mark:
    """Something in a script that is not data: a gate, a delay, a fault or a fragmentation."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Send:
    """One event: the `data` of one server-sent event, or one WebSocket text frame."""

    payload: bytes
    """JSON, UTF-8."""
    type: str
    """The event's `type`, which SSE repeats in its `event:` line."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes put on the wire as they are: no framing on SSE, one text frame on WebSocket."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Slice(Raw):
    """A part of one event, as it stands on the wire; on a WebSocket, a frame of one message."""

    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Delay(Mark):
    """A pause in loop time, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Fault(Mark):
    """The end of a reply that no well-behaved server would choose, by its name in the journal."""

    name: str

    def __repr__(self) -> str:
        return f"{self.name}()"


@dataclass(frozen=True, slots=True)
class Note(Mark):
    """An entry of the journal about a fault in what follows; nothing else happens."""

    name: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Close(Mark):
    """An orderly WebSocket close with a code of the user's choice; on SSE it ends the body."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ping(Mark):
    """A WebSocket ping; in a stream of server-sent events a comment, which readers pass over."""

    data: bytes


@dataclass(frozen=True, slots=True)
class WithholdPongs(Mark):
    """From here on, pings of the client go unanswered."""

    def __repr__(self) -> str:
        return "withhold_pongs()"


@dataclass(frozen=True, slots=True)
class Fragment(Mark):
    """From here on, bytes leave in pieces of these sizes, in turn and over again."""

    sizes: tuple[int, ...]

    def __repr__(self) -> str:
        return f"fragment({list(self.sizes)})"


@dataclass(frozen=True, slots=True)
class SplitUtf8(Mark):
    """From here on, every character of several bytes is divided between two writes."""

    def __repr__(self) -> str:
        return "split_utf8()"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer, in place of a stream or of an accepted upgrade; it ends the script."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Step = Send | Raw | Mark | Answer
"""One element of a script that is ready to be played."""


def only_data(steps: Sequence[Step]) -> list[Send | Raw] | None:
    """`steps` where all of them are data, as in a script without a mark; else None."""
    data = [step for step in steps if isinstance(step, Send | Raw)]
    return data if len(data) == len(steps) else None


def raw(data: bytes) -> Raw:
    """Bytes to put on the wire as they are. Raises TypeError for what is not bytes."""
    if not isinstance(data, bytes):
        raise TypeError(f"raw({data!r}): expected bytes, such as raw(b': comment\\n\\n')")
    return Raw(data)


def delay(seconds: float) -> Delay:
    """Pause for `seconds` of loop time. Raises ValueError for a negative or non-finite time."""
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"delay({seconds!r}): expected a finite number of seconds, 0 or more")
    return Delay(seconds)


def cut() -> Fault:
    """End the connection without the terminator that the protocol asks for (FIN, no last chunk, no
    Close frame).
    """
    return Fault("cut")


def reset() -> Fault:
    """Abort the connection with a TCP RST."""
    return Fault("reset")


def half_close() -> Fault:
    """Send a FIN and nothing more, but read on until the client leaves or the server stops."""
    return Fault("half_close")


def stall() -> Fault:
    """Send nothing more; keep the connection open until the client leaves or the server stops."""
    return Fault("stall")


def close(code: int = 1000, reason: str = "") -> Close:
    """Send a WebSocket Close frame.

    Raises ValueError for a code that RFC 6455 does not let an endpoint send.
    """
    if not (1000 <= code <= 4999) or code in (1004, 1005, 1006, 1015):
        raise ValueError(f"close({code}): expected a close code from 1000 to 4999 that may be sent")
    if len(reason.encode()) > 123:
        raise ValueError(
            f"close({code}): the reason is {len(reason.encode())} bytes long, at most 123 fit"
        )
    return Close(code, reason)


def ping(data: bytes = b"") -> Ping:
    """Send a ping that the client is to answer with a pong of the same data (RFC 6455, 5.5.2).

    Both are in the journal: wait for the answer with `head("pong")`. Raises TypeError for what is
    not bytes, ValueError for more than 125 of them.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"ping({data!r}): expected bytes, such as ping(b'are you there')")
    if len(data) > _CONTROL:
        raise ValueError(f"ping(): the data is {len(data)} bytes long, at most {_CONTROL} fit")
    return Ping(data)


def withhold_pongs() -> WithholdPongs:
    """Answer no ping of the client from here on, as a peer that is gone; the connection stays."""
    return WithholdPongs()


def fragment(sizes: Sequence[int]) -> Fragment:
    """Send what follows in pieces of `sizes` bytes, one transport write each; on a WebSocket, each
    message in frames of these sizes.

    Raises ValueError for an empty or non-positive size.
    """
    if not sizes or any(size < 1 for size in sizes):
        raise ValueError(
            f"fragment({list(sizes)!r}): expected one or more sizes of at least 1 byte"
        )
    return Fragment(tuple(sizes))


def split_utf8() -> SplitUtf8:
    """Send what follows in pieces that end in the middle of a character, wherever one has more
    than one byte; a write each, on a WebSocket a frame each.
    """
    return SplitUtf8()
