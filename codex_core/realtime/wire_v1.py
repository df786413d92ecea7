"""The wire protocol v1 ("quicksilver"): its table of events, and its words."""

from collections.abc import Mapping
from typing import Any

import msgspec

from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import RealtimeEvent, Role, TranscriptEntry, Version
from codex_core.realtime import shapes
from codex_core.realtime.decoding import Reading, decode, read_error, reading
from codex_core.realtime.frames import Json, handoff_append, item_message

__all__ = ["V1"]


class _Handoff(msgspec.Struct):
    handoff_id: str
    item_id: str
    input_transcript: str
    messages: Any = None


def _handoff(message: _Handoff) -> RealtimeEvent:
    return told.HandoffRequested(
        handoff_id=message.handoff_id,
        item_id=message.item_id,
        input_transcript=message.input_transcript,
        messages=_messages(message.messages),
    )


def _messages(value: Any) -> tuple[TranscriptEntry, ...]:
    """A handoff's own; none at all if one of them is something else."""
    try:
        return msgspec.convert(value, tuple[TranscriptEntry, ...])
    except msgspec.ValidationError:
        return ()


_HEARD = reading(shapes.Delta, lambda found: told.InputTranscriptDelta(delta=found.delta))
_HEARD_ALL = reading(
    shapes.Transcript, lambda found: told.InputTranscriptDone(text=found.transcript)
)
_SAID = reading(shapes.Delta, lambda found: told.OutputTranscriptDelta(delta=found.delta))

TABLE: Mapping[str, Reading] = {
    "session.updated": reading(shapes.SessionTold, shapes.session_updated),
    "conversation.output_audio.delta": reading(shapes.AudioDelta, shapes.audio_out),
    "conversation.input_transcript.delta": _HEARD,
    "conversation.item.input_audio_transcription.delta": _HEARD,
    "conversation.input_transcript.turn_marked": _HEARD_ALL,
    "conversation.item.input_audio_transcription.completed": _HEARD_ALL,
    "conversation.output_transcript.delta": _SAID,
    "response.output_text.delta": _SAID,
    "response.output_audio_transcript.delta": _SAID,
    "response.output_audio_transcript.done": reading(
        shapes.Transcript, lambda found: told.OutputTranscriptDone(text=found.transcript)
    ),
    "conversation.item.added": reading(shapes.AddedItem, shapes.item_added),
    "conversation.item.done": reading(shapes.DoneItem, shapes.item_done),
    "conversation.handoff.requested": reading(_Handoff, _handoff),
    "error": reading(dict[str, Any], read_error),
}
"""Every event of v1 that means something."""


class V1:
    """v1: the server answers by itself, and handoffs are events of their own."""

    version: Version = "v1"
    has_responses = False

    def decode(self, data: bytes) -> RealtimeEvent | None:
        """As the protocol says."""
        return decode(data, TABLE)

    def text(self, role: Role, text: str) -> Json:
        """As the protocol says."""
        return item_message(role, text)

    def backend(self, text: str) -> str:
        """As the protocol says; here it needs no mark."""
        return text

    def output(self, handoff_id: str, text: str) -> Json:
        """As the protocol says."""
        return handoff_append(handoff_id, text)
