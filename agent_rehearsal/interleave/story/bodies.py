"""Bodies of HTTP messages by their content type: what completes in them, and under which name.

Knows server-sent events (WHATWG HTML, "Server-sent events") and JSON. A body is fed as it comes,
however it is cut; it must not know its framing, and never raises.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Protocol

from agent_rehearsal.interleave.story.naming import json_name, short, short_text

_LINE_END = re.compile(rb"\r\n|\n|\r")
_COMMENT = "comment"
_LARGEST = 1 << 20
"""Bytes of a body, or of the data of an event, that are kept to find its name."""


class Body(Protocol):
    """A body under way."""

    @property
    def open(self) -> str:
        """What it is in the midst of; "" where that has no name of its own."""
        ...

    def feed(self, data: bytes) -> Iterator[str]:
        """More of it; the names of what it completes."""
        ...

    def end(self) -> Iterator[str]:
        """No more of it; the names of what that completes."""
        ...


class Opaque:
    """A body that is not looked into."""

    @property
    def open(self) -> str:
        """Nothing in it has a name."""
        return ""

    def feed(self, data: bytes) -> Iterator[str]:
        """Completes nothing."""
        return iter(())

    def end(self) -> Iterator[str]:
        """Nor does its end."""
        return iter(())


class Json(Opaque):
    """A JSON body, called by its `type`."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[str]:
        """Keeps it; nothing is complete before the end."""
        self._data += data[: _LARGEST + 1 - len(self._data)]
        return iter(())

    def end(self) -> Iterator[str]:
        """Its type, where it says one."""
        name = json_name(bytes(self._data))
        return iter(() if name is None else (name,))


class Events(Opaque):
    """A body of server-sent events, called by their `event` field or the type of their data."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._fields: dict[bytes, bytes] = {}
        self._after_return = False

    @property
    def open(self) -> str:
        """The event that has begun and said its name."""
        return _text(self._fields.get(b"event", b""))

    def feed(self, data: bytes) -> Iterator[str]:
        """The names of the events that `data` completes."""
        if self._after_return:
            data = data.removeprefix(b"\n")
        self._after_return = data.endswith(b"\r")
        if not _LINE_END.search(data):
            self._rest += data
            return
        *lines, rest = _LINE_END.split(bytes(self._rest) + data)
        self._rest = bytearray(rest)
        for line in lines:
            yield from self._line(line)

    def _line(self, line: bytes) -> Iterator[str]:
        if not line:
            yield from self._dispatched()
            return
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        before = self._fields.get(field)
        joined = field == b"data" and before is not None and len(before) < _LARGEST
        self._fields[field] = before + b"\n" + value if joined and before is not None else value

    def _dispatched(self) -> Iterator[str]:
        fields, self._fields = self._fields, {}
        if fields:
            yield _event_name(fields)


def _event_name(fields: Mapping[bytes, bytes]) -> str:
    data = fields.get(b"data", b"")
    named = _text(fields.get(b"event", b"")) or json_name(data) or short_text(data)
    if named:
        return named
    return "event" if data or set(fields) - {b""} else _COMMENT


def _text(name: bytes) -> str:
    return short(name.decode("utf-8", "replace"))


_BODIES: Mapping[str, type[Opaque]] = {
    "application/json": Json,
    "application/problem+json": Json,
    "text/event-stream": Events,
}
"""Content type -> the reader of such a body."""


def body_of(headers: Mapping[str, str]) -> Body:
    """The reader of the body under these headers (their names in lower case)."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    coding = headers.get("content-encoding", "identity").strip().lower()
    plain = coding in ("", "identity")
    return _BODIES.get(kind, Opaque)() if plain else Opaque()
