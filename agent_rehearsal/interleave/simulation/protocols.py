"""The place in sets of the protocols of connections: libraries keep their connections in sets, and
close them in the order in which those hand them out.

A protocol has a number from when it was first hashed in a run, and keeps it. This module must not
know any library.
"""

import asyncio
from collections.abc import Callable

from agent_rehearsal.interleave.simulation.tasks import place_in_sets

_KEY = "_rehearsal_place"
_number: Callable[[], int] | None = None


def number_protocols(number: Callable[[], int] | None) -> None:
    """Protocols that are hashed from now on get their numbers from here; None: from memory."""
    global _number  # noqa: PLW0603  (one run at a time in a process)
    _number = number
    if number is not None and asyncio.BaseProtocol.__hash__ is not _hash:
        asyncio.BaseProtocol.__hash__ = _hash  # type: ignore[method-assign, assignment]


def _hash(self: asyncio.BaseProtocol) -> int:
    known = getattr(self, "__dict__", None)
    if known is None:
        return object.__hash__(self)
    place: int | None = known.get(_KEY)
    if place is None:
        if _number is None:
            return object.__hash__(self)
        number = _number()
        place = known[_KEY] = place_in_sets(number, number)
    return place
