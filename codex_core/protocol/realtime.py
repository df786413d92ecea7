"""What a realtime conversation takes and tells, as values, whatever the provider's wire is."""

from typing import Annotated, Any, Literal

import msgspec

__all__ = [
    "ROLES",
    "VERSIONS",
    "AudioFrame",
    "AudioOut",
    "ConversationItemAdded",
    "ConversationItemDone",
    "HandoffRequested",
    "InputSpeechStarted",
    "InputTranscriptDelta",
    "InputTranscriptDone",
    "NoopRequested",
    "OutputTranscriptDelta",
    "OutputTranscriptDone",
    "RealtimeError",
    "RealtimeEvent",
    "ResponseCancelled",
    "ResponseCreated",
    "ResponseDone",
    "ResponseRefused",
    "Role",
    "SessionUpdated",
    "TranscriptEntry",
    "Version",
]

Version = Literal["v1", "v2"]
"""The wire protocols: `v1` is also called quicksilver, `v2` is the Realtime API as published."""
VERSIONS: tuple[Version, ...] = ("v1", "v2")
Role = Literal["user", "developer", "assistant"]
ROLES: tuple[Role, ...] = ("user", "developer", "assistant")

_U32 = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]
_U16 = Annotated[int, msgspec.Meta(ge=0, le=2**16 - 1)]


class AudioFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of sound: base64 of PCM with 16 bits a sample; `sample_rate` in Hz."""

    data: str
    sample_rate: _U32 = 24_000
    num_channels: _U16 = 1
    samples_per_channel: _U32 | None = None
    item_id: str | None = None


class TranscriptEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one side said in one go."""

    role: Literal["user", "assistant"]
    text: str


class _Realtime(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of what a session tells; they are told apart by `type`."""


class SessionUpdated(_Realtime, tag="session_updated", frozen=True, kw_only=True):
    """The provider set the session up; the id is the provider's."""

    realtime_session_id: str
    instructions: str | None = None


class InputSpeechStarted(_Realtime, tag="input_audio_speech_started", frozen=True, kw_only=True):
    """The user begins to speak."""

    item_id: str | None = None


class InputTranscriptDelta(_Realtime, tag="input_transcript_delta", frozen=True, kw_only=True):
    """A piece of what the user says."""

    delta: str


class InputTranscriptDone(_Realtime, tag="input_transcript_done", frozen=True, kw_only=True):
    """All that the user said."""

    text: str


class OutputTranscriptDelta(_Realtime, tag="output_transcript_delta", frozen=True, kw_only=True):
    """A piece of what the model says."""

    delta: str


class OutputTranscriptDone(_Realtime, tag="output_transcript_done", frozen=True, kw_only=True):
    """All that the model said."""

    text: str


class AudioOut(_Realtime, tag="audio_out", frozen=True, kw_only=True):
    """The model speaks."""

    frame: AudioFrame


class ResponseCreated(_Realtime, tag="response_created", frozen=True, kw_only=True):
    """A response begins."""

    response_id: str | None = None


class ResponseCancelled(_Realtime, tag="response_cancelled", frozen=True, kw_only=True):
    """A response was ended before it was whole."""

    response_id: str | None = None


class ResponseDone(_Realtime, tag="response_done", frozen=True, kw_only=True):
    """A response is over."""

    response_id: str | None = None


class ResponseRefused(_Realtime, tag="response_refused", frozen=True, kw_only=True):
    """The provider gives no response because another one is active; it is asked for again."""

    message: str


class ConversationItemAdded(_Realtime, tag="conversation_item_added", frozen=True, kw_only=True):
    """The conversation has a new item, as the provider shows it."""

    item: Any


class ConversationItemDone(_Realtime, tag="conversation_item_done", frozen=True, kw_only=True):
    """An item is whole."""

    item_id: str


class HandoffRequested(_Realtime, tag="handoff_requested", frozen=True, kw_only=True):
    """The model hands work over to the agent.

    `messages` are the handoff's own, where it has some; `active_transcript` is what both sides said
    since the handoff before.
    """

    handoff_id: str
    item_id: str
    input_transcript: str
    messages: tuple[TranscriptEntry, ...] = ()
    active_transcript: tuple[TranscriptEntry, ...] = ()


class NoopRequested(_Realtime, tag="noop_requested", frozen=True, kw_only=True):
    """The model has nothing to say."""

    call_id: str
    item_id: str


class RealtimeError(_Realtime, tag="error", frozen=True, kw_only=True):
    """The conversation could not be started, or it ends with this."""

    message: str


RealtimeEvent = (
    SessionUpdated
    | InputSpeechStarted
    | InputTranscriptDelta
    | InputTranscriptDone
    | OutputTranscriptDelta
    | OutputTranscriptDone
    | AudioOut
    | ResponseCreated
    | ResponseCancelled
    | ResponseDone
    | ResponseRefused
    | ConversationItemAdded
    | ConversationItemDone
    | HandoffRequested
    | NoopRequested
    | RealtimeError
)
