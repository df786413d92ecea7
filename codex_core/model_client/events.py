"""Typed events of a Responses stream: a table from wire name to reader.

An event of an unknown type is skipped (None); one that cannot be read is `Unreadable`. The name on
the SSE `event:` line has no say; the JSON's `type` has.
"""

from collections.abc import Callable, Mapping

import msgspec

from codex_core.model_client.notes import (
    ModelsEtag,
    ModelVerification,
    Note,
    RateLimits,
    ReasoningIncluded,
    SafetyBuffering,
    ServerModel,
    TurnModeration,
    TurnStateSet,
    header_events,
    payload_notes,
)
from codex_core.model_client.unreadable import UNREADABLE
from codex_core.protocol.items import ResponseItem, decode_item
from codex_core.protocol.usage import TokenUsage

__all__ = [
    "BrokenCompletion",
    "Completed",
    "Created",
    "ErrorBody",
    "Failed",
    "Incomplete",
    "ItemAdded",
    "ItemDone",
    "ModelVerification",
    "ModelsEtag",
    "RateLimits",
    "ReasoningDelta",
    "ReasoningIncluded",
    "ResponseEvent",
    "SafetyBuffering",
    "ServerModel",
    "SummaryDelta",
    "SummaryPart",
    "TextDelta",
    "ToolInputDelta",
    "TurnModeration",
    "TurnStateSet",
    "Unreadable",
    "decode_event",
    "decode_events",
    "header_events",
]


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every event of a stream."""


class Created(_Event, frozen=True, kw_only=True):
    """The response has begun."""

    response: msgspec.Raw


class ItemAdded(_Event, frozen=True, kw_only=True):
    """An item begins; deltas belong to it until it is done."""

    item: ResponseItem


class ItemDone(_Event, frozen=True, kw_only=True):
    """An item is whole."""

    item: ResponseItem


class TextDelta(_Event, frozen=True, kw_only=True):
    """A piece of a message."""

    delta: str


class SummaryDelta(_Event, frozen=True, kw_only=True):
    """A piece of a reasoning summary."""

    delta: str
    summary_index: int


class SummaryPart(_Event, frozen=True, kw_only=True):
    """The next part of a reasoning summary begins."""

    summary_index: int


class ReasoningDelta(_Event, frozen=True, kw_only=True):
    """A piece of raw reasoning."""

    delta: str
    content_index: int


class ToolInputDelta(_Event, frozen=True, kw_only=True):
    """A piece of a freeform tool's input."""

    delta: str
    item_id: str | None = None
    call_id: str | None = None


class Completed(_Event, frozen=True, kw_only=True):
    """The response is whole; `end_turn` False asks for another request."""

    response_id: str
    usage: TokenUsage | None
    end_turn: bool | None


class BrokenCompletion(_Event, frozen=True, kw_only=True):
    """A `response.completed` that cannot be read."""

    message: str


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """The error object of a failed response or a refused request."""

    code: str | None = None
    message: str | None = None
    type: str | None = None
    plan_type: str | None = None
    resets_at: int | None = None


class Failed(_Event, frozen=True, kw_only=True):
    """The response failed; without an error object when that cannot be read."""

    error: ErrorBody | None


class Incomplete(_Event, frozen=True, kw_only=True):
    """The response stopped early."""

    reason: str


class Unreadable(_Event, frozen=True, kw_only=True):
    """What is no event (its type is empty), or one of a known type that is not as it should be."""

    type: str
    message: str


ResponseEvent = (
    Created
    | ItemAdded
    | ItemDone
    | TextDelta
    | SummaryDelta
    | SummaryPart
    | ReasoningDelta
    | ToolInputDelta
    | Completed
    | BrokenCompletion
    | Failed
    | Incomplete
    | Unreadable
    | Note
)


class _Head(msgspec.Struct):
    type: str


class _ItemWire(msgspec.Struct):
    item: msgspec.Raw


class _Cached(msgspec.Struct):
    cached_tokens: int = 0


