"""Dotted paths into parsed JSON: `session.instructions`, `input.0.type`, `input.*.call_id`.

A path is a string, or a tuple of keys where a key has a dot of its own. A number is an index of a
list, `*` any element of a list or any value of an object. Knows JSON values only, no entries.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = str | tuple[str | int, ...]

_INDEX = re.compile(r"-?[0-9]{1,9}")
_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
}


def split(path: Path) -> tuple[str | int, ...]:
    """The keys of `path`. Raises TypeError for no path, ValueError for an empty path or key."""
    if not isinstance(path, str | tuple):
        raise TypeError(f"{path!r} is no path: expected 'a.b.c', or a tuple of keys")
    keys = tuple(path.split(".")) if isinstance(path, str) else path
    if not keys or "" in keys:
        raise ValueError(
            f"{path!r} is no path, it has an empty key: expected keys joined by dots, "
            "such as 'session.instructions'"
        )
    return keys


def step(value: Any, key: str | int) -> Iterator[Any]:
    """What `key` leads to from `value`: nothing, one value, or for `*` all of them."""
    if isinstance(value, Mapping):
        if key == "*":
            yield from value.values()
        elif key in value:
            yield value[key]
    elif _is_list(value):
        if key == "*":
            yield from value
        elif _INDEX.fullmatch(str(key)) and -len(value) <= int(key) < len(value):
            yield value[int(key)]


def find(value: Any, path: Path) -> Iterator[Any]:
    """All values that `path` leads to, in document order."""
    yield from _find(value, split(path))


def _find(value: Any, keys: tuple[str | int, ...]) -> Iterator[Any]:
    if not keys:
        yield value
        return
    for child in step(value, keys[0]):
        yield from _find(child, keys[1:])


def reach(value: Any, path: Path) -> tuple[int, str]:
    """How many keys of `path` can be followed, and in words where it ends."""
    keys = split(path)
    here = [value]
    for depth, key in enumerate(keys):
        there = [child for node in here for child in step(node, key)]
        if not there:
            return depth, dead_end(here[0], ".".join(map(str, keys[:depth])), key)
        here = there
    return len(keys), "present"


def dead_end(node: Any, where: str, key: str | int) -> str:
    """In words: `key` leads nowhere from `node`, which is found at `where` (empty for the top)."""
    place = where or "the payload"
    if isinstance(node, Mapping):
        names = ", ".join(map(str, list(node)[:8])) + (", ..." if len(node) > 8 else "")
        return f"no {key!r} in {place} (keys: {names or 'none'})"
    if _is_list(node):
        return f"no element {key!r} in {place} ({name(node)})"
    return f"{place} is {name(node)}, not an object"


def name(value: Any) -> str:
    """What kind of JSON value `value` is, in words."""
    if isinstance(value, Mapping):
        return "an object"
    return f"a list of {len(value)}" if _is_list(value) else _NAMES.get(type(value), repr(value))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
