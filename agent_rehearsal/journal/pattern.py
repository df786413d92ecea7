"""Patterns: a part of a JSON value that says what matters of it. Knows values only, no entries."""

from collections.abc import Mapping, Sequence
from typing import Any

from agent_rehearsal.journal.callables import callable_text
from agent_rehearsal.journal.paths import dead_end, name


def differ(pattern: Any, value: Any, where: str = "") -> str | None:
    """Where `value` departs from `pattern`, in words; None if it agrees.

    An object agrees with the keys it shares with the pattern, a list element by element, `...` with
    anything, a callable by its answer; the rest by equality.
    """
    if pattern is ...:
        return None
    if isinstance(pattern, Mapping):
        return _differ_object(pattern, value, where)
    if isinstance(pattern, Sequence) and not isinstance(pattern, str | bytes):
        return _differ_list(pattern, value, where)
    place = where or "the payload"
    if callable(pattern):
        told = None if pattern(value) else f"{callable_text(pattern)} says no"
        return told and f"{place} is {value!r}: {told}"
    same = pattern == value and isinstance(pattern, bool) == isinstance(value, bool)
    return None if same else f"{place} is {value!r}, not {pattern!r}"


def _differ_object(pattern: Mapping[str, Any], value: Any, where: str) -> str | None:
    if not isinstance(value, Mapping):
        return f"{where or 'the payload'} is {name(value)}, not an object"
    for key, expected in pattern.items():
        if key not in value:
            return dead_end(value, where, key)
        found = differ(expected, value[key], f"{where}.{key}" if where else str(key))
        if found:
            return found
    return None


def _differ_list(pattern: Sequence[Any], value: Any, where: str) -> str | None:
    if not isinstance(value, list) or len(pattern) != len(value):
        return f"{where or 'the payload'} is {name(value)}, not a list of {len(pattern)}"
    pairs = enumerate(zip(pattern, value, strict=True))
    return next((d for i, (p, v) in pairs if (d := differ(p, v, f"{where}.{i}".strip(".")))), None)


def shown(pattern: Any) -> str:
    """`pattern` as an expression, callables by name."""
    if isinstance(pattern, Mapping):
        return "{" + ", ".join(f"{key!r}: {shown(item)}" for key, item in pattern.items()) + "}"
    if isinstance(pattern, list):
        return f"[{', '.join(map(shown, pattern))}]"
    if pattern is ...:
        return "..."
    return callable_text(pattern) if callable(pattern) else repr(pattern)
