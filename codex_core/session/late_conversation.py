"""The realtime conversation of a thread, as its turns know it. Few threads ever have one, so it is
made, and all that it takes is loaded, when an operation first asks for it; until then whatever
happens is nothing to it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_core.realtime.conversation import Conversation

__all__ = ["LateConversation"]


class LateConversation:
    """The conversation that `make` makes, once it is needed."""

    def __init__(self, make: "Callable[[], Conversation]") -> None:
        self._make = make
        self._made: Conversation | None = None
        self.ends = 0
        """Ends that were asked for and have not come: a session whose start is before them is given
        up.
        """

    def made(self) -> "Conversation":
        """The conversation; the first call makes it."""
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def active(self) -> bool:
        """Does a session run, or is one about to?"""
        return self._made is not None and self._made.active

    def abandon_start(self) -> None:
        """Gives up what is being started, and what is to be started before the end that comes."""
        self.ends += 1
        if self._made is not None:
            self._made.abandon_start()

    async def room(self) -> None:
        """Waits while more texts and messages wait to be sent than may."""
        if self._made is not None:
            await self._made.room()

    def taken(self, handoff_id: str, turn_id: str) -> None:
        """A turn has the text of a handoff."""
        if self._made is not None:
            self._made.taken(handoff_id, turn_id)

    def said(self, turn_id: str, text: str, phase: str | None) -> None:
        """The agent said something in a turn."""
        if self._made is not None:
            self._made.said(turn_id, text, phase)

    def turn_complete(self, turn_id: str) -> None:
        """A turn ended by itself."""
        if self._made is not None:
            self._made.turn_complete(turn_id)

    def turn_aborted(self, turn_id: str) -> None:
        """A turn was ended."""
        if self._made is not None:
            self._made.turn_aborted(turn_id)

    async def shutdown(self, submission_id: str) -> None:
        """Ends the session; tells so if there was one."""
        if self._made is not None:
            await self._made.shutdown(submission_id)
