"""What an API may see of one of its WebSockets while it is served.

A class to override; this one looks away. Nothing here sends.
"""

from agent_rehearsal.journal import Entry


class Watch:
    """Told of everything that crosses one WebSocket, each thing once and in order."""

    def came(self, entry: Entry) -> None:
        """A message came; it is answered, or given to a coroutine, after this."""

    def late(self, entry: Entry) -> None:
        """A message came after our own Close frame; nobody answers it."""

    def sent(self, entry: Entry) -> None:
        """A message, or a part of one, is about to be sent."""

    def talked(self, unread: list[Entry]) -> None:
        """A coroutine has ended; these messages it left to the rules."""
