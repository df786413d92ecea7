"""Faults that are about single events: sent twice, in another order, broken inside, or somewhere
that a seed chooses.

Values and pure functions on steps. The faults that end a connection are in `script`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_rehearsal.wire.draw import Draw
from agent_rehearsal.wire.garbage import garbage
from agent_rehearsal.wire.rewrite import Encoded, Rewrite, next_events, places
from agent_rehearsal.wire.script import (
    Mark,
    Note,
    Raw,
    Send,
    Slice,
    Step,
    cut,
    half_close,
    reset,
)


@dataclass(frozen=True, slots=True)
class Duplicate(Rewrite):
    """The next event is sent twice."""

    @property
    def needs(self) -> int:
        """The one event."""
        return 1

    def rewrite(self, steps: Sequence[Step], encoded: Encoded) -> list[Step]:
        """The next event once more, before itself."""
        (at,) = next_events(self, steps)
        return [*steps[:at], Note("duplicate"), steps[at], *steps[at:]]

    def __repr__(self) -> str:
        return "duplicate()"


@dataclass(frozen=True, slots=True)
class Reorder(Rewrite):
    """The next events change places; what stands between them stays where it is."""

    count: int
    seed: int

    @property
    def needs(self) -> int:
        """The events that change places."""
        return self.count

    def rewrite(self, steps: Sequence[Step], encoded: Encoded) -> list[Step]:
        """The next events in an order that the seed gives."""
        found = next_events(self, steps)
        order = Draw(self.seed).order(self.count)
        moved = list(steps)
        for place, turn in zip(found, order, strict=True):
            moved[place] = steps[found[turn]]
        note = Note("reorder", {"order": order, "seed": self.seed})
        return [*moved[: found[0]], note, *moved[found[0] :]]

    def __repr__(self) -> str:
        return f"reorder({self.count}, seed={self.seed})"


@dataclass(frozen=True, slots=True)
class Within(Rewrite):
    """Marks in the middle of the next event."""

    marks: tuple[Mark, ...]
    at: int

    @property
    def needs(self) -> int:
        """The one event."""
        return 1

    def rewrite(self, steps: Sequence[Step], encoded: Encoded) -> list[Step]:
        """The next event in two parts with the marks between them."""
        span = _next_event(self, steps)
        sizes = [len(encoded(piece)) for _, piece in span]
        left = self._offset(sum(sizes))
        for (place, piece), size in zip(span, sizes, strict=True):
            if left < size:
                parts = _divided(piece, encoded(piece), left, self.marks)
                return [*steps[:place], *parts, *steps[place + 1 :]]
            left -= size
        raise AssertionError("an offset inside an event is in one of its parts")

    def _offset(self, size: int) -> int:
        offset = self.at if self.at >= 0 else size + self.at
        if not 0 < offset < size:
            raise ValueError(
                f"{self!r}: the next event has {size} bytes; expected 1 to {size - 1}, "
                f"or from its end -{size - 1} to -1"
            )
        return offset

    def __repr__(self) -> str:
        return f"within({', '.join(map(repr, self.marks))}, at={self.at})"


@dataclass(frozen=True, slots=True)
class AtRandom(Rewrite):
    """One of several faults, at one of the places in what follows."""

    seed: int
    faults: tuple[Mark, ...]

    def rewrite(self, steps: Sequence[Step], encoded: Encoded) -> list[Step]:
        """What follows, with the fault in it."""
        draw, found = Draw(self.seed), places(steps)
        fault = draw.choice(self._fitting(len(found)))
        marks: tuple[Mark, ...] = (
            Note("at_random", {"seed": self.seed, "fault": repr(fault)}),
            fault,
        )
        long = [place for place in found if _size(steps[place], encoded) > 1]
        if long and not isinstance(fault, Rewrite) and draw.below(2):
            place = draw.choice(long)
            at = 1 + draw.below(_size(steps[place], encoded) - 1)
            marks = (Within(marks, at),)
        else:
            place = draw.choice([*found, len(steps)][: len(found) + 1 - _needs(fault)])
        return [*steps[:place], *marks, *steps[place:]]

    def _fitting(self, events: int) -> list[Mark]:
        fitting = [fault for fault in self.faults if _needs(fault) <= events]
        if not fitting:
            raise ValueError(
                f"{self!r}: none of these faults fits into the {events} events that follow; "
                "put it at the beginning of the script, or give it cut()"
            )
        return fitting

    def __repr__(self) -> str:
        return f"at_random({self.seed}, faults={list(self.faults)})"


def duplicate() -> Duplicate:
    """Send the next event twice."""
    return Duplicate()


def reorder(count: int = 2, *, seed: int = 0) -> Reorder:
    """Send the next `count` events in another order: two are swapped, more are shuffled by `seed`.

    Raises ValueError for fewer than two.
    """
    if count < 2:
        raise ValueError(f"reorder({count}): expected 2 or more events")
    return Reorder(count, seed)


def within(*marks: Mark, at: int) -> Within:
    """Obey `marks` in the middle of the next event, after `at` of its bytes; below 0, so many bytes
    before its end.

    The bytes are those of the framed event in a stream, or of the payload on a WebSocket, where the
    parts are frames of one message. Raises TypeError for what is no such mark.
    """
    wrong = next((m for m in marks if isinstance(m, Rewrite) or not isinstance(m, Mark)), None)
    if wrong is not None:
        raise TypeError(f"within(): {wrong!r} has no meaning in an event; expected cut() or so")
    if not marks or at == 0:
        raise ValueError(f"within({marks!r}, at={at}): expected a mark, and an offset but 0")
    return Within(marks, at)


ANYWHERE: tuple[Mark, ...] = (cut(), reset(), half_close(), duplicate(), reorder(), garbage())
"""The faults that `at_random` chooses from unless told otherwise."""


def at_random(seed: int, *, faults: Sequence[Mark] = ANYWHERE) -> AtRandom:
    """Put one of `faults` somewhere into what follows: between two events, or inside of one.

    The same seed and script give the same fault in the same place; the journal has both. Raises
    ValueError for no faults, TypeError for what is no mark.
    """
    wrong = next((fault for fault in faults if not isinstance(fault, Mark)), None)
    if wrong is not None:
        raise TypeError(f"at_random(): {wrong!r} is no fault; expected cut(), garbage() or so")
    if not faults:
        raise ValueError("at_random(): expected one or more faults")
    return AtRandom(seed, tuple(faults))


def _needs(fault: Mark) -> int:
    return fault.needs if isinstance(fault, Rewrite) else 0


def _size(step: Step, encoded: Encoded) -> int:
    return len(encoded(step)) if isinstance(step, Send | Raw) else 0


def _next_event(mark: Within, steps: Sequence[Step]) -> list[tuple[int, Send | Raw]]:
    """The next event with its place, in the parts into which it was divided before."""
    found: list[tuple[int, Send | Raw]] = []
    for place, step in enumerate(steps):
        if isinstance(step, Send | Raw):
            found.append((place, step))
            if not isinstance(step, Slice) or step.last:
                return found
    next_events(mark, steps)
    return found


def _divided(piece: Send | Raw, data: bytes, at: int, marks: tuple[Mark, ...]) -> list[Step]:
    if at == 0:
        return [*marks, piece]
    first, last = (piece.first, piece.last) if isinstance(piece, Slice) else (True, True)
    return [
        Slice(data[:at], first=first, last=False),
        *marks,
        Slice(data[at:], first=False, last=last),
    ]
