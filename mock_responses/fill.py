"""The fields of an event as they go out: what the test left out is taken from the ledger of items.

A table says which text of which item each event is about. Nothing here knows bytes, numbers or a
script.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from msgspec import UNSET, UnsetType

from mock_responses import shapes, structs
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


@dataclass(frozen=True, slots=True)
class Place:
    """One text of an open item."""

    opened: OpenItem
    field: str
    index: int
    pieces: list[str]

    def part(self, text: str) -> Json:
        """The text as a part of its item."""
        return shapes.PARTS.get((self.opened.type, self.field), shapes.text_part)(text)


Value: TypeAlias = Callable[[Any, Place], Json]


def _part_added(event: structs.ContentPartAdded | structs.SummaryPartAdded, at: Place) -> Json:
    return {"part": _or(event.part, at.part(""))}


def _part_done(event: structs.ContentPartDone | structs.SummaryPartDone, at: Place) -> Json:
    return {"part": _or(event.part, at.part("".join(at.pieces)))}


def _delta(event: structs.Delta, at: Place) -> Json:
    at.pieces.append(event.delta)
    return {"delta": event.delta}


def _whole(field: str) -> Value:
    def value(event: structs.InItem, at: Place) -> Json:
        given = getattr(event, field)
        if given is not UNSET:
            at.pieces[:] = [given]
        return {field: "".join(at.pieces)}

    return value


def _with_logprobs(inner: Value) -> Value:
    return lambda event, at: {**inner(event, at), "logprobs": event.logprobs}


SLOTS: Mapping[type[structs.InItem], tuple[Slot, Value]] = {
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
}
"""For each event about a piece of an item: the text it is about, how its last fields are made."""


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
        assert isinstance(event, structs.InItem)
        return self.place(event)[0]

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

    def place(self, event: structs.InItem) -> tuple[Json, list[str]]:
        """The fields of an event about a piece of an item, and the pieces of its text."""
        slot, value = SLOTS[type(event)]
        opened = self._ledger.at(slot.type, _given(event.item_id))
        index, pieces = self._text(event, slot, opened)
        filled = {
            "item_id": opened.id,
            "output_index": _or(event.output_index, opened.index),
            **({slot.index: index} if slot.index else {}),
            **value(event, Place(opened, slot.field, index, pieces)),
        }
        return filled, pieces

    def _text(self, event: structs.InItem, slot: Slot, opened: OpenItem) -> tuple[int, list[str]]:
        index = _given(getattr(event, slot.index)) if slot.index else None
        if isinstance(event, structs.ContentPartAdded | structs.SummaryPartAdded):
            index = opened.begin_part(slot.field, index)
        return opened.part(slot.field, index)


def _or(value: T | UnsetType, otherwise: T) -> T:
    return otherwise if isinstance(value, UnsetType) else value


def _given(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value
