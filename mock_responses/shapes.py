"""How output items and their parts look on the wire, when an item begins and when it is whole.

Pure functions over tables. Nothing here knows an event, an index or an order.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from agent_rehearsal.wire.script import Mark
from mock_responses.items import (
    CustomToolCall,
    Deltas,
    FunctionCall,
    HostedCall,
    Item,
    Message,
    RawItem,
    Reasoning,
    Refusal,
)

Json: TypeAlias = dict[str, Any]
Texts: TypeAlias = Mapping[str, Mapping[int, str]]
"""The texts of an item: its field (`content`, `summary`, `arguments`, `input`), index, text."""

PREFIXES: Mapping[str, str] = {
    "message": "msg",
    "reasoning": "rs",
    "function_call": "fc",
    "custom_tool_call": "ctc",
    "web_search_call": "ws",
    "file_search_call": "fs",
    "code_interpreter_call": "ci",
    "image_generation_call": "ig",
    "mcp_call": "mcp",
    "mcp_list_tools": "mcpl",
    "local_shell_call": "lsh",
    "tool_search_call": "tsc",
    "compaction": "cmp",
}
"""What the API begins the id of an item with, by the item's type."""


def prefix(type: object) -> str:
    """The id prefix of an item type; `item` for a type that the table does not list."""
    return PREFIXES.get(str(type), "item")


def text_part(text: str) -> Json:
    """A content part of a message."""
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def refusal_part(text: str) -> Json:
    """A content part of a message in which the model refuses."""
    return {"type": "refusal", "refusal": text}


def reasoning_part(text: str) -> Json:
    """A content part of a reasoning item."""
    return {"type": "reasoning_text", "text": text}


def summary_part(text: str) -> Json:
    """A summary part of a reasoning item."""
    return {"type": "summary_text", "text": text}


PARTS: Mapping[tuple[str, str], Callable[[str], Json]] = {
    ("message", "content"): text_part,
    ("reasoning", "content"): reasoning_part,
    ("reasoning", "summary"): summary_part,
}
"""How the parts of a field look, by item type and field."""

TEXTS = (
    ("function_call", "arguments"),
    ("custom_tool_call", "input"),
    ("mcp_call", "arguments"),
    ("code_interpreter_call", "code"),
)
"""Item types and fields that are one text."""
STREAMED: Mapping[str, str] = dict(TEXTS)
"""The field of an item that is one text, by the item's type."""

UNFINISHED: Mapping[str, Json] = {
    "file_search_call": {"results": None},
    "code_interpreter_call": {"outputs": None},
    "image_generation_call": {"result": None},
    "mcp_call": {"output": None, "error": None},
    "mcp_list_tools": {"tools": [], "error": None},
    "compaction": {"encrypted_content": ""},
}
"""What an item that the API makes by itself does not have yet when it begins."""


class Extras:
    """What the content parts of a message are beside text, by content index."""

    __slots__ = ("annotations", "refusals")

    def __init__(
        self, refusals: Iterable[int] = (), annotations: Mapping[int, Iterable[Json]] | None = None
    ) -> None:
        self.refusals = set(refusals)
        self.annotations = {at: list(listed) for at, listed in (annotations or {}).items()}

    def part(self, index: int, text: str) -> Json:
        """The part at `index` with this text."""
        if index in self.refusals:
            return refusal_part(text)
        return {**text_part(text), "annotations": list(self.annotations.get(index, ()))}


PLAIN = Extras()
"""A message of nothing but text."""


def type_of(item: Item) -> str:
    """The wire type of an item."""
    if isinstance(item, HostedCall):
        return item.type
    return str(item.fields["type"]) if isinstance(item, RawItem) else _TYPES[type(item)]


def begun(item: Item, id: str) -> Json:
    """The item as it is announced: an id, and nothing streamed yet."""
    if isinstance(item, RawItem):
        return {**item.fields, "id": id}
    return {"id": id, "type": type_of(item), **_BEGUN[type(item)](item)}