class _Thought(msgspec.Struct):
    reasoning_tokens: int = 0


class _UsageWire(msgspec.Struct):
    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_tokens_details: _Cached | None = None
    output_tokens_details: _Thought | None = None

    def plain(self) -> TokenUsage:
        return TokenUsage(
            input_tokens=self.input_tokens,
            cached_input_tokens=(self.input_tokens_details or _Cached()).cached_tokens,
            output_tokens=self.output_tokens,
            reasoning_output_tokens=(self.output_tokens_details or _Thought()).reasoning_tokens,
            total_tokens=self.total_tokens,
        )


class _CompletedBody(msgspec.Struct):
    id: str
    usage: _UsageWire | None = None
    end_turn: bool | None = None


class _CompletedWire(msgspec.Struct):
    response: _CompletedBody


class _FailedBody(msgspec.Struct):
    error: ErrorBody | None = None


class _FailedWire(msgspec.Struct):
    response: _FailedBody


class _Details(msgspec.Struct):
    reason: str | None = None


class _IncompleteBody(msgspec.Struct):
    incomplete_details: _Details | None = None


class _IncompleteWire(msgspec.Struct):
    response: _IncompleteBody


_HEAD = msgspec.json.Decoder(_Head)
_ITEM = msgspec.json.Decoder(_ItemWire)
_COMPLETED = msgspec.json.Decoder(_CompletedWire)
_FAILED = msgspec.json.Decoder(_FailedWire)
_INCOMPLETE = msgspec.json.Decoder(_IncompleteWire)


def _item_added(data: bytes) -> ItemAdded:
    return ItemAdded(item=decode_item(_ITEM.decode(data).item))


def _item_done(data: bytes) -> ItemDone:
    return ItemDone(item=decode_item(_ITEM.decode(data).item))


def _completed(data: bytes) -> Completed | BrokenCompletion:
    try:
        body = _COMPLETED.decode(data).response
    except UNREADABLE as error:
        return BrokenCompletion(message=str(error))
    usage = body.usage.plain() if body.usage else None
    return Completed(response_id=body.id, usage=usage, end_turn=body.end_turn)


def _failed(data: bytes) -> Failed:
    try:
        return Failed(error=_FAILED.decode(data).response.error)
    except UNREADABLE:
        return Failed(error=None)


def _incomplete(data: bytes) -> Incomplete:
    try:
        details = _INCOMPLETE.decode(data).response.incomplete_details
    except UNREADABLE:
        details = None
    return Incomplete(reason=(details.reason if details else None) or "unknown")


_READERS: Mapping[str, Callable[[bytes], ResponseEvent]] = {
    "response.created": msgspec.json.Decoder(Created).decode,
    "response.output_item.added": _item_added,
    "response.output_item.done": _item_done,
    "response.output_text.delta": msgspec.json.Decoder(TextDelta).decode,
    "response.reasoning_summary_text.delta": msgspec.json.Decoder(SummaryDelta).decode,
    "response.reasoning_summary_part.added": msgspec.json.Decoder(SummaryPart).decode,
    "response.reasoning_text.delta": msgspec.json.Decoder(ReasoningDelta).decode,
    "response.custom_tool_call_input.delta": msgspec.json.Decoder(ToolInputDelta).decode,
    "response.completed": _completed,
    "response.failed": _failed,
    "response.incomplete": _incomplete,
}


def decode_event(data: bytes) -> ResponseEvent | None:
    """Reads the data of one event; None for one of an unknown type."""
    kind = ""
    try:
        kind = _HEAD.decode(data).type
        reader = _READERS.get(kind)
        return reader(data) if reader else None
    except UNREADABLE as error:
        return Unreadable(type=kind, message=str(error))


def decode_events(data: bytes) -> list[ResponseEvent]:
    """All that the data of one event says: the notes in it, then the event itself."""
    event = decode_event(data)
    return [*payload_notes(data), *([] if event is None else [event])]
