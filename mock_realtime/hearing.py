"""The audio of the user: how much is in the buffer, and where turn detection heard speech.

Counts bytes and keeps none: the journal has them.
"""

from collections.abc import Callable
from typing import Any

from mock_realtime.audio import Encoding

Json = dict[str, Any]


class Hearing:
    """What the server has heard of the user."""

    __slots__ = ("_item", "_total", "buffered")

    def __init__(self) -> None:
        self.buffered = 0
        """Bytes since the last item was made, or the buffer cleared."""
        self._total = 0
        self._item: str | None = None

    @property
    def speaking(self) -> bool:
        """Whether the user was heard to begin and not yet to end."""
        return self._item is not None

    def append(self, size: int) -> None:
        """Count bytes of audio."""
        self.buffered += size
        self._total += size

    def begin(self, new_id: Callable[[], str], format: Encoding) -> Json:
        """The event that tells of the beginning of speech."""
        self._item = new_id()
        start = format.ms(self._total - self.buffered)
        name = "input_audio_buffer.speech_started"
        return {"type": name, "audio_start_ms": start, "item_id": self._item}

    def end(self, new_id: Callable[[], str], format: Encoding, audio: bytes | None) -> Json:
        """The event that tells of its end; `audio` is heard before."""
        self.append(len(audio or b""))
        self._item = self._item or new_id()
        name = "input_audio_buffer.speech_stopped"
        return {"type": name, "audio_end_ms": format.ms(self._total), "item_id": self._item}

    def commit(self, new_id: Callable[[], str]) -> str:
        """Empty the buffer into an item; its id."""
        id, self._item = self._item or new_id(), None
        self.buffered = 0
        return id

    def clear(self) -> None:
        """Empty the buffer."""
        self.buffered, self._item = 0, None
