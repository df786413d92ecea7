"""Garbage: events that no reader can make sense of, each whole, so that the next one is sound.

Values and pure functions. The kinds stand in a table; a seed chooses one and its bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent_rehearsal.wire.draw import Draw
from agent_rehearsal.wire.rewrite import Encoded, Rewrite
from agent_rehearsal.wire.script import Note, Raw, Send, Step

_TYPE = "rehearsal.garbage"
_LINE_ENDS = b"\r\n"


def _noise(draw: Draw) -> bytes:
    """Some bytes, none of which ends a line."""
    size = 1 + draw.below(32)
    return bytes(byte for byte in (draw.below(256) for _ in range(size)) if byte not in _LINE_ENDS)


def _number(draw: Draw) -> bytes:
    return b"%d" % draw.below(1000)


KINDS: Mapping[str, Callable[[Draw], Send | Raw]] = {
    "half an object": lambda draw: Send(b'{"type":"rehearsal.garbage","n":%b' % _number(draw), ""),
    "not UTF-8": lambda draw: Send(b'{"type":"rehearsal.garbage","text":"\xff\xfe"}', _TYPE),
    "a number": lambda draw: Send(_number(draw), _TYPE),
    "a list": lambda draw: Send(b"[%b]" % _number(draw), _TYPE),
    "null": lambda draw: Send(b"null", _TYPE),
    "an unknown type": lambda draw: Send(b'{"type":"rehearsal.garbage","x":5}', _TYPE),
    "a type that is no text": lambda draw: Send(b'{"type":%b}' % _number(draw), _TYPE),
    "no data": lambda draw: Send(b"", _TYPE),
    "a field without a colon": lambda draw: Raw(b"data\n\n"),
    "an unknown field": lambda draw: Raw(b"dat: {}\n\n"),
    "noise as data": lambda draw: Send(_noise(draw), _TYPE),
    "noise": lambda draw: Raw(_noise(draw) + b"\n\n"),
}
"""The kinds of garbage by name. A WebSocket gets the payload, or the bytes, as one message."""


@dataclass(frozen=True, slots=True)
class Garbage(Rewrite):
    """One event that makes no sense."""

    seed: int

    @property
    def what(self) -> str:
        """The kind that the seed draws."""
        return Draw(self.seed).choice(list(KINDS))

    def rewrite(self, steps: Sequence[Step], encoded: Encoded) -> list[Step]:
        """The garbage, then what follows."""
        note = Note("garbage", {"what": self.what, "seed": self.seed})
        return [note, KINDS[self.what](Draw(~self.seed)), *steps]

    def __repr__(self) -> str:
        return f"garbage(seed={self.seed})"


def garbage(*, seed: int = 0) -> Garbage:
    """Send one event that cannot be read: broken JSON, a broken line, or bytes; `seed` says what.

    It is whole, so that a reader that passes it over finds the next event sound.
    """
    return Garbage(seed)
