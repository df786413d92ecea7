"""The fields of an event as they go out: what the test left out is taken from the ledger of items.

A table says which text of which item each event is about. Nothing here knows bytes, numbers or a
script.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from msgspec import UNSET, UnsetType

from mock_responses import shapes, structs, tool_structs
from mock_responses.ledger import Ledger, OpenItem
from mock_responses.shapes import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slot:
    """The text that an event about a piece of an item belongs to."""

    type: str
    """The item type that the piece makes up when no item was announced."""
    field: str
    """The field of the item that the text ends up in."""
    index: str | None = None
    """The name of the index among several texts in one field."""


_CONTENT = Slot("message", "content", "content_index")
_RAW = Slot("reasoning", "content", "content_index")
_SUMMARY = Slot("reasoning", "summary", "summary_index")
_ARGUMENTS = Slot("function_call", "arguments")
_INPUT = Slot("custom_tool_call", "input")
_MCP = Slot("mcp_call", "arguments")
_CODE = Slot("code_interpreter_call", "code")
_COMMAND = Slot("shell_call", "commands", "command_index")
_IMAGES = Slot("image_generation_call", "images")

Piece: TypeAlias = structs.InItem | tool_structs.InCommand
"""An event about one text of an item."""


@dataclass(frozen=True, slots=True)
class Place:
    """One text of an open item."""

    opened: OpenItem
    field: str
    index: int
    pieces: list[str]

    def part(self, text: str) -> Json:
        """The text as a part of its item."""
        if (self.opened.type, self.field) == ("message", "content"):
            return self.opened.extras.part(self.index, text)
        return shapes.PARTS.get((self.opened.type, self.field), shapes.text_part)(text)


Value: TypeAlias = Callable[[Any, Place], Json]


def _part_added(event: structs.ContentPartAdded | structs.SummaryPartAdded, at: Place) -> Json:
    if not isinstance(event.part, UnsetType) and event.part.get("type") == "refusal":
        at.opened.extras.refusals.add(at.index)
    return {"part": _or(event.part, at.part(""))}


def _part_done(event: structs.ContentPartDone | structs.SummaryPartDone, at: Place) -> Json:
    return {"part": _or(event.part, at.part("".join(at.pieces)))}


def _delta(event: structs.Delta, at: Place) -> Json:
    at.pieces.append(event.delta)
    return {"delta": event.delta}


def _refused(event: structs.RefusalDelta | structs.RefusalDone, at: Place) -> Json:
    at.opened.extras.refusals.add(at.index)
    return _delta(event, at) if isinstance(event, structs.RefusalDelta) else _REFUSED(event, at)


def _annotation(event: tool_structs.AnnotationAdded, at: Place) -> Json:
    listed = at.opened.extras.annotations.setdefault(at.index, [])
    listed.append(event.annotation)
    index = _or(event.annotation_index, len(listed) - 1)
    return {"annotation_index": index, "annotation": event.annotation}


def _command(event: tool_structs.CommandAdded, at: Place) -> Json:
    at.pieces.append(event.command)
    return {"command": event.command}


def _command_delta(event: tool_structs.CommandDelta, at: Place) -> Json:
    at.pieces.append(event.delta)
    return {"delta": event.delta}


def _image(event: tool_structs.PartialImage, at: Place) -> Json:
    at.pieces.append(event.partial_image_b64)
    index = _or(event.partial_image_index, len(at.pieces) - 1)
    return {"partial_image_index": index, "partial_image_b64": event.partial_image_b64}


def _whole(field: str) -> Value:
    def value(event: Piece, at: Place) -> Json:
        given = getattr(event, field)
        if given is not UNSET:
            at.pieces[:] = [given]
        return {field: "".join(at.pieces)}

    return value


_REFUSED = _whole("refusal")


def _with_logprobs(inner: Value) -> Value:
    return lambda event, at: {**inner(event, at), "logprobs": event.logprobs}


SLOTS: Mapping[type[structs.Numbered], tuple[Slot, Value]] = {
    structs.ContentPartAdded: (_CONTENT, _part_added),
    structs.ContentPartDone: (_CONTENT, _part_done),
    structs.TextDelta: (_CONTENT, _with_logprobs(_delta)),
    structs.TextDone: (_CONTENT, _with_logprobs(_whole("text"))),
    structs.ReasoningTextDelta: (_RAW, _delta),
    structs.ReasoningTextDone: (_RAW, _whole("text")),
    structs.SummaryPartAdded: (_SUMMARY, _part_added),
    structs.SummaryPartDone: (_SUMMARY, _part_done),
    structs.SummaryTextDelta: (_SUMMARY, _delta),
    structs.SummaryTextDone: (_SUMMARY, _whole("text")),
    structs.ArgumentsDelta: (_ARGUMENTS, _delta),
    structs.ArgumentsDone: (_ARGUMENTS, _whole("arguments")),
    structs.InputDelta: (_INPUT, _delta),
    structs.InputDone: (_INPUT, _whole("input")),
    structs.RefusalDelta: (_CONTENT, _refused),
    structs.RefusalDone: (_CONTENT, _refused),
    structs.McpArgumentsDelta: (_MCP, _delta),
    structs.McpArgumentsDone: (_MCP, _whole("arguments")),
    structs.CodeDelta: (_CODE, _delta),
    structs.CodeDone: (_CODE, _whole("code")),
    tool_structs.AnnotationAdded: (_CONTENT, _annotation),
    tool_structs.PartialImage: (_IMAGES, _image),
    tool_structs.CommandAdded: (_COMMAND, _command),
    tool_structs.CommandDelta: (_COMMAND, _command_delta),
    tool_structs.CommandDone: (_COMMAND, _whole("command")),
}
"""For each event about a piece of an item: the text it is about, how its last fields are made."""


BEGINS = structs.ContentPartAdded | structs.SummaryPartAdded | tool_structs.CommandAdded
"""The events with which the next of several texts begins."""


class Filler:
    """Fills in events one after the other, in the order in which they go out."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def fields(self, event: structs.Numbered) -> Json:
        """The fields of an event about an item or a piece of one, without `type` and number."""
        if isinstance(event, structs.OutputItemAdded):
            return self._added(event)
        if isinstance(event, structs.OutputItemDone):
            return self._done(event)
        if isinstance(event, Piece) and type(event) in SLOTS:
            return self.place(event)[0]
        return {**self._where(event), **_own(event)}

    def _added(self, event: structs.OutputItemAdded) -> Json:
        opened = self._ledger.begin(event.item, _given(event.output_index))
        return {"output_index": opened.index, "item": opened.announced}

    def _done(self, event: structs.OutputItemDone) -> Json:
        at = _given(event.output_index)
        if event.item is UNSET:
            index, item = self._ledger.finish(at)
        else:
            index, item = self._ledger.close(event.item, at)
        return {"output_index": index, "item": item}

    def _where(self, event: structs.Numbered) -> Json:
        """The place of an event about a state of an item, or about what its commands wrote."""
        if not isinstance(event, tool_structs.Progress | tool_structs.InOutput):
            return {}
        opened = self._ledger.at(event.item_type, _given(event.item_id))
        return {"item_id": opened.id, "output_index": opened.index}

    def place(self, event: Piece) -> tuple[Json, list[str]]:
        """The fields of an event about a piece of an item, and the pieces of its text."""
        slot, value = SLOTS[type(event)]
        named = not isinstance(event, tool_structs.InCommand)
        id = UNSET if isinstance(event, tool_structs.InCommand) else event.item_id
        opened = self._ledger.at(slot.type, _given(id))
        index, pieces = self._text(event, slot, opened)
        filled = {
            **({"item_id": opened.id} if named else {}),
            "output_index": _or(event.output_index, opened.index),
            **({slot.index: index} if slot.index else {}),
            **value(event, Place(opened, slot.field, index, pieces)),
        }
        return filled, pieces

    def _text(self, event: Piece, slot: Slot, opened: OpenItem) -> tuple[int, list[str]]:
        index = _given(getattr(event, slot.index)) if slot.index else None
        if isinstance(event, BEGINS):
            index = opened.begin_part(slot.field, index)
        return opened.part(slot.field, index)


def _own(event: structs.Numbered) -> Json:
    """What the test gave, without the number."""
    fields = (field for field in event.__struct_fields__ if field != "sequence_number")
    return {field: value for field in fields if (value := getattr(event, field)) is not UNSET}


def _or(value: T | UnsetType, otherwise: T) -> T:
    return otherwise if isinstance(value, UnsetType) else value


def _given(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value
