"""What an API may see of one of its WebSockets while it is served.

A class to override; this one looks away. Nothing here sends.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from agent_rehearsal.journal import Entry, Pieces


class Framed(Pieces, Protocol):
    """Text messages: as pieces without what frames them."""

    def framed(self) -> bytes:
        """All of them as they are sent."""


Ready = Callable[[], Framed]
"""Makes an answer, and takes its effect."""


class Watch:
    """Told of everything that crosses one WebSocket, each thing once and in order."""

    free: Callable[[], bool] = staticmethod(bool)
    """Whether everything that came is answered, and nobody waits for what comes."""

    def quiet(self, messages: Sequence[bytes]) -> int:
        """Text messages, one or more, came together, while this is free. Takes those to which
        nothing is said: how many of them, from the first. The watch is not told of these again.
        """
        return 0

    def ready(self, message: bytes, *, last: bool) -> Ready | None:
        """A text message came, while this is free, alone or as the `last` of some. What gives the
        answer to it, where that is known at once: it is sent before anything else happens. The
        watch is told of neither again.
        """
        return None

    def came(self, entry: Entry) -> None:
        """A message came; it is answered, or given to a coroutine, after this."""

    def late(self, entry: Entry) -> None:
        """A message came after our own Close frame; nobody answers it."""

    def sent(self, entry: Entry) -> None:
        """A message, or a part of one, is about to be sent."""

    def talked(self, unread: list[Entry]) -> None:
        """A coroutine has ended; these messages it left to the rules."""
