"""What items need before they can be sent: pairs of call and output, and what a model cannot see.

Pure functions of one item. The history keeps the results; which call is open is its matter.
"""

from collections.abc import Callable, Iterable
from typing import TypeGuard

import msgspec
from msgspec import UNSET

from codex_core.protocol.items import (
    Compaction,
    Content,
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
    """Is it history? Unknown items and system messages are not."""
    if isinstance(item, OtherItem):
        return False
    return not (isinstance(item, Message) and item.role == "system")


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
    match item:
        case Message() if any(isinstance(part, InputImage) for part in item.content):
            return msgspec.structs.replace(item, content=tuple(_texts(item.content, note)))
        case (
            FunctionCallOutput(output=tuple() as parts)
            | CustomToolCallOutput(output=tuple() as parts)
        ) if any(isinstance(part, InputImage) for part in parts):
            return msgspec.structs.replace(item, output=tuple(_texts(parts, note)))
        case ImageGenerationCall() if item.result:
            return msgspec.structs.replace(item, result="")
    return item


def _texts(parts: Iterable[Content], note: str) -> Iterable[Content]:
    return (InputText(text=note) if isinstance(part, InputImage) else part for part in parts)
