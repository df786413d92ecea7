"""What the model is going to be shown again: items in order, encoded once.

Hygiene before each request: a call without an output gets the output "aborted" right after it, an
output without its call is left out. Items of unknown type and system messages are never kept.
"""

from collections.abc import Callable

import msgspec
from msgspec import UNSET

from codex_core.protocol.items import (
    CustomToolCall,
    CustomToolCallOutput,
    FunctionCall,
    FunctionCallOutput,
    KnownItem,
    Message,
    OtherItem,
    Reasoning,
    ResponseItem,
)
from codex_core.tools.truncate import truncate_middle

__all__ = ["ABORTED", "History"]

ABORTED = "aborted"

_RECORD_MARGIN = 1.2
"""Outputs are cut when a tool makes them; what is recorded may be this much longer."""

_ID_PREFIX: dict[type[KnownItem], str] = {
    Message: "msg_",
    Reasoning: "rs_",
    FunctionCall: "fc_",
    FunctionCallOutput: "fco_",
    CustomToolCall: "ctc_",
    CustomToolCallOutput: "ctco_",
}

_ENCODER = msgspec.json.Encoder()


class History:
    """The items of a thread.

    `new_id` makes ids for items without one, or is None when ids are not sent at all.
    `output_tokens` is the budget of one tool output.
    """

    def __init__(self, *, output_tokens: int, new_id: Callable[[], str] | None = None) -> None:
        self._budget = int(output_tokens * _RECORD_MARGIN)
        self._new_id = new_id
        self._items: list[KnownItem] = []
        self._encoded: list[msgspec.Raw] = []

    @property
    def items(self) -> tuple[KnownItem, ...]:
        """All items, as recorded."""
        return tuple(self._items)

    def record(self, item: ResponseItem) -> None:
        """Appends an item, if it is of a kind that is kept."""
        if isinstance(item, OtherItem) or (isinstance(item, Message) and item.role == "system"):
            return
        kept = self._with_id(self._cut(item))
        self._items.append(kept)
        self._encoded.append(_encode(kept))

    def for_prompt(self) -> list[msgspec.Raw]:
        """The items of the next request, encoded; each call has its output."""
        answered = {key for item in self._items if (key := _answers(item))}
        called = {key for item in self._items if (key := _calls(item))}
        prompt: list[msgspec.Raw] = []
        for item, encoded in zip(self._items, self._encoded, strict=True):
            answers = _answers(item)
            if answers is None or answers in called:
                prompt.append(encoded)
            calls = _calls(item)
            if calls is not None and calls not in answered:
                prompt.append(_encode(self._with_id(_aborted(item))))
        return prompt

    def _cut(self, item: KnownItem) -> KnownItem:
        if not isinstance(item, FunctionCallOutput | CustomToolCallOutput):
            return item
        if not isinstance(item.output, str):
            return item
        text = truncate_middle(item.output, self._budget)
        return item if text is item.output else msgspec.structs.replace(item, output=text)

    def _with_id(self, item: KnownItem) -> KnownItem:
        if self._new_id is None:
            return item if item.id is UNSET else msgspec.structs.replace(item, id=UNSET)
        if item.id:
            return item
        return msgspec.structs.replace(item, id=_ID_PREFIX[type(item)] + self._new_id())


def _encode(item: KnownItem) -> msgspec.Raw:
    return msgspec.Raw(_ENCODER.encode(item))


def _calls(item: KnownItem) -> tuple[str, str] | None:
    """What a call is known by: its kind and id."""
    match item:
        case FunctionCall():
            return "function", item.call_id
        case CustomToolCall():
            return "custom", item.call_id
    return None


def _answers(item: KnownItem) -> tuple[str, str] | None:
    """The call that an output belongs to."""
    match item:
        case FunctionCallOutput():
            return "function", item.call_id
        case CustomToolCallOutput():
            return "custom", item.call_id
    return None


def _aborted(call: KnownItem) -> KnownItem:
    if isinstance(call, CustomToolCall):
        return CustomToolCallOutput(call_id=call.call_id, output=ABORTED)
    assert isinstance(call, FunctionCall)
    return FunctionCallOutput(call_id=call.call_id, output=ABORTED)
