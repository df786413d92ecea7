"""The events that a client may send: a typed value for each, by which messages are read and views
speak.

Knows no session: whether an event is in its place there is for `session` to say.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from mock_realtime.refusal import Refusal, read
from mock_realtime.schema import Tokens, ToolChoice

Json = dict[str, Any]


class ClientEvent(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True
):
    """An event that the client sends."""

    event_id: str | None = None


class SessionUpdate(ClientEvent, frozen=True, kw_only=True, tag="session.update"):
    """Change the settings that are named."""

    session: Json


class ItemCreate(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.create"):
    """Put an item into the conversation, after `previous_item_id` (`root`: at the start)."""

    item: Json
    previous_item_id: str | None = None


class ItemDelete(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.delete"):
    """Take an item out of the conversation."""

    item_id: str


class ItemRetrieve(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.retrieve"):
    """Ask for an item as the server has it."""

    item_id: str


class ItemTruncate(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.truncate"):
    """Say how much of a spoken item was heard."""

    item_id: str
    content_index: int
    audio_end_ms: int


class BufferAppend(ClientEvent, frozen=True, kw_only=True, tag="input_audio_buffer.append"):
    """Audio of the user, base64 of the session's input format."""

    audio: str


class BufferCommit(ClientEvent, frozen=True, kw_only=True, tag="input_audio_buffer.commit"):
    """Make an item of the audio in the buffer."""


class BufferClear(ClientEvent, frozen=True, kw_only=True, tag="input_audio_buffer.clear"):
    """Drop the audio in the buffer."""


class PlaybackClear(ClientEvent, frozen=True, kw_only=True, tag="output_audio_buffer.clear"):
    """Stop the speech that the server streams (WebRTC and SIP only)."""


class ResponseOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one response does otherwise than the session says."""

    audio: Json | None = None
    conversation: str | None = None
    input: list[Json] | None = None
    instructions: str | None = None
    max_output_tokens: Tokens | None = None
    metadata: dict[str, str] | None = None
    output_modalities: list[Literal["text", "audio"]] | None = None
    parallel_tool_calls: bool | None = None
    prompt: Json | None = None
    reasoning: Json | None = None
    tool_choice: ToolChoice | None = None
    tools: list[Json] | None = None


class ResponseCreate(ClientEvent, frozen=True, kw_only=True, tag="response.create"):
    """Ask for a response."""

    response: ResponseOptions | None = None


class ResponseCancel(ClientEvent, frozen=True, kw_only=True, tag="response.cancel"):
    """Stop a response: the active one, or the one that is named."""

    response_id: str | None = None


class HandoffAppend(ClientEvent, frozen=True, kw_only=True, tag="conversation.handoff.append"):
    """What the agent says to a handoff (v1 only)."""

    handoff_id: str
    output_text: str


KNOWN: Final[Mapping[str, type[ClientEvent]]] = {
    str(event.__struct_config__.tag): event
    for event in (
        SessionUpdate,
        ItemCreate,
        ItemDelete,
        ItemRetrieve,
        ItemTruncate,
        BufferAppend,
        BufferCommit,
        BufferClear,
        PlaybackClear,
        ResponseCreate,
        ResponseCancel,
        HandoffAppend,
    )
}
"""Type -> what an event of it is."""


def parsed(message: Json) -> ClientEvent:
    """The event that a message is. Raises Refusal for what is none, or lacks or has too much."""
    name = message.get("type")
    if not isinstance(name, str):
        text = "'type': an event needs one, a text"
        raise Refusal("missing_required_parameter", text, param="type")
    if name not in KNOWN:
        text = f"'type': no event is named {name!r}. Known are {', '.join(KNOWN)}."
        raise Refusal("invalid_value", text, param="type")
    return read(message, KNOWN[name])
