"""How a builder of events makes its struct: which fields it takes, and how each is checked.

The fields are those of the struct. Which event that is, and what its fields mean, is the builder's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict, TypeVar

from mock_responses import fields, structs
from mock_responses.items import Item, item

T = TypeVar("T", bound=structs.Event)


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


class AnnotationPlace(ContentPlace, total=False):
    """Where an annotation belongs."""

    annotation_index: int


class ImagePlace(Place, total=False):
    """Where a partial image belongs."""

    partial_image_index: int


class CommandPlace(ItemPlace, total=False):
    """Where an event about one command of a hosted shell call belongs."""

    command_index: int


class OutputPlace(Place, total=False):
    """Where an event about what one command wrote belongs."""

    command_index: int


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
    "refusal": fields.text,
    "message": fields.text,
    "code": fields.maybe(fields.text),
    "param": fields.maybe(fields.name),
    "part": fields.mapping,
    "annotation": fields.mapping,
    "annotation_index": fields.count,
    "command": fields.text,
    "command_index": fields.count,
    "output": fields.listing,
    "partial_image_b64": fields.text,
    "partial_image_index": fields.count,
    "response": fields.mapping,
    "logprobs": fields.listing,
    "item": _item,
}
"""How each field of an event is checked, whatever the event."""


def made(struct: type[T], builder: str, given: Mapping[str, Any], takes: Iterable[str] = ()) -> T:
    """The event, of checked fields. `takes` are arguments of the builder that are no fields."""
    known = (*takes, *struct.__struct_fields__)
    if not given.keys() <= set(known):
        raise fields.unknown(builder, given.keys() - set(known), known)
    return struct(**{field: CHECKS[field](builder, field, value) for field, value in given.items()})
