"""One builder for each event of a response stream, as a test writes it inside `stream(...)`.

A builder takes what the event says; ids, indices, sequence numbers and texts that are left out are
filled in by the composer. Wrong fields are refused here, where the test wrote them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict, TypeVar, Unpack

from mock_responses import fields, structs
from mock_responses.items import Item, item
from mock_responses.response import Usage

T = TypeVar("T", bound=structs.Event)
L = TypeVar("L", bound=structs.Lifecycle)


class Numbering(TypedDict, total=False):
    """What every event may be given instead of being filled in."""

    sequence_number: int


class ItemPlace(Numbering, total=False):
    """Where an event about a whole item belongs."""

    output_index: int


class Place(ItemPlace, total=False):
    """Where an event about a piece of an item belongs."""

    item_id: str


class ContentPlace(Place, total=False):
    """Where an event about a content part belongs."""

    content_index: int


class TextPlace(ContentPlace, total=False):
    """Where a piece of a message belongs, and its token probabilities."""

    logprobs: Sequence[Mapping[str, Any]]


class SummaryPlace(Place, total=False):
    """Where an event about a summary part belongs."""

    summary_index: int


class LifecycleFields(Numbering, total=False):
    """`response`: fields of the response object that replace those that the composer makes."""

    response: Mapping[str, Any]


def _item(builder: str, field: str, value: object) -> Item:
    if not isinstance(value, Item | Mapping):
        raise fields.wrong(
            TypeError, builder, field, value, "message(...) or the like, or a mapping"
        )
    return item(value) if isinstance(value, Mapping) else value


CHECKS: Final[Mapping[str, Callable[[str, str, Any], Any]]] = {
    "sequence_number": fields.count,
    "output_index": fields.count,
    "content_index": fields.count,
    "summary_index": fields.count,
    "item_id": fields.name,
    "delta": fields.text,
    "text": fields.text,
    "arguments": fields.text,
    "input": fields.text,
    "message": fields.text,
    "code": fields.maybe(fields.name),
    "param": fields.maybe(fields.name),
    "part": fields.mapping,
    "response": fields.mapping,
    "logprobs": fields.listing,
    "item": _item,
}
"""How each field of an event is checked, whatever the event."""


def _made(struct: type[T], builder: str, given: Mapping[str, Any], takes: Iterable[str] = ()) -> T:
    known = (*takes, *struct.__struct_fields__)
    if not given.keys() <= set(known):
        raise fields.unknown(builder, given.keys() - set(known), known)
    return struct(**{field: CHECKS[field](builder, field, value) for field, value in given.items()})


def _lifecycle(
    struct: type[L],
    builder: str,
    own: Mapping[str, Any],
    given: LifecycleFields,
    takes: Iterable[str] = (),
) -> L:
    replaced = fields.mapping(builder, "response", given.get("response", {}))
    return _made(struct, builder, {**given, "response": {**own, **replaced}}, takes)


def _maybe(field: str, value: object) -> dict[str, object]:
    return {} if value is None else {field: value}


def created(**given: Unpack[LifecycleFields]) -> structs.Created:
    """`response.created`: the first event of every stream."""
    return _lifecycle(structs.Created, "created", {}, given)


def queued(**given: Unpack[LifecycleFields]) -> structs.Queued:
    """`response.queued`: sent in background mode."""
    return _lifecycle(structs.Queued, "queued", {}, given)


def in_progress(**given: Unpack[LifecycleFields]) -> structs.InProgress:
    """`response.in_progress`: the model has begun."""
    return _lifecycle(structs.InProgress, "in_progress", {}, given)


def completed(
    *,
    output: Sequence[Mapping[str, Any]] | None = None,
    usage: Usage | None = None,
    **given: Unpack[LifecycleFields],
) -> structs.Completed:
    """`response.completed`: the response is whole.

    Without `output` it lists the items that are done, without `usage` it counts fixed numbers.
    `response={"end_turn": False}` adds fields that have no argument here.
    """
    if usage is not None and not isinstance(usage, Usage):
        raise fields.wrong(TypeError, "completed", "usage", usage, "usage(...) of this package")
    items = None if output is None else fields.listing("completed", "output", output)
    own = {**_maybe("output", items), **_maybe("usage", usage)}
    made = fields.mapping("completed", "usage", own)
    return _lifecycle(structs.Completed, "completed", made, given, ("output", "usage"))


def failed(code: str, message: str, **given: Unpack[LifecycleFields]) -> structs.Failed:
    """`response.failed` with the error that ended the response."""
    error = {
        "code": fields.name("failed", "code", code),
        "message": fields.text("failed", "message", message),
    }
    return _lifecycle(structs.Failed, "failed", {"error": error}, given, ("code", "message"))


def incomplete(
    reason: str = "max_output_tokens", **given: Unpack[LifecycleFields]
) -> structs.Incomplete:
    """`response.incomplete`; the API knows the reasons `max_output_tokens` and `content_filter`."""
    details = {"reason": fields.name("incomplete", "reason", reason)}
    return _lifecycle(
        structs.Incomplete, "incomplete", {"incomplete_details": details}, given, ["reason"]
    )


def error_event(
    message: str, *, code: str | None = None, param: str | None = None, **given: Unpack[Numbering]
) -> structs.ErrorEvent:
    """`error`, flat as the API documents it.

    The nested form, on which SDKs raise, is `event("error", error={...})`.
    """
    own = {"message": message, "code": code, "param": param}
    return _made(structs.ErrorEvent, "error_event", {**own, **given})


def output_item_added(
    item: Item | Mapping[str, Any], **given: Unpack[ItemPlace]
) -> structs.OutputItemAdded:
    """`response.output_item.added`: opens `item`, which later events refer to."""
    return _made(structs.OutputItemAdded, "output_item_added", {"item": item, **given})


def output_item_done(
    item: Item | Mapping[str, Any] | None = None, **given: Unpack[ItemPlace]
) -> structs.OutputItemDone:
    """`response.output_item.done`: without `item`, the open one with the text that was streamed."""
    return _made(structs.OutputItemDone, "output_item_done", {**_maybe("item", item), **given})


def content_part_added(
    part: Mapping[str, Any] | None = None, **given: Unpack[ContentPlace]
) -> structs.ContentPartAdded:
    """`response.content_part.added`: begins the next part of the open item, an empty text."""
    return _made(structs.ContentPartAdded, "content_part_added", {**_maybe("part", part), **given})


def content_part_done(
    part: Mapping[str, Any] | None = None, **given: Unpack[ContentPlace]
) -> structs.ContentPartDone:
    """`response.content_part.done`: without `part`, the text that was streamed."""
    return _made(structs.ContentPartDone, "content_part_done", {**_maybe("part", part), **given})


def text_delta(delta: str, **given: Unpack[TextPlace]) -> structs.TextDelta:
    """`response.output_text.delta`: a piece of a message."""
    return _made(structs.TextDelta, "text_delta", {"delta": delta, **given})


def text_done(text: str | None = None, **given: Unpack[TextPlace]) -> structs.TextDone:
    """`response.output_text.done`: without `text`, the deltas joined."""
    return _made(structs.TextDone, "text_done", {**_maybe("text", text), **given})


def reasoning_text_delta(delta: str, **given: Unpack[ContentPlace]) -> structs.ReasoningTextDelta:
    """`response.reasoning_text.delta`: a piece of raw reasoning."""
    return _made(structs.ReasoningTextDelta, "reasoning_text_delta", {"delta": delta, **given})


def reasoning_text_done(
    text: str | None = None, **given: Unpack[ContentPlace]
) -> structs.ReasoningTextDone:
    """`response.reasoning_text.done`: without `text`, the deltas joined."""
    own = _maybe("text", text)
    return _made(structs.ReasoningTextDone, "reasoning_text_done", {**own, **given})


def reasoning_summary_part_added(
    part: Mapping[str, Any] | None = None, **given: Unpack[SummaryPlace]
) -> structs.SummaryPartAdded:
    """`response.reasoning_summary_part.added`: begins the next summary part of the open item."""
    own = _maybe("part", part)
    return _made(structs.SummaryPartAdded, "reasoning_summary_part_added", {**own, **given})


def reasoning_summary_part_done(
    part: Mapping[str, Any] | None = None, **given: Unpack[SummaryPlace]
) -> structs.SummaryPartDone:
    """`response.reasoning_summary_part.done`: without `part`, the text that was streamed."""
    own = _maybe("part", part)
    return _made(structs.SummaryPartDone, "reasoning_summary_part_done", {**own, **given})


def reasoning_summary_text_delta(
    delta: str, **given: Unpack[SummaryPlace]
) -> structs.SummaryTextDelta:
    """`response.reasoning_summary_text.delta`: a piece of a summary."""
    own = {"delta": delta}
    return _made(structs.SummaryTextDelta, "reasoning_summary_text_delta", {**own, **given})


def reasoning_summary_text_done(
    text: str | None = None, **given: Unpack[SummaryPlace]
) -> structs.SummaryTextDone:
    """`response.reasoning_summary_text.done`: without `text`, the deltas joined."""
    own = _maybe("text", text)
    return _made(structs.SummaryTextDone, "reasoning_summary_text_done", {**own, **given})


def function_call_arguments_delta(delta: str, **given: Unpack[Place]) -> structs.ArgumentsDelta:
    """`response.function_call_arguments.delta`: a piece of a call's arguments."""
    own = {"delta": delta}
    return _made(structs.ArgumentsDelta, "function_call_arguments_delta", {**own, **given})


