"""The model's sound as the user hears it: what of it was cut off, and when it is playing. Sans-IO.

Times are seconds of any one clock.
"""

from codex_core.protocol.realtime import AudioFrame
from codex_core.realtime.sound import duration, duration_ms, peak

__all__ = ["Playback"]

LOUD = 4_000
"""The peak from which sound is taken for speech, of 32,768."""
GRACE = 0.9
"""How long after loud sound quiet sound is still taken for speech."""


class Playback:
    """What plays, as far as can be told from what came."""

    def __init__(self) -> None:
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

    def interrupt(self, item_id: str | None) -> tuple[str, int] | None:
        """The user begins to speak: nothing plays on. Gives the item and the ms that came of it,
        unless the speech is told to be of another item.
        """
        item, self._item = self._item, None
        self._ends = 0.0
        return item if item is not None and item_id in (None, item[0]) else None

    def forget(self) -> None:
        """What came cannot be cut off any more."""
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
