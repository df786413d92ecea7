"""What items need before they can be sent: pairs of call and output, and what a model cannot see.

Pure functions of one item. The history keeps the results; which call is open is its matter.
"""

from collections.abc import Callable
from typing import TypeGuard

import msgspec
from msgspec import UNSET

from codex_core.protocol.items import (
    Compaction,
    ContextCompaction,
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    FunctionCallOutput,
    ImageGenerationCall,
    InputImage,
    InputText,
    KnownItem,
    LocalShellCall,
    Message,
    OtherItem,
    Reasoning,
    ResponseItem,
    ToolSearchCall,
    ToolSearchOutput,
    WebSearchCall,
)

__all__ = [
    "ABORTED",
    "IMAGE_WITHHELD",
    "Key",
    "answers",
    "calls",
    "identified",
    "is_kept",
    "needs_call",
    "nothing_found",
    "synthetic_output",
    "without_detail",
    "without_images",
]

ABORTED = "aborted"
"""The output of a call that nothing answered."""

IMAGE_WITHHELD = "(there was an image here; this model takes none)"

Key = tuple[str, str]
"""What a call and its output are known by: their kind and id."""

_ID_PREFIX: dict[type[KnownItem], str] = {
    Message: "msg_",
    Reasoning: "rs_",
    LocalShellCall: "lsh_",
    FunctionCall: "fc_",
    ToolSearchCall: "tsc_",
    FunctionCallOutput: "fco_",
    CustomToolCall: "ctc_",
    CustomToolCallOutput: "ctco_",
    ToolSearchOutput: "tso_",
    WebSearchCall: "ws_",
    ImageGenerationCall: "ig_",
    Compaction: "cmp_",
    ContextCompaction: "cmp_",
}


def is_kept(item: ResponseItem) -> TypeGuard[KnownItem]:
    """Is it history? Unknown items are not, nor are system messages and those that decline."""
    if isinstance(item, Message):
        return item.role != "system" and not item.declines
    return not isinstance(item, OtherItem)


def identified(
    item: KnownItem, new_id: Callable[[], str] | None, *, keeps: bool = False
) -> KnownItem:
    """The item with an id, made if it has none; if `new_id` is None, with its own if it `keeps` it,
    else without.
    """
    if new_id is None:
        kept = keeps or item.id is UNSET
        return item if kept else msgspec.structs.replace(item, id=UNSET)
    prefix = _ID_PREFIX.get(type(item))
    if item.id or prefix is None:
        return item
    return msgspec.structs.replace(item, id=prefix + new_id())


def calls(item: KnownItem) -> Key | None:
    """What a call that wants an output is known by; None for every other item."""
    match item:
        case FunctionCall(call_id=call_id) | LocalShellCall(call_id=str() as call_id):
            return "function", call_id
        case CustomToolCall(call_id=call_id):
            return "custom", call_id
        case ToolSearchCall(call_id=str() as call_id):
            return "search", call_id
    return None


def answers(item: KnownItem) -> Key | None:
    """The call that an output belongs to; None for every other item."""
    match item:
        case FunctionCallOutput(call_id=call_id):
            return "function", call_id
        case CustomToolCallOutput(call_id=call_id):
            return "custom", call_id
        case ToolSearchOutput(call_id=str() as call_id):
            return "search", call_id
    return None


def needs_call(output: KnownItem) -> bool:
    """Is an output sent with its call only? What the server searched stands by itself."""
    return not (isinstance(output, ToolSearchOutput) and output.execution == "server")


def synthetic_output(call: KnownItem) -> KnownItem:
    """What stands after a call that nothing answered."""
    match call:
        case CustomToolCall(call_id=call_id):
            return CustomToolCallOutput(call_id=call_id, output=ABORTED)
        case ToolSearchCall(call_id=str() as call_id):
            return nothing_found(call_id)
        case FunctionCall(call_id=str() as call_id) | LocalShellCall(call_id=str() as call_id):
            return FunctionCallOutput(call_id=call_id, output=ABORTED)
    raise TypeError(f"{type(call).__name__} is no call that wants an output")


def nothing_found(call_id: str) -> ToolSearchOutput:
    """The answer of this core to a search for tools: it holds none back."""
    return ToolSearchOutput(call_id=call_id, status="completed", execution="client", tools=())


def without_images(item: KnownItem, note: str = IMAGE_WITHHELD) -> KnownItem:
    """The item with `note` for each image and a generated one emptied, if it has any."""
    if isinstance(item, ImageGenerationCall):
        return msgspec.structs.replace(item, result="") if item.result else item
    return _with_each_image(item, lambda _: InputText(text=note))


def without_detail(item: KnownItem) -> KnownItem:
    """The item with images of which no detail is asked for, if it has any that are."""
    return _with_each_image(
        item,
        lambda image: image if image.detail is None else InputImage(image_url=image.image_url),
    )


def _with_each_image(
    item: KnownItem, change: Callable[[InputImage], InputText | InputImage]
) -> KnownItem:
    """The item with its images changed; the item itself if none is."""
    match item:
        case Message(content=parts):
            field = "content"
        case (
            FunctionCallOutput(output=tuple() as parts)
            | CustomToolCallOutput(output=tuple() as parts)
        ):
            field = "output"
        case _:
            return item
    changed = tuple(change(part) if isinstance(part, InputImage) else part for part in parts)
    if all(new is old for new, old in zip(changed, parts, strict=True)):
        return item
    return msgspec.structs.replace(item, **{field: changed})
