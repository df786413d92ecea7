"""What both sides have said since the last handoff. Sans-IO.

Pieces of the same side in a row are one entry, until that side begins anew; a whole transcript
takes the place of its pieces. A handoff takes all of it along.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import RealtimeEvent, TranscriptEntry

__all__ = ["Transcript", "lines"]

_Side = Literal["user", "assistant"]


class Transcript:
    """The entries so far, in the order in which they began."""

    def __init__(self) -> None:
        self.entries: list[TranscriptEntry] = []
        self._anew: set[_Side] = set()

    def take(self, event: RealtimeEvent) -> None:
        """Notes what an event says."""
        note = _NOTES.get(type(event))
        if note is not None:
            note(self, event)

    def hand_over(self, spoken: str) -> tuple[TranscriptEntry, ...]:
        """All of it, and what is handed over unless the user said just that; it starts anew."""
        text = spoken.strip()
        said = {entry.text.strip() for entry in self.entries if entry.role == "user"}
        if text and text not in said:
            self.entries.append(TranscriptEntry(role="user", text=text))
        entries, self.entries = tuple(self.entries), []
        self._anew = set()
        return entries

    def begin(self, side: _Side) -> None:
        """What this side says next is an entry of its own."""
        self._anew.add(side)

    def add(self, side: _Side, text: str) -> None:
        """A piece of what a side says."""
        if text:
            self._put(side, lambda before: before + text)

    def finish(self, side: _Side, text: str) -> None:
        """All that a side said."""
        if text:
            self._put(side, lambda _: text)

    def _put(self, side: _Side, change: Callable[[str], str]) -> None:
        last = self.entries[-1] if self.entries else None
        if last is not None and last.role == side and side not in self._anew:
            self.entries[-1] = TranscriptEntry(role=side, text=change(last.text))
        else:
            self.entries.append(TranscriptEntry(role=side, text=change("")))
        self._anew.discard(side)


_NOTES: Mapping[type[RealtimeEvent], Callable[[Transcript, Any], None]] = {
    told.InputTranscriptDelta: lambda transcript, event: transcript.add("user", event.delta),
    told.InputTranscriptDone: lambda transcript, event: transcript.finish("user", event.text),
    told.OutputTranscriptDelta: lambda transcript, event: transcript.add("assistant", event.delta),
    told.OutputTranscriptDone: lambda transcript, event: transcript.finish("assistant", event.text),
    told.InputSpeechStarted: lambda transcript, _: transcript.begin("user"),
    told.ResponseCreated: lambda transcript, _: transcript.begin("assistant"),
}


def lines(entries: tuple[TranscriptEntry, ...]) -> str:
    """The entries as a text, a line each."""
    return "\n".join(f"{entry.role}: {entry.text}" for entry in entries)
