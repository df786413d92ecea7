"""From what the provider sends to events: a table from a message's type to its shape and meaning.

What is no JSON object, has no type, a type that the table lacks, or lacks a field that it cannot be
without is no event, nor is what is nested without end: the provider may say things that this client
does not know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from codex_core.model_client.unreadable import UNREADABLE
from codex_core.protocol.realtime import RealtimeError, RealtimeEvent

__all__ = ["Reading", "decode", "read_error", "reading"]

_Make = Callable[[Any], RealtimeEvent | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How messages of one type are read: their shape, and the event that a value of it makes."""

    decoder: msgspec.json.Decoder[Any]
    make: _Make


def reading(shape: Any, make: _Make) -> Reading:
    """A row of a table."""
    return Reading(msgspec.json.Decoder(shape), make)


class _Head(msgspec.Struct):
    type: str


_HEAD = msgspec.json.Decoder(_Head)


def decode(data: bytes, table: Mapping[str, Reading]) -> RealtimeEvent | None:
    """The event of a message, None for one that is passed over."""
    try:
        row = table.get(_HEAD.decode(data).type)
        return row.make(row.decoder.decode(data)) if row else None
    except UNREADABLE:
        return None


def read_error(message: dict[str, Any]) -> RealtimeError | None:
    """The error that a message tells: its own text, the error's, else the error as JSON."""
    inner = message.get("error")
    nested = inner.get("message") if isinstance(inner, dict) else None
    for text in (message.get("message"), nested):
        if isinstance(text, str):
            return RealtimeError(message=text)
    return None if inner is None else RealtimeError(message=msgspec.json.encode(inner).decode())
