"""Marks that change what follows them, and how a script with such marks becomes one without.

Sans-IO: steps go in, steps come out. What each of these marks means is in `faults`, `garbage` and
`pacing`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence

from agent_rehearsal.wire.script import Mark, Raw, Send, Slice, Step

Encoded = Callable[[Send | Raw], bytes]
"""The bytes of a piece as they stand in a reply: a framed event, or the payload of a message."""


class Rewrite(Mark, ABC):
    """A mark that takes its effect on the steps after it, before they are played."""

    __slots__ = ()

    @property
    def needs(self) -> int:
        """How many events have to follow."""
        return 0

    @abstractmethod
    def rewrite(self, steps: Sequence[Step], encoded: Encoded) -> list[Step]:
        """All that follows the mark, changed. Raises ValueError where too little follows."""


def rewritten(steps: Iterable[Step], encoded: Encoded) -> Iterator[Step]:
    """`steps` with the effect of each rewriting mark in its place; the first mark acts first."""
    rest, at = list(steps), 0
    while at < len(rest):
        step, at = rest[at], at + 1
        if isinstance(step, Rewrite):
            rest, at = step.rewrite(rest[at:], encoded), 0
        else:
            yield step


def places(steps: Sequence[Step]) -> list[int]:
    """Where in `steps` the events and raw bytes are."""
    return [place for place, step in enumerate(steps) if isinstance(step, Send | Raw)]


def next_events(mark: Rewrite, steps: Sequence[Step]) -> list[int]:
    """The places of the events that `mark` is about, as many as it needs.

    Raises ValueError where fewer follow, and where one of them was divided before.
    """
    found = places(steps)[: mark.needs]
    if len(found) < mark.needs:
        raise ValueError(
            f"{mark!r} needs {mark.needs} events after it in the same script and has "
            f"{len(found)}; put it before them. A request without `stream` gets no events"
        )
    if any(isinstance(steps[place], Slice) for place in found):
        raise ValueError(f"{mark!r} stands after within(...) for the same event; put it before")
    return found