def function_call_arguments_done(
    arguments: str | None = None, **given: Unpack[Place]
) -> structs.ArgumentsDone:
    """`response.function_call_arguments.done`: without `arguments`, the deltas joined."""
    own = _maybe("arguments", arguments)
    return _made(structs.ArgumentsDone, "function_call_arguments_done", {**own, **given})


def custom_tool_call_input_delta(delta: str, **given: Unpack[Place]) -> structs.InputDelta:
    """`response.custom_tool_call_input.delta`: a piece of a custom call's input."""
    return _made(structs.InputDelta, "custom_tool_call_input_delta", {"delta": delta, **given})


def custom_tool_call_input_done(
    input: str | None = None, **given: Unpack[Place]
) -> structs.InputDone:
    """`response.custom_tool_call_input.done`: without `input`, the deltas joined."""
    own = _maybe("input", input)
    return _made(structs.InputDone, "custom_tool_call_input_done", {**own, **given})


def event(type: str, /, **given: Any) -> structs.Custom:
    """Any other event, with these fields and, unless they hold one, a `sequence_number`."""
    if "type" in given:
        raise fields.wrong(TypeError, "event", "type", given["type"], "one type, as first argument")
    checked = fields.mapping("event", "fields", given)
    return structs.Custom(type=fields.name("event", "type", type), fields=checked)


def raw_event(payload: bytes, *, type: str = "") -> structs.RawEvent:
    """One event whose data is `payload`, byte for byte: broken JSON, for example.

    It takes no sequence number. `type` is what the `event:` line of a server-sent event says; an
    empty one leaves the line out.
    """
    if not isinstance(payload, bytes):
        raise fields.wrong(TypeError, "raw_event", "payload", payload, "bytes")
    return structs.RawEvent(payload=payload, type=fields.text("raw_event", "type", type))
