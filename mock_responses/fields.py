"""Checks of what a user gives a builder.

A check takes the builder's name, the field's name and the value, and hands back the value or raises
an error that names all three and what was expected. This module knows no event and no item.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import msgspec

from agent_rehearsal.wire.script import Mark

P = ParamSpec("P")
T = TypeVar("T")


def wrong(
    kind: type[Exception], builder: str, field: str, value: object, expected: str
) -> Exception:
    """The error for one field, ready to be raised."""
    given = f"{value!r} ({type(value).__name__})"
    return kind(f"{builder}(): {field} is {given}; expected {expected}")


def unknown(builder: str, given: Iterable[str], known: Iterable[str]) -> TypeError:
    """The error for fields that `builder` does not have."""
    known = list(known)
    name = sorted(given)[0]
    close = get_close_matches(name, known, 1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return TypeError(f"{builder}() has no field {name!r}{hint}; it takes {', '.join(known)}")


def builder(function: Callable[P, T]) -> Callable[P, T]:
    """Let `function` refuse unknown keyword arguments with the list of those that it takes."""
    known = tuple(inspect.signature(function).parameters)

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        if not kwargs.keys() <= set(known):
            raise unknown(function.__name__, kwargs.keys() - set(known), known)
        return function(*args, **kwargs)

    return checked


def text(builder: str, field: str, value: object) -> str:
    """Any text that UTF-8 can carry."""
    if not isinstance(value, str):
        raise wrong(TypeError, builder, field, value, "a text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise wrong(ValueError, builder, field, value, "no lone surrogates") from None
    return value


def name(builder: str, field: str, value: object) -> str:
    """A text that is not empty: an id, a name, a code."""
    if text(builder, field, value) == "":
        raise wrong(ValueError, builder, field, value, "a text that is not empty")
    return str(value)


def maybe(check: Callable[[str, str, object], T]) -> Callable[[str, str, object], T | None]:
    """The same check, which lets None pass."""

    def optional(builder: str, field: str, value: object) -> T | None:
        return None if value is None else check(builder, field, value)

    return optional


def count(builder: str, field: str, value: object) -> int:
    """A whole number, 0 or more."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong(TypeError, builder, field, value, "a whole number")
    if value < 0:
        raise wrong(ValueError, builder, field, value, "0 or more")
    return value


def one_of(*allowed: str) -> Callable[[str, str, object], str]:
    """One of a few words."""

    def check(builder: str, field: str, value: object) -> str:
        if value not in allowed:
            raise wrong(ValueError, builder, field, value, f"one of {', '.join(allowed)}")
        return str(value)

    return check


def mapping(builder: str, field: str, value: object) -> dict[str, Any]:
    """A copy of a mapping that is a JSON object."""
    if not isinstance(value, Mapping):
        raise wrong(TypeError, builder, field, value, "a mapping")
    decoded: dict[str, Any] = msgspec.json.decode(encoded(builder, field, dict(value)))
    return decoded


def listing(builder: str, field: str, value: object) -> list[Any]:
    """A copy of a sequence that is a JSON array."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise wrong(TypeError, builder, field, value, "a list")
    decoded: list[Any] = msgspec.json.decode(encoded(builder, field, list(value)))
    return decoded


def encoded(builder: str, field: str, value: object) -> bytes:
    """The JSON of a value."""
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError) as error:  # UnicodeEncodeError is a ValueError
        raise wrong(type_of(error), builder, field, value, f"JSON values only ({error})") from None


def type_of(error: Exception) -> type[Exception]:
    """TypeError stays; every other refusal of a value is a ValueError."""
    return TypeError if isinstance(error, TypeError) else ValueError


def pieces(builder: str, field: str, values: Iterable[object]) -> tuple[str | Mark, ...]:
    """Deltas of one text, with marks between them."""
    return tuple(
        value if isinstance(value, Mark) else _piece(builder, f"{field}[{place}]", value)
        for place, value in enumerate(values)
    )


def _piece(builder: str, field: str, value: object) -> str:
    if not isinstance(value, str):
        raise wrong(TypeError, builder, field, value, "a text or a mark")
    return text(builder, field, value)


def deltas(
    builder: str, field: str, value: object, otherwise: str = "a text"
) -> tuple[str | Mark, ...]:
    """One text: whole, or in a list of deltas and marks."""
    if isinstance(value, str):
        return (text(builder, field, value),)
    if isinstance(value, bytes | Mapping) or not isinstance(value, Iterable):
        raise wrong(TypeError, builder, field, value, f"{otherwise} or a list of texts and marks")
    return pieces(builder, field, value)


def arguments(builder: str, value: object) -> tuple[str | Mark, ...]:
    """The arguments of a call: a mapping as JSON, or their text as in `deltas`."""
    if isinstance(value, Mapping):
        return (encoded(builder, "arguments", dict(value)).decode(),)
    return deltas(builder, "arguments", value, "a mapping, a text")
