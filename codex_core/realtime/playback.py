"""The model's sound as the user hears it: what of it was cut off, and when it is playing. Sans-IO.

Times are seconds of any one clock.
"""

import math

from codex_core.protocol.realtime import AudioFrame
from codex_core.realtime.sound import duration, duration_ms, peak

__all__ = ["Playback"]

LOUD = 4_000
"""The peak from which sound is taken for speech, of 32,768."""
GRACE = 0.9
"""How long after loud sound quiet sound is still taken for speech."""


class Playback:
    """What plays, as far as can be told from what came.

    By the clock an item can be cut off while it plays, at what was heard of it; else until the next
    thing comes, at all that came of it.
    """

    def __init__(self, *, by_clock: bool) -> None:
        self._by_clock = by_clock
        self._item: tuple[str, int] | None = None
        self._ends = 0.0
        self._loud_until = 0.0

    def take(self, frame: AudioFrame, now: float) -> None:
        """A piece of the model's sound is played after those before it."""
        self._ends = max(self._ends, now) + duration(frame)
        ms = duration_ms(frame)
        if frame.item_id is None or not ms:
            return
        item, before = self._item or (frame.item_id, 0)
        self._item = (frame.item_id, ms + (before if item == frame.item_id else 0))

    def interrupt(self, item_id: str | None, now: float) -> tuple[str, int] | None:
        """The user begins to speak: nothing plays on. Gives the item that is cut off, and its ms up
        to there. Other than by the clock, speech that is told to be of another item cuts nothing.
        """
        item, rest = self._item, self._ends - now
        self.hush()
        if item is None:
            return None
        if self._by_clock:
            return (item[0], max(item[1] - math.ceil(rest * 1000), 0)) if rest > 0 else None
        return item if item_id in (None, item[0]) else None

    def pass_on(self) -> None:
        """Something else comes; what came plays all the same."""
        if not self._by_clock:
            self._item = None

    def hush(self) -> None:
        """What came is played no further."""
        self._item, self._ends = None, 0.0

    def admits(self, frame: AudioFrame, now: float) -> bool:
        """Is sound of the user's to be heard? While something plays, only what is loud like speech,
        and what follows it.
        """
        if now >= self._ends:
            return True
        if peak(frame) >= LOUD:
            self._loud_until = now + GRACE
        return now < self._loud_until
