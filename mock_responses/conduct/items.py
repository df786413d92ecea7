"""Input items as the rules of conduct see them: what is a call, what answers one, what two requests
have in common.

Tables and functions over parsed JSON. Source: the item types of the Responses API's create request.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import msgspec

from mock_responses.views import content_texts

Json: TypeAlias = dict[str, Any]

CALLS: Final[Mapping[str, str]] = {
    "function_call": "function_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "tool_search_call": "tool_search_output",
    "local_shell_call": "local_shell_call_output",
    "shell_call": "shell_call_output",
    "apply_patch_call": "apply_patch_call_output",
    "computer_call": "computer_call_output",
}
"""The calls that a client is to run: type of the call -> type of what hands back its output."""
OUTPUTS: Final = frozenset(CALLS.values())
PAIRED: Final = OUTPUTS.union(CALLS)
"""Calls and outputs."""
COMPACTIONS: Final = frozenset(
    {"compaction", "compaction_summary", "compaction_trigger", "context_compaction"}
)
"""Items that say that the history before them was made shorter on purpose."""
_SHOWN_AS_TEXT: Final = frozenset({"input_text", "output_text"})
_UNSHOWN: Final = frozenset({"id", "status", "annotations", "logprobs"})
"""Fields that no model sees, and that clients may leave out when they send an item back."""
_READABLE: Final = frozenset({"content", "summary"})
"""What is sealed in `encrypted_content` as well."""


def type_of(item: Json) -> str:
    """The type of an item; a message may leave its type out."""
    type_ = item.get("type", "message")
    return type_ if isinstance(type_, str) else ""


def call_id_of(item: Json) -> str | None:
    """The id that pairs a call with its output, where the client is to run the call."""
    call_id = item.get("call_id")
    server_ran_it = item.get("execution") == "server"
    return call_id if isinstance(call_id, str) and not server_ran_it else None


def is_made_by_model(item: Json) -> bool:
    """Whether an item shows that the conversation has had a response."""
    return type_of(item) != "message" or item.get("role") == "assistant"


def text_of(item: Json) -> str:
    """The text of a message."""
    return "".join(text for text in content_texts(item.get("content")) if isinstance(text, str))


def digest(item: Json) -> int:
    """A number that is the same for two items that a model is shown alike.

    So an item as the server made it has that of the item as a client sends it back.
    """
    shown = {name: item[name] for name in item if name not in _UNSHOWN and item[name] is not None}
    if type_of(item) == "message":
        shown["content"] = _plain(item.get("content"))
    elif shown.get("encrypted_content"):
        shown = {name: shown[name] for name in shown if name not in _READABLE}
    try:
        return hash(msgspec.json.encode({"type": "message", **shown}, order="sorted"))
    except RecursionError:
        return hash((type_of(item), *sorted(item)))


def mark(item: Json, digest: int) -> tuple[str, str] | int:
    """What tells an item again when its content was changed: its call's id, else its `digest`."""
    call_id = item.get("call_id")
    return (type_of(item), call_id) if isinstance(call_id, str) else digest


def _plain(content: Any) -> Any:
    """A content of one text part as that text: the API takes both spellings."""
    parts = [_part(part) for part in content] if isinstance(content, list) else content
    return parts[0] if isinstance(parts, list) and len(parts) == 1 else parts


def _part(part: Any) -> Any:
    match part:
        case {"type": str(type_), "text": str(text), **rest} if rest.keys() <= _UNSHOWN:
            return text if type_ in _SHOWN_AS_TEXT else part
    return part
