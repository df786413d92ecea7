"""What the rules of conduct keep of the items of one input: numbers, not the items.

Values. The facts of a history are extended by those of what came after it, so that a request that
goes on by reference costs what is new.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mock_responses.conduct import items
from mock_responses.conduct.items import Json

Span = tuple[Sequence[Json], bool]
"""Items in a row, and whether the server made them."""


class Call(NamedTuple):
    """A call, or the output of one."""

    place: int
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The columns `digests`, `marks`, `made` and `numbers` are as long as the input."""

    digests: tuple[int, ...] = ()
    marks: tuple[tuple[str, str] | int, ...] = ()
    made: tuple[bool, ...] = ()
    """Whether the server made the item, so that the client need not have sent it at all."""
    numbers: tuple[int, ...] = ()
    """The same for two inputs that begin alike up to here; reasoning makes no difference, as
    clients need not send it back.
    """
    calls: tuple[Call, ...] = ()
    """The calls that the client is to run, and their outputs."""
    kinds: frozenset[str] = frozenset()
    """The types of the items."""

    def extended(self, spans: Iterable[Span]) -> "Facts":
        """The facts of these items and then of more."""
        new = [(item, items.type_of(item), made) for listed, made in spans for item in listed]
        digests = [items.digest(item) for item, _, _ in new]
        last, numbers = self.numbers[-1] if self.numbers else 0, list[int]()
        for (_, type_, _), digest in zip(new, digests, strict=True):
            last = last if type_ == "reasoning" else hash((last, digest))
            numbers.append(last)
        calls = [
            Call(place, type_, id)
            for place, (item, type_, _) in enumerate(new, len(self.digests))
            if type_ in items.PAIRED and (id := items.call_id_of(item)) is not None
        ]
        return Facts(
            (*self.digests, *digests),
            (*self.marks, *(items.mark(row[0], d) for row, d in zip(new, digests, strict=True))),
            (*self.made, *(made for _, _, made in new)),
            (*self.numbers, *numbers),
            (*self.calls, *calls),
            self.kinds.union(type_ for _, type_, _ in new),
        )
