"""The events that only a server of the v1 wire protocol ("quicksilver") sends, as typed values.

It sends `SessionUpdated`, `ItemAdded`, `ItemDone` and `Error` of `events` as well.
"""

from msgspec import UNSET, UnsetType

from mock_realtime.event import Event, Json


class OutputAudioDelta(Event, frozen=True, kw_only=True, tag="conversation.output_audio.delta"):
    """A piece of speech: base64 PCM of 16 bits; `sample_rate` in Hz."""

    delta: str
    sample_rate: int = 24_000
    channels: int = 1
    samples_per_channel: int | UnsetType = UNSET


class InputTranscriptDelta(
    Event, frozen=True, kw_only=True, tag="conversation.input_transcript.delta"
):
    """A piece of what the user says."""

    delta: str


class InputTurnMarked(
    Event, frozen=True, kw_only=True, tag="conversation.input_transcript.turn_marked"
):
    """All that the user said in one turn."""

    transcript: str


class OutputTranscriptDelta(
    Event, frozen=True, kw_only=True, tag="conversation.output_transcript.delta"
):
    """A piece of what the model says."""

    delta: str


class HandoffRequested(Event, frozen=True, kw_only=True, tag="conversation.handoff.requested"):
    """The model hands a task over to the agent."""

    handoff_id: str
    item_id: str
    input_transcript: str
    messages: list[Json] | UnsetType = UNSET
