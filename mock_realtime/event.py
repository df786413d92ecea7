"""What every event of the server is: a typed value that is its own builder.

A field that is left out is filled in from the session that sends the event. Which events there are
is in `events` and `v1_events`; nothing here knows a session.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

Json = dict[str, Any]
Text = str | UnsetType
Count = int | UnsetType
_ABOUT: Final = ("type", "response_id", "output_index", "item_id")


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """An event that the server sends. Raises TypeError for a field of the wrong type."""

    event_id: Text = UNSET

    def __post_init__(self) -> None:
        for name, type_ in _types(type(self)):
            value = getattr(self, name)
            try:
                if value is not UNSET:
                    msgspec.convert(value, type_, strict=True)
            except msgspec.ValidationError as error:
                text = f"{type(self).__name__}({name}={value!r}): {error}"
                raise TypeError(text) from None


def type_of(event: type[Event]) -> str:
    """The `type` that events of this class carry on the wire."""
    return str(event.__struct_config__.tag)


def wire(event: Event) -> Json:
    """The event as a JSON object, without what is to be filled in."""
    found: Json = msgspec.to_builtins(event)
    return found


def identified(event: Mapping[str, Any], id: str) -> Json:
    """An event with an id of its own, after what it is about: what is the same in most events of a
    response stands together then.
    """
    about = {key: event[key] for key in _ABOUT if key in event}
    return {**about, "event_id": id, **event}


def fillable(event: Event) -> tuple[str, ...]:
    """The fields that were left out."""
    return tuple(name for name in event.__struct_fields__ if getattr(event, name) is UNSET)


@cache
def _types(event: type[Event]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.type) for field in msgspec.structs.fields(event))
