"""Any normalised JSON value as indented lines, from which the value can be told.

Strings stand in quotes or behind the marks of `text`; tokens stand bare.
"""

import json
from collections.abc import Callable
from typing import Any

from agent_rehearsal.face.shapes import tools
from agent_rehearsal.face.shapes.text import block, quoted, short
from agent_rehearsal.face.shapes.tools import word
from agent_rehearsal.face.shapes.values import Embedded, Token, canonical

Long = Callable[[str], list[str]]
"""How a text that does not fit on one line is written: `text.block` or `text.summary`."""
_INLINE = 80
"""Characters of a list that stands on one line."""


def indented(lines: list[str], by: int = 2) -> list[str]:
    """`lines`, `by` columns to the right."""
    return [" " * by + each for each in lines]


def fields(value: dict[str, Any], long: Long = block) -> list[str]:
    """The fields of an object, one after the other."""
    return [line for key, item in value.items() for line in field(key, item, long)]


def field(key: str, value: Any, long: Long = block) -> list[str]:
    """One field: on one line if it fits, else its value indented below its name."""
    name = word(key)
    if key == "tools" and value and tools.is_inventory(value):
        return [f"{name}: {len(value)}", *indented(tools.inventory(value))]
    inline = on_one_line(value)
    if inline is not None:
        return [f"{name}: {inline}"]
    if isinstance(value, Embedded):
        return [f"{name}: JSON text", *indented(fields(value.value, long))]
    return [f"{name}:", *indented(lines(value, long))]


def lines(value: Any, long: Long = block) -> list[str]:
    """A value that has lines of its own."""
    inline = on_one_line(value)
    if inline is not None:
        return [inline]
    if isinstance(value, str):
        return long(value)
    if isinstance(value, list):
        return [line for each in value for line in _element(each, long)]
    if isinstance(value, Embedded):
        return ["JSON text", *indented(fields(value.value, long))]
    return fields(value, long)


def _element(value: Any, long: Long) -> list[str]:
    first, *rest = lines(value, long)
    return [f"- {first}", *indented(rest)]


def on_one_line(value: Any) -> str | None:
    """A value that needs no line of its own; None for one that does."""
    if isinstance(value, Token):
        return value.text
    if isinstance(value, str):
        return quoted(value) if short(value) else None
    if isinstance(value, list):
        return _inline_list(value)
    if isinstance(value, Embedded):
        return None if value.value else "JSON text {}"
    if isinstance(value, dict):
        return None if value else "{}"
    return json.dumps(value)


def _inline_list(value: list[Any]) -> str | None:
    if any(isinstance(each, list | dict | Embedded) for each in value):
        return None
    parts = [on_one_line(each) for each in value]
    text = f"[{', '.join(part or '' for part in parts)}]"
    return text if None not in parts and len(text) <= _INLINE else None


def changes(old: dict[str, Any], new: dict[str, Any], long: Long = block) -> list[str]:
    """What became of the fields of `old`: `+` added, `~` changed (the new value), `-` removed."""
    changed = [k for k in new if k not in old or canonical(old[k]) != canonical(new[k])]
    found = [line for key in changed for line in _change(key, old, new, long)]
    return found + [f"- {word(key)}" for key in old if key not in new]


def _change(key: str, old: dict[str, Any], new: dict[str, Any], long: Long) -> list[str]:
    if key not in old:
        first, *rest = field(key, new[key], long)
        return [f"+ {first}", *indented(rest)]
    nested = _nested(key, old[key], new[key], long)
    if nested is not None:
        return [f"~ {word(key)}:", *indented(nested)]
    first, *rest = field(key, new[key], long)
    return [f"~ {first}", *indented(rest)]


def _nested(key: str, old: Any, new: Any, long: Long) -> list[str] | None:
    """The changes inside a field; None where its new value is to be written whole."""
    if isinstance(old, Embedded) and isinstance(new, Embedded):
        return changes(old.value, new.value, long) if list(old.value) == list(new.value) else None
    if key == "tools" and old and new and tools.is_inventory(old) and tools.is_inventory(new):
        return tools.changes(old, new)
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        return changes(old, new, long)
    return None
