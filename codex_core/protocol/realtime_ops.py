"""Operations on the realtime conversation of a thread. They take no field under an older name."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from codex_core.protocol.realtime import AudioFrame, Role, Version

__all__ = [
    "RealtimeConversationAudio",
    "RealtimeConversationClose",
    "RealtimeConversationListVoices",
    "RealtimeConversationSpeech",
    "RealtimeConversationStart",
    "RealtimeConversationText",
    "RealtimeOp",
    "WebRtc",
    "WebSocketTransport",
]


class WebSocketTransport(msgspec.Struct, frozen=True, kw_only=True, tag="websocket"):
    """The session's sound and events go over one WebSocket."""


class WebRtc(msgspec.Struct, frozen=True, kw_only=True, tag="webrtc"):
    """The sound goes over a call that the client offers; the core joins it for the events."""

    sdp: str


class _RealtimeOp(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True
):
    """Base of these operations; the wire tells them apart by `type`."""


class RealtimeConversationStart(
    _RealtimeOp, tag="realtime_conversation_start", frozen=True, kw_only=True, omit_defaults=True
):
    """Starts a conversation, in the place of the one that runs.

    An omitted `prompt` is the core's own, null or "" is none. What is None is taken from the
    settings. With `client_managed_handoffs` the core sends nothing of the agent's by itself; with
    `codex_responses_as_items` it sends it as context, which is not to be spoken, after the prefix.
    """

    output_modality: Literal["text", "audio"] = "audio"
    prompt: str | UnsetType | None = UNSET
    realtime_session_id: str | None = None
    model: str | None = None
    version: Version | None = None
    voice: str | None = None
    transport: WebSocketTransport | WebRtc | None = None
    include_startup_context: bool = True
    client_managed_handoffs: bool = False
    codex_responses_as_items: bool = False
    codex_response_item_prefix: str | None = None
    codex_response_handoff_prefix: str | None = None


class RealtimeConversationAudio(
    _RealtimeOp, tag="realtime_conversation_audio", frozen=True, kw_only=True
):
    """The user's sound; where too much of it waits to be sent, the newest is dropped."""

    frame: AudioFrame


class RealtimeConversationText(
    _RealtimeOp, tag="realtime_conversation_text", frozen=True, kw_only=True
):
    """A text for the conversation; it asks for no answer."""

    text: str
    role: Role = "user"


class RealtimeConversationSpeech(
    _RealtimeOp, tag="realtime_conversation_speech", frozen=True, kw_only=True
):
    """A text that the model is to speak; a blank one is passed over."""

    text: str


class RealtimeConversationClose(
    _RealtimeOp, tag="realtime_conversation_close", frozen=True, kw_only=True
):
    """Ends the conversation; one that is just being started is given up."""


class RealtimeConversationListVoices(
    _RealtimeOp, tag="realtime_conversation_list_voices", frozen=True, kw_only=True
):
    """Asks which voices there are."""


RealtimeOp = (
    RealtimeConversationStart
    | RealtimeConversationAudio
    | RealtimeConversationText
    | RealtimeConversationSpeech
    | RealtimeConversationClose
    | RealtimeConversationListVoices
)