def finished(item: Json, texts: Texts, extras: Extras = PLAIN) -> Json:
    """The announced item with its texts in place."""
    done = dict(item)
    if done.get("status") == "in_progress":
        done["status"] = "completed"
    for field, parts in texts.items():
        if (item.get("type"), field) == ("message", "content"):
            done[field] = [extras.part(index, parts[index]) for index in sorted(parts)]
        elif (part := PARTS.get((str(item.get("type")), field))) is not None:
            done[field] = [part(parts[index]) for index in sorted(parts)]
        elif (item.get("type"), field) in TEXTS:
            done[field] = "".join(parts.values())
    return done


def whole(item: Item, id: str) -> Json:
    """The item in its final form, at once."""
    if isinstance(item, HostedCall):
        return {"id": id, "type": item.type, **item.fields, **_streamed(item)}
    announced = begun(item, id)
    if isinstance(item, RawItem):
        return announced
    return finished(announced, texts(item), extras(item))


def extras(item: Item) -> Extras:
    """What the one part of a message is beside its text."""
    if isinstance(item, Refusal):
        return Extras(refusals=[0])
    if isinstance(item, Message) and item.annotations:
        return Extras(annotations={0: item.annotations})
    return PLAIN


def texts(item: Item) -> Texts:
    """The whole texts of an item."""
    if isinstance(item, RawItem):
        return {}
    if isinstance(item, Reasoning):
        both = {"summary": _parts(item.summary), "content": _parts(item.content)}
        return {field: parts for field, parts in both.items() if parts}
    if isinstance(item, HostedCall):
        return {field: {0: text} for field, text in _streamed(item).items()}
    return {_FIELDS[type(item)]: {0: joined(item.deltas)}}


def joined(deltas: Deltas) -> str:
    """The text that deltas make."""
    return "".join(delta for delta in deltas if isinstance(delta, str))


def _parts(parts: tuple[Deltas | Mark, ...]) -> dict[int, str]:
    return dict(enumerate(joined(part) for part in parts if not isinstance(part, Mark)))


def _present(**values: object) -> Json:
    return {field: value for field, value in values.items() if value is not None}


def _streamed(item: HostedCall) -> dict[str, str]:
    field = STREAMED.get(item.type)
    return {field: joined(item.deltas)} if field else {}


def _hosted(item: HostedCall) -> Json:
    blank = {"status": "in_progress"} if "status" in item.fields else {}
    text = dict.fromkeys(_streamed(item), "")
    return {**item.fields, **UNFINISHED.get(item.type, {}), **blank, **text}


def _refusal(_: Refusal) -> Json:
    return {"status": "in_progress", "role": "assistant", "content": []}


def _message(item: Message) -> Json:
    blank = {"status": "in_progress", "role": "assistant", "content": []}
    return {**blank, **_present(phase=item.phase)}


def _reasoning(item: Reasoning) -> Json:
    return {"summary": [], **_present(encrypted_content=item.encrypted_content)}


def _function_call(item: FunctionCall) -> Json:
    blank = {"status": "in_progress", "call_id": item.call_id, "name": item.name, "arguments": ""}
    return {**blank, **_present(namespace=item.namespace)}


def _custom_tool_call(item: CustomToolCall) -> Json:
    blank = {"call_id": item.call_id, "name": item.name, "input": ""}
    return {**blank, **_present(namespace=item.namespace)}


_TYPES: Mapping[type[Item], str] = {
    Message: "message",
    Refusal: "message",
    Reasoning: "reasoning",
    FunctionCall: "function_call",
    CustomToolCall: "custom_tool_call",
}
_FIELDS: Mapping[type[Item], str] = {
    Message: "content",
    Refusal: "content",
    FunctionCall: "arguments",
    CustomToolCall: "input",
}
_BEGUN: Mapping[type[Item], Callable[[Any], Json]] = {
    Message: _message,
    Refusal: _refusal,
    HostedCall: _hosted,
    Reasoning: _reasoning,
    FunctionCall: _function_call,
    CustomToolCall: _custom_tool_call,
}
