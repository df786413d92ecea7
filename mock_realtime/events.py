"""The events of a server of the GA Realtime API (v2): a typed value for each, with the fields that
the API publishes.

A value is what a test writes into a reply. Ids and indices that are left out are those of the
response and the item that the session is at.
"""

from msgspec import UNSET, UnsetType

from mock_realtime.event import Count, Event, Json, Text

Listed = list[Json]


class Error(Event, frozen=True, kw_only=True, tag="error"):
    """Something was refused or went wrong; as a rule the session goes on."""

    error: Json


class SessionCreated(Event, frozen=True, kw_only=True, tag="session.created"):
    """The first event of a connection."""

    session: Json | UnsetType = UNSET


class SessionUpdated(Event, frozen=True, kw_only=True, tag="session.updated"):
    """The answer to `session.update`: the settings as they are now."""

    session: Json | UnsetType = UNSET


class ConversationCreated(Event, frozen=True, kw_only=True, tag="conversation.created"):
    """The conversation exists."""

    conversation: Json


class ItemAdded(Event, frozen=True, kw_only=True, tag="conversation.item.added"):
    """An item is in the conversation, maybe without its content yet."""

    item: Json
    previous_item_id: str | UnsetType | None = UNSET


class ItemDone(Event, frozen=True, kw_only=True, tag="conversation.item.done"):
    """An item is whole."""

    item: Json
    previous_item_id: str | UnsetType | None = UNSET


class ItemCreated(Event, frozen=True, kw_only=True, tag="conversation.item.created"):
    """As `ItemAdded`, by its name of the beta."""

    item: Json
    previous_item_id: str | UnsetType | None = UNSET


class ItemRetrieved(Event, frozen=True, kw_only=True, tag="conversation.item.retrieved"):
    """The answer to `conversation.item.retrieve`."""

    item: Json


class ItemDeleted(Event, frozen=True, kw_only=True, tag="conversation.item.deleted"):
    """The answer to `conversation.item.delete`."""

    item_id: str


class ItemTruncated(Event, frozen=True, kw_only=True, tag="conversation.item.truncated"):
    """The answer to `conversation.item.truncate`: what was not heard is gone."""

    item_id: str
    audio_end_ms: int
    content_index: int = 0


class _InInput(Event, frozen=True, kw_only=True):
    """An event about the transcript of what the user said."""

    item_id: Text = UNSET
    content_index: int = 0


class TranscriptionDelta(
    _InInput, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.delta"
):
    """A piece of what the user said."""

    delta: str
    logprobs: Listed | UnsetType = UNSET


class TranscriptionCompleted(
    _InInput,
    frozen=True,
    kw_only=True,
    tag="conversation.item.input_audio_transcription.completed",
):
    """All of what the user said in one item."""

    transcript: str
    usage: Json | UnsetType = UNSET


class TranscriptionSegment(
    _InInput, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.segment"
):
    """A part of what was said, by one speaker; `start` and `end` in seconds."""

    id: str
    text: str
    speaker: str
    start: float
    end: float


class TranscriptionFailed(
    _InInput, frozen=True, kw_only=True, tag="conversation.item.input_audio_transcription.failed"
):
    """What the user said could not be transcribed."""

    error: Json


class BufferCommitted(Event, frozen=True, kw_only=True, tag="input_audio_buffer.committed"):
    """The audio in the buffer has become an item."""

    item_id: Text = UNSET
    previous_item_id: str | UnsetType | None = UNSET


class BufferCleared(Event, frozen=True, kw_only=True, tag="input_audio_buffer.cleared"):
    """The buffer is empty."""


class SpeechStarted(Event, frozen=True, kw_only=True, tag="input_audio_buffer.speech_started"):
    """The server hears the user speak; milliseconds since the first audio of the session."""

    item_id: Text = UNSET
    audio_start_ms: int = 0


class SpeechStopped(Event, frozen=True, kw_only=True, tag="input_audio_buffer.speech_stopped"):
    """The user has stopped; milliseconds as for `SpeechStarted`."""

    item_id: Text = UNSET
    audio_end_ms: int = 0


class BufferTimeout(Event, frozen=True, kw_only=True, tag="input_audio_buffer.timeout_triggered"):
    """The user said nothing for as long as the turn detection waits."""

    item_id: Text = UNSET
    audio_start_ms: int = 0
    audio_end_ms: int = 0


class DtmfReceived(Event, frozen=True, kw_only=True, tag="input_audio_buffer.dtmf_event_received"):
    """A key of a telephone was pressed; `received_at` in Unix seconds."""

    event: str
    received_at: int


class RateLimitsUpdated(Event, frozen=True, kw_only=True, tag="rate_limits.updated"):
    """What is left of the limits: `name`, `limit`, `remaining`, `reset_seconds` of each."""

    rate_limits: Listed


class ResponseCreated(Event, frozen=True, kw_only=True, tag="response.created"):
    """A response begins; `response` replaces fields of the object."""

    response: Json | UnsetType = UNSET


