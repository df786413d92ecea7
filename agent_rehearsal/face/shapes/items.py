"""One item of a request's `input` as lines: what it is, its text, and every other field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.face.shapes.pretty import field, fields, indented, lines, on_one_line
from agent_rehearsal.face.shapes.text import block
from agent_rehearsal.face.shapes.tools import word
from agent_rehearsal.face.shapes.values import Token


@dataclass(frozen=True, slots=True)
class Bare:
    """An `input` that is no list: a plain string, as the SDKs allow."""

    value: Any


@dataclass(frozen=True, slots=True)
class Kind:
    """How a type of item is written: the fields of its first line, and those that are text."""

    head: tuple[str, ...]
    body: tuple[str, ...]


_CALL_OUTPUT = Kind(("call_id",), ("output",))
KINDS: Mapping[str, Kind] = {
    "message": Kind(("role",), ("content",)),
    "function_call": Kind(("namespace", "name", "call_id"), ("arguments",)),
    "custom_tool_call": Kind(("namespace", "name", "call_id"), ("input",)),
    "function_call_output": _CALL_OUTPUT,
    "custom_tool_call_output": _CALL_OUTPUT,
    "reasoning": Kind((), ("summary",)),
}
"""The items whose text is worth a form of its own; all others show their fields."""
_OTHER = Kind((), ())
_UNTYPED = KINDS["message"]


def item(value: Any) -> list[str]:
    """The lines of one item, the first of which says what it is."""
    if isinstance(value, Bare):
        body = block(value.value) if isinstance(value.value, str) else lines(value.value)
        return ["(not a list)", *body]
    if not isinstance(value, dict):
        return ["(not an object)", *lines(value)]
    type_ = value.get("type")
    kind = KINDS.get(type_, _OTHER) if isinstance(type_, str) else _UNTYPED
    shown = {"type"} if isinstance(type_, str) else set()
    title = word(type_) if isinstance(type_, str) else "(no type)"
    return list(_item(value, kind, title, shown))


def _item(value: dict[str, Any], kind: Kind, title: str, shown: set[str]) -> Iterator[str]:
    head = [key for key in kind.head if isinstance(value.get(key), str | Token)]
    body = [key for key in kind.body if key in value]
    yield " ".join([title, *(f"{_prefix(key)}{_plain(value[key])}" for key in head)])
    for key in body:
        yield from _body(key, value[key])
    left = {key: each for key, each in value.items() if key not in {*shown, *head, *body}}
    yield from fields(left)


def _prefix(key: str) -> str:
    return "in " if key == "namespace" else ""


def _plain(value: str | Token) -> str:
    return value.text if isinstance(value, Token) else word(value)


def _body(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from block(value)
    elif isinstance(value, list) and value:
        for part in value:
            yield from _part(part)
    else:
        yield from field(key, value)


def _part(part: Any) -> Iterator[str]:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        first, *rest = lines(part)
        yield from [f"- {first}", *indented(rest)]
        return
    text = part.get("text")
    shown = {"type", "text"} if isinstance(text, str) else {"type"}
    left = {key: each for key, each in part.items() if key not in shown}
    yield f"[{word(part['type'])}]{_short(left)}"
    if isinstance(text, str):
        yield from block(text)
    if not _short(left):
        yield from indented(fields(left))


def _short(left: dict[str, Any]) -> str:
    """The other fields of a part on its first line, if it is one that fits there."""
    if len(left) != 1:
        return ""
    ((key, value),) = left.items()
    inline = on_one_line(value)
    return f" {word(key)}: {inline}" if inline is not None else ""
