"""The events of a response stream as values: a struct for each, with the fields the API publishes.

A field that is unset is filled in by the composer from what went before in the same stream.
Builders for these values are in `events`; nothing here checks a value or knows an order of events.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from mock_responses.items import Item


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Anything that goes out as one event."""


class Numbered(Event, frozen=True, kw_only=True, tag_field="type"):
    """An event that the API knows."""

    sequence_number: int | UnsetType = UNSET


class Custom(Event, frozen=True, kw_only=True):
    """An event of a type that this module does not list."""

    type: str
    fields: dict[str, Any]


class RawEvent(Event, frozen=True, kw_only=True):
    """An event whose data goes out byte for byte; it takes no sequence number."""

    payload: bytes
    type: str


class Lifecycle(Numbered, frozen=True, kw_only=True):
    """An event about the response; `response` replaces fields of the composer's object."""

    response: dict[str, Any]


class Created(Lifecycle, frozen=True, kw_only=True, tag="response.created"):
    """The response exists."""


class Queued(Lifecycle, frozen=True, kw_only=True, tag="response.queued"):
    """The response waits for its turn (background mode)."""


class InProgress(Lifecycle, frozen=True, kw_only=True, tag="response.in_progress"):
    """The model has begun."""


class Completed(Lifecycle, frozen=True, kw_only=True, tag="response.completed"):
    """The response is whole."""


class Failed(Lifecycle, frozen=True, kw_only=True, tag="response.failed"):
    """The response ended with an error."""


class Incomplete(Lifecycle, frozen=True, kw_only=True, tag="response.incomplete"):
    """The response was cut short by a limit or a filter."""


class ErrorEvent(Numbered, frozen=True, kw_only=True, tag="error"):
    """The stream itself failed."""

    code: str | None
    message: str
    param: str | None


TERMINAL = Completed | Failed | Incomplete | ErrorEvent
"""The events after which a response has nothing more to say."""


class OutputItemAdded(Numbered, frozen=True, kw_only=True, tag="response.output_item.added"):
    """An item begins."""

    output_index: int | UnsetType = UNSET
    item: Item


class OutputItemDone(Numbered, frozen=True, kw_only=True, tag="response.output_item.done"):
    """An item is whole; without `item` it is the open one with the text that was streamed."""

    output_index: int | UnsetType = UNSET
    item: Item | UnsetType = UNSET


class InItem(Numbered, frozen=True, kw_only=True):
    """An event about a piece of an item."""

    item_id: str | UnsetType = UNSET
    output_index: int | UnsetType = UNSET


class InContent(InItem, frozen=True, kw_only=True):
    """An event about one content part of an item."""

    content_index: int | UnsetType = UNSET


class InSummary(InItem, frozen=True, kw_only=True):
    """An event about one summary part of a reasoning item."""

    summary_index: int | UnsetType = UNSET


class ContentPartAdded(InContent, frozen=True, kw_only=True, tag="response.content_part.added"):
    """A content part begins."""

    part: dict[str, Any] | UnsetType = UNSET


class ContentPartDone(InContent, frozen=True, kw_only=True, tag="response.content_part.done"):
    """A content part is whole."""

    part: dict[str, Any] | UnsetType = UNSET


class TextDelta(InContent, frozen=True, kw_only=True, tag="response.output_text.delta"):
    """A piece of a message."""

    delta: str
    logprobs: list[Any] = []


class TextDone(InContent, frozen=True, kw_only=True, tag="response.output_text.done"):
    """The text of a message part is whole."""

    text: str | UnsetType = UNSET
    logprobs: list[Any] = []


class ReasoningTextDelta(InContent, frozen=True, kw_only=True, tag="response.reasoning_text.delta"):
    """A piece of raw reasoning."""

    delta: str


class ReasoningTextDone(InContent, frozen=True, kw_only=True, tag="response.reasoning_text.done"):
    """A part of raw reasoning is whole."""

    text: str | UnsetType = UNSET


class SummaryPartAdded(
    InSummary, frozen=True, kw_only=True, tag="response.reasoning_summary_part.added"
):
    """A summary part begins."""

    part: dict[str, Any] | UnsetType = UNSET


class SummaryPartDone(
    InSummary, frozen=True, kw_only=True, tag="response.reasoning_summary_part.done"
):
    """A summary part is whole."""

    part: dict[str, Any] | UnsetType = UNSET


class SummaryTextDelta(
    InSummary, frozen=True, kw_only=True, tag="response.reasoning_summary_text.delta"
):
    """A piece of a summary."""

    delta: str


class SummaryTextDone(
    InSummary, frozen=True, kw_only=True, tag="response.reasoning_summary_text.done"
):
    """The text of a summary part is whole."""

    text: str | UnsetType = UNSET


class ArgumentsDelta(
    InItem, frozen=True, kw_only=True, tag="response.function_call_arguments.delta"
):
    """A piece of a function call's arguments."""

    delta: str


class ArgumentsDone(InItem, frozen=True, kw_only=True, tag="response.function_call_arguments.done"):
    """The arguments of a function call are whole."""

    arguments: str | UnsetType = UNSET


class InputDelta(InItem, frozen=True, kw_only=True, tag="response.custom_tool_call_input.delta"):
    """A piece of a custom tool call's input."""

    delta: str


class InputDone(InItem, frozen=True, kw_only=True, tag="response.custom_tool_call_input.done"):
    """The input of a custom tool call is whole."""

    input: str | UnsetType = UNSET


class RefusalDelta(InContent, frozen=True, kw_only=True, tag="response.refusal.delta"):
    """A piece of a refusal."""

    delta: str


class RefusalDone(InContent, frozen=True, kw_only=True, tag="response.refusal.done"):
    """The text of a refusal is whole."""

    refusal: str | UnsetType = UNSET


class McpArgumentsDelta(InItem, frozen=True, kw_only=True, tag="response.mcp_call_arguments.delta"):
    """A piece of an MCP call's arguments."""

    delta: str


class McpArgumentsDone(InItem, frozen=True, kw_only=True, tag="response.mcp_call_arguments.done"):
    """The arguments of an MCP call are whole."""

    arguments: str | UnsetType = UNSET


class CodeDelta(InItem, frozen=True, kw_only=True, tag="response.code_interpreter_call_code.delta"):
    """A piece of the code that an interpreter is to run."""

    delta: str


class CodeDone(InItem, frozen=True, kw_only=True, tag="response.code_interpreter_call_code.done"):
    """The code that an interpreter is to run is whole."""

    code: str | UnsetType = UNSET


Delta = (
    TextDelta
    | ReasoningTextDelta
    | SummaryTextDelta
    | ArgumentsDelta
    | InputDelta
    | RefusalDelta
    | McpArgumentsDelta
    | CodeDelta
)
"""A piece of a text: the events that come by the hundred."""


def type_of(event: type[Numbered]) -> str:
    """The `type` that events of this class carry on the wire."""
    return str(event.__struct_config__.tag)
