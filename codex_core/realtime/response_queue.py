"""When the client may ask for a response: one at a time, whoever asked for it (v2). Sans-IO.

Whatever wants a response while one is active shares the next one. A response is over by its id:
what is told of another one says nothing about the one that is active now. While the server has not
said yet which one answers a request, the end of one that never began stands for that, unless it is
a server that tells of beginnings: it tells of each.
"""

__all__ = ["ResponseQueue"]


class ResponseQueue:
    """The responses of one session."""

    def __init__(self) -> None:
        self.active = False
        """Is a response under way, or asked for?"""
        self.pending = False
        """Is another one wanted after it?"""
        self._id: str | None = None
        """The active response, once the server has named it."""
        self._awaited = False
        """Is one asked for to which the server has said nothing yet?"""
        self._announces = False
        """Has the server told of a beginning?"""
        self._old: set[str] = set()
        """Responses that were active, or cancelled, and are not active any more."""

    def ask(self) -> bool:
        """Wants a response; True if it is to be asked for now."""
        if self.active:
            self.pending = True
            return False
        self.active = self._awaited = True
        return True

    def refused(self) -> bool:
        """One that was asked for is not given: another is active, which may be over by now.

        True if it is to be asked for again now, and not when that one is over.
        """
        self._awaited = False
        return self.ask()

    def created(self, response_id: str | None) -> None:
        """The server began one, asked or not."""
        self._retire(self._id)
        self.active, self._id = True, response_id
        self._awaited, self._announces = False, True
        self._old.discard(response_id or "")

    def cancelled(self, response_id: str | None) -> bool:
        """One was ended early; True if another is to be asked for now."""
        freed = self._over(response_id)
        self._retire(response_id)
        return freed

    def done(self, response_id: str | None) -> bool:
        """One is over; True if another is to be asked for now."""
        return self._over(response_id)

    def _over(self, response_id: str | None) -> bool:
        if response_id in self._old or self._is_another(response_id):
            return False
        self._retire(self._id)
        self.active, self._id, self._awaited = False, None, False
        wanted, self.pending = self.pending, False
        return wanted and self.ask()

    def _is_another(self, response_id: str | None) -> bool:
        if response_id is None:
            return False
        if self._id is None:
            return self._awaited and self._announces
        return response_id != self._id

    def _retire(self, response_id: str | None) -> None:
        if response_id is not None:
            self._old.add(response_id)