class ResponseDone(Event, frozen=True, kw_only=True, tag="response.done"):
    """A response is over, well or not; `response` replaces fields of the object."""

    response: Json | UnsetType = UNSET


class InResponse(Event, frozen=True, kw_only=True):
    """An event about something in a response."""

    response_id: Text = UNSET
    output_index: Count = UNSET


class OutputItemAdded(InResponse, frozen=True, kw_only=True, tag="response.output_item.added"):
    """An item of the output begins."""

    item: Json


class OutputItemDone(InResponse, frozen=True, kw_only=True, tag="response.output_item.done"):
    """An item of the output is whole."""

    item: Json


class InItem(InResponse, frozen=True, kw_only=True):
    """An event about a piece of an item of the output."""

    item_id: Text = UNSET


class InContent(InItem, frozen=True, kw_only=True):
    """An event about one content part."""

    content_index: int = 0


class ContentPartAdded(InContent, frozen=True, kw_only=True, tag="response.content_part.added"):
    """A content part begins."""

    part: Json


class ContentPartDone(InContent, frozen=True, kw_only=True, tag="response.content_part.done"):
    """A content part is whole."""

    part: Json


class TextDelta(InContent, frozen=True, kw_only=True, tag="response.output_text.delta"):
    """A piece of a text."""

    delta: str


class TextDone(InContent, frozen=True, kw_only=True, tag="response.output_text.done"):
    """A text is whole."""

    text: str


class AudioDelta(InContent, frozen=True, kw_only=True, tag="response.output_audio.delta"):
    """A piece of speech, base64 of the session's output format."""

    delta: str


class AudioDone(InContent, frozen=True, kw_only=True, tag="response.output_audio.done"):
    """The speech of a part is whole."""


class TranscriptDelta(
    InContent, frozen=True, kw_only=True, tag="response.output_audio_transcript.delta"
):
    """A piece of what the speech says."""

    delta: str


class TranscriptDone(
    InContent, frozen=True, kw_only=True, tag="response.output_audio_transcript.done"
):
    """All of what the speech says."""

    transcript: str


class ArgumentsDelta(
    InItem, frozen=True, kw_only=True, tag="response.function_call_arguments.delta"
):
    """A piece of a call's arguments."""

    delta: str
    call_id: Text = UNSET


class ArgumentsDone(InItem, frozen=True, kw_only=True, tag="response.function_call_arguments.done"):
    """The arguments of a call are whole."""

    arguments: str
    name: str
    call_id: Text = UNSET


class McpArgumentsDelta(InItem, frozen=True, kw_only=True, tag="response.mcp_call_arguments.delta"):
    """A piece of an MCP call's arguments."""

    delta: str
    obfuscation: str | UnsetType | None = UNSET


class McpArgumentsDone(InItem, frozen=True, kw_only=True, tag="response.mcp_call_arguments.done"):
    """The arguments of an MCP call are whole."""

    arguments: str


class McpCall(Event, frozen=True, kw_only=True):
    """An event about the course of an MCP call."""

    item_id: Text = UNSET
    output_index: Count = UNSET


class McpCallInProgress(McpCall, frozen=True, kw_only=True, tag="response.mcp_call.in_progress"):
    """The call runs."""


class McpCallCompleted(McpCall, frozen=True, kw_only=True, tag="response.mcp_call.completed"):
    """The call has its output."""


class McpCallFailed(McpCall, frozen=True, kw_only=True, tag="response.mcp_call.failed"):
    """The call has failed."""


class McpToolsInProgress(Event, frozen=True, kw_only=True, tag="mcp_list_tools.in_progress"):
    """The tools of an MCP server are being listed."""

    item_id: Text = UNSET


class McpToolsCompleted(Event, frozen=True, kw_only=True, tag="mcp_list_tools.completed"):
    """The tools of an MCP server are listed."""

    item_id: Text = UNSET


class McpToolsFailed(Event, frozen=True, kw_only=True, tag="mcp_list_tools.failed"):
    """The tools of an MCP server could not be listed."""

    item_id: Text = UNSET


class PlaybackStarted(Event, frozen=True, kw_only=True, tag="output_audio_buffer.started"):
    """The server streams speech to the client (WebRTC and SIP only)."""

    response_id: Text = UNSET


class PlaybackStopped(Event, frozen=True, kw_only=True, tag="output_audio_buffer.stopped"):
    """The server has streamed all of it (WebRTC and SIP only)."""

    response_id: Text = UNSET


class PlaybackCleared(Event, frozen=True, kw_only=True, tag="output_audio_buffer.cleared"):
    """What was not streamed yet is dropped (WebRTC and SIP only)."""

    response_id: Text = UNSET


class ResponseCancelled(Event, frozen=True, kw_only=True, tag="response.cancelled"):
    """A response was stopped; no type of the official package, but some clients know it."""

    response: Json | UnsetType = UNSET
