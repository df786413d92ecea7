"""Which handoff the agent is at work for, and which turn works on it. Sans-IO.

A handoff waits until a turn has its text; from then on what that turn says goes back to it, until
the turn is complete. A turn that was interrupted leaves it to whichever turn is next. One that was
to steer another's turn has a turn of its own where that is over first: it is answered already, and
what its turn says follows up.
"""

from codex_core.protocol.realtime import HandoffRequested
from codex_core.realtime.transcript import lines

__all__ = ["Handoffs", "delegation"]

_ANY = ""
"""Stands for whichever turn is next."""


class Handoffs:
    """The handoffs of one session.

    With `steers` one that comes while another is open only steers that one's turn; without, it
    takes the other's place.
    """

    def __init__(self, *, steers: bool) -> None:
        self._steers = steers
        self._waiting: str | None = None
        self._current: str | None = None
        self._turn = _ANY
        self._answered = False
        self._steering: set[str] = set()
        """Handoffs that were to steer the open one's turn, and whose text no turn has yet."""
        self._follow_ups: set[str] = set()
        """Turns that have the text of one that came too late for that."""

    def request(self, handoff_id: str) -> bool:
        """A handoff comes; False if it only steers the open one."""
        if self._steers and (self._waiting is not None or self._current is not None):
            self._steering.add(handoff_id)
            return False
        self._waiting = handoff_id
        return True

    def taken(self, handoff_id: str, turn_id: str) -> None:
        """A turn has the text of a handoff."""
        if self._waiting == handoff_id:
            self._waiting = None
            self._current, self._turn, self._answered = handoff_id, turn_id, False
        elif handoff_id in self._steering:
            self._steering.remove(handoff_id)
            if self.working(turn_id) is None:
                self._follow_ups.add(turn_id)

    def working(self, turn_id: str) -> str | None:
        """The handoff that a turn works on; None if it works on none."""
        return self._current if self._turn in (turn_id, _ANY) else None

    def follows_up(self, turn_id: str) -> bool:
        """Does a turn work on what was to steer another one?"""
        return turn_id in self._follow_ups

    def answer(self, turn_id: str) -> str | None:
        """The same, for a message that goes back to it."""
        found = self.working(turn_id)
        self._answered |= found is not None
        return found

    def aborted(self, turn_id: str) -> None:
        """A turn was ended before it was complete."""
        self._follow_ups.discard(turn_id)
        if self._turn == turn_id:
            self._turn = _ANY

    def complete(self, turn_id: str) -> tuple[str, bool] | None:
        """A turn is complete, and with it its handoff; gives that, and whether anything went back
        to it.
        """
        self._follow_ups.discard(turn_id)
        found = self.working(turn_id)
        if found is None:
            return None
        self._current, self._turn = None, _ANY
        return found, self._answered


def delegation(request: HandoffRequested) -> str | None:
    """What the agent is told of a handoff; None where it holds nothing.

    That is the handoff's own messages, else what it says the user asked for, else what was said
    before it.
    """
    said = lines(request.active_transcript)
    task = lines(request.messages) or request.input_transcript or said
    if not task:
        return None
    delta = f"  <transcript_delta>{_escaped(said)}</transcript_delta>\n" if said else ""
    body = f"  <input>{_escaped(task)}</input>\n{delta}"
    return f"<realtime_delegation>\n{body}</realtime_delegation>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
