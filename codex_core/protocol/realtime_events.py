"""Events of the realtime conversation of a thread.

Each has the id of the operation that started the conversation, but for a `closed` that was asked
for: that has the id of the operation that closed it.
"""

from typing import Literal

import msgspec

from codex_core.protocol.message import EventMessage
from codex_core.protocol.realtime import RealtimeEvent, Version

__all__ = [
    "CloseReason",
    "RealtimeConversationClosed",
    "RealtimeConversationListVoicesResponse",
    "RealtimeConversationRealtime",
    "RealtimeConversationSdp",
    "RealtimeConversationStarted",
    "RealtimeEventMsg",
    "Voices",
]

CloseReason = Literal["requested", "transport_closed", "error"]


class RealtimeConversationStarted(
    EventMessage, tag="realtime_conversation_started", frozen=True, kw_only=True
):
    """A conversation runs; the id is the one that the core gave it."""

    realtime_session_id: str
    version: Version


class RealtimeConversationSdp(
    EventMessage, tag="realtime_conversation_sdp", frozen=True, kw_only=True
):
    """The answer to the call that the client offered."""

    sdp: str


class RealtimeConversationRealtime(
    EventMessage, tag="realtime_conversation_realtime", frozen=True, kw_only=True
):
    """Something that the session told; an `error` is the last of it."""

    payload: RealtimeEvent


class RealtimeConversationClosed(
    EventMessage, tag="realtime_conversation_closed", frozen=True, kw_only=True
):
    """The conversation is over; nothing of it follows."""

    reason: CloseReason


class Voices(msgspec.Struct, frozen=True, kw_only=True):
    """The voices of each version, and which one it speaks with where none is named."""

    v1: tuple[str, ...]
    v2: tuple[str, ...]
    default_v1: str
    default_v2: str


class RealtimeConversationListVoicesResponse(
    EventMessage, tag="realtime_conversation_list_voices_response", frozen=True, kw_only=True
):
    """Which voices there are."""

    voices: Voices


RealtimeEventMsg = (
    RealtimeConversationStarted
    | RealtimeConversationSdp
    | RealtimeConversationRealtime
    | RealtimeConversationClosed
    | RealtimeConversationListVoicesResponse
)
