"""One builder for each event of a response stream, as a test writes it inside `stream(...)`.

A builder takes what the event says; ids, indices, sequence numbers and texts that are left out are
filled in by the composer. Wrong fields are refused here, where the test wrote them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, Unpack

from mock_responses import fields, structs
from mock_responses.items import Item
from mock_responses.making import (
    ContentPlace,
    ItemPlace,
    LifecycleFields,
    Numbering,
    Place,
    SummaryPlace,
    TextPlace,
    made,
)
from mock_responses.response import Usage

L = TypeVar("L", bound=structs.Lifecycle)


def _lifecycle(
    struct: type[L],
    builder: str,
    own: Mapping[str, Any],
    given: LifecycleFields,
    takes: Iterable[str] = (),
) -> L:
    replaced = fields.mapping(builder, "response", given.get("response", {}))
    return made(struct, builder, {**given, "response": {**own, **replaced}}, takes)


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
    told = fields.mapping("completed", "usage", own)
    return _lifecycle(structs.Completed, "completed", told, given, ("output", "usage"))


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
    named = fields.maybe(fields.name)("error_event", "code", code)
    own = {"message": message, "code": named, "param": param}
    return made(structs.ErrorEvent, "error_event", {**own, **given})


def output_item_added(
    item: Item | Mapping[str, Any], **given: Unpack[ItemPlace]
) -> structs.OutputItemAdded:
    """`response.output_item.added`: opens `item`, which later events refer to."""
    return made(structs.OutputItemAdded, "output_item_added", {"item": item, **given})


def output_item_done(
    item: Item | Mapping[str, Any] | None = None, **given: Unpack[ItemPlace]
) -> structs.OutputItemDone:
    """`response.output_item.done`: without `item`, the open one with the text that was streamed."""
    return made(structs.OutputItemDone, "output_item_done", {**_maybe("item", item), **given})


def content_part_added(
    part: Mapping[str, Any] | None = None, **given: Unpack[ContentPlace]
) -> structs.ContentPartAdded:
    """`response.content_part.added`: begins the next part of the open item, an empty text."""
    return made(structs.ContentPartAdded, "content_part_added", {**_maybe("part", part), **given})


def content_part_done(
    part: Mapping[str, Any] | None = None, **given: Unpack[ContentPlace]
) -> structs.ContentPartDone:
    """`response.content_part.done`: without `part`, the text that was streamed."""
    return made(structs.ContentPartDone, "content_part_done", {**_maybe("part", part), **given})


def text_delta(delta: str, **given: Unpack[TextPlace]) -> structs.TextDelta:
    """`response.output_text.delta`: a piece of a message."""
    return made(structs.TextDelta, "text_delta", {"delta": delta, **given})


def text_done(text: str | None = None, **given: Unpack[TextPlace]) -> structs.TextDone:
    """`response.output_text.done`: without `text`, the deltas joined."""
    return made(structs.TextDone, "text_done", {**_maybe("text", text), **given})


def reasoning_text_delta(delta: str, **given: Unpack[ContentPlace]) -> structs.ReasoningTextDelta:
    """`response.reasoning_text.delta`: a piece of raw reasoning."""
    return made(structs.ReasoningTextDelta, "reasoning_text_delta", {"delta": delta, **given})


def reasoning_text_done(
    text: str | None = None, **given: Unpack[ContentPlace]
) -> structs.ReasoningTextDone:
    """`response.reasoning_text.done`: without `text`, the deltas joined."""
    own = _maybe("text", text)
    return made(structs.ReasoningTextDone, "reasoning_text_done", {**own, **given})


def reasoning_summary_part_added(
    part: Mapping[str, Any] | None = None, **given: Unpack[SummaryPlace]
) -> structs.SummaryPartAdded:
    """`response.reasoning_summary_part.added`: begins the next summary part of the open item."""
    own = _maybe("part", part)
    return made(structs.SummaryPartAdded, "reasoning_summary_part_added", {**own, **given})


def reasoning_summary_part_done(
    part: Mapping[str, Any] | None = None, **given: Unpack[SummaryPlace]
) -> structs.SummaryPartDone:
    """`response.reasoning_summary_part.done`: without `part`, the text that was streamed."""
    own = _maybe("part", part)
    return made(structs.SummaryPartDone, "reasoning_summary_part_done", {**own, **given})


def reasoning_summary_text_delta(
    delta: str, **given: Unpack[SummaryPlace]
) -> structs.SummaryTextDelta:
    """`response.reasoning_summary_text.delta`: a piece of a summary."""
    own = {"delta": delta}
    return made(structs.SummaryTextDelta, "reasoning_summary_text_delta", {**own, **given})


def reasoning_summary_text_done(
    text: str | None = None, **given: Unpack[SummaryPlace]
) -> structs.SummaryTextDone:
    """`response.reasoning_summary_text.done`: without `text`, the deltas joined."""
    own = _maybe("text", text)
    return made(structs.SummaryTextDone, "reasoning_summary_text_done", {**own, **given})


def function_call_arguments_delta(delta: str, **given: Unpack[Place]) -> structs.ArgumentsDelta:
    """`response.function_call_arguments.delta`: a piece of a call's arguments."""
    own = {"delta": delta}
    return made(structs.ArgumentsDelta, "function_call_arguments_delta", {**own, **given})


def function_call_arguments_done(
    arguments: str | None = None, **given: Unpack[Place]
) -> structs.ArgumentsDone:
    """`response.function_call_arguments.done`: without `arguments`, the deltas joined."""
    own = _maybe("arguments", arguments)
    return made(structs.ArgumentsDone, "function_call_arguments_done", {**own, **given})


def custom_tool_call_input_delta(delta: str, **given: Unpack[Place]) -> structs.InputDelta:
    """`response.custom_tool_call_input.delta`: a piece of a custom call's input."""
    return made(structs.InputDelta, "custom_tool_call_input_delta", {"delta": delta, **given})


def custom_tool_call_input_done(
    input: str | None = None, **given: Unpack[Place]
) -> structs.InputDone:
    """`response.custom_tool_call_input.done`: without `input`, the deltas joined."""
    own = _maybe("input", input)
    return made(structs.InputDone, "custom_tool_call_input_done", {**own, **given})


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
