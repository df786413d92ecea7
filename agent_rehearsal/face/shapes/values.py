"""A JSON value made independent of the run: labels for ids, tokens for what is not shown.

Objects come out with their keys in a fixed order. How the result looks is not known here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.face.shapes.hashing import digest
from agent_rehearsal.face.shapes.labels import Labels
from agent_rehearsal.face.shapes.rules import (
    DATA_URL,
    ID_FIELDS,
    PAYLOAD_FIELDS,
    TIME_FIELD,
    UUID,
    normalise,
)

EMBEDDED_FIELDS = frozenset({"x-codex-turn-metadata"})
"""Fields whose text is a JSON object that is worth reading."""


@dataclass(frozen=True, slots=True)
class Token:
    """What stands for a value: shown without quotes, so that no text can be taken for it."""

    text: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """An object that was written as compact JSON in a string; its keys keep their order."""

    value: dict[str, Any]


def normalised(value: Any, labels: Labels, key: str = "", *, sort: bool = True) -> Any:
    """`value`, found in the field `key`, the same in every run. Raises TypeError for no JSON."""
    if isinstance(value, Mapping):
        return _object(value, labels, sort=sort)
    if isinstance(value, str):
        return _text(value, key, labels)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [normalised(each, labels, sort=sort) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return _scalar(value, key, labels)
    raise TypeError(
        f"{key or 'the value'} is {type(value).__name__}, which JSON does not have; "
        "expected an object, a list, a string, a number, a boolean or null"
    )


def _object(value: Mapping[str, Any], labels: Labels, *, sort: bool) -> dict[str, Any]:
    pairs = ordered(value, labels) if sort else list(value.items())
    found: dict[str, Any] = {}
    for key, item in pairs:
        name = normalise(key, labels)
        while name in found:
            name += " (again)"
        found[name] = normalised(item, labels, key, sort=sort)
    return found


def ordered(value: Mapping[str, Any], labels: Labels) -> list[tuple[str, Any]]:
    """The fields of `value` in an order that no id in a key can change."""
    blank = labels.blank
    return sorted(value.items(), key=lambda pair: normalise(pair[0], blank()))


def _text(text: str, key: str, labels: Labels) -> Any:
    if TIME_FIELD.search(key):
        return Token("<TIME>")
    if key in EMBEDDED_FIELDS and (inner := embedded(text)) is not None:
        return Embedded(normalised(inner, labels, sort=False))
    if key in ID_FIELDS:
        return _id(text, key, labels)
    if key in PAYLOAD_FIELDS:
        return Token(payload("", normalise(text, labels)))
    if media := DATA_URL.match(text):
        return Token(payload(f"{media['media']}, ", text[media.end() :]))
    return normalise(text, labels)


def _id(text: str, key: str, labels: Labels) -> Any:
    if not UUID.search(text) or UUID.fullmatch(text):
        return Token(labels.label(ID_FIELDS[key], text))
    return normalise(text, labels)


def _scalar(value: float | None, key: str, labels: Labels) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if TIME_FIELD.search(key):
        return Token("<TIME>")
    if key == "session_id":
        return Token(labels.label("PROCESS", str(value)))
    return value


def payload(about: str, text: str) -> str:
    """What is shown for a text that nobody reads."""
    return f"<{about}{len(text)} chars, hash {digest(text)}>"


def embedded(text: str) -> dict[str, Any] | None:
    """The JSON object that `text` is, if it is written in the one compact way."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value if compact == text else None


def harvest(values: Sequence[Any], labels: Labels) -> None:
    """Label the ids of `values` by their fields, before one of them is met in a text."""
    found: dict[str, list[str]] = {key: [] for key in ID_FIELDS}
    for value in values:
        for key, text in _ids(value, labels):
            found[key].append(text)
    for key, texts in found.items():
        for text in texts:
            _id(text, key, labels)


def _ids(value: Any, labels: Labels) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in ordered(value, labels):
            if isinstance(item, str):
                yield from _ids_of_field(key, item, labels)
            else:
                yield from _ids(item, labels)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            yield from _ids(item, labels)


def _ids_of_field(key: str, text: str, labels: Labels) -> Iterator[tuple[str, str]]:
    if key in ID_FIELDS and (not UUID.search(text) or UUID.fullmatch(text)):
        yield key, text
    elif key in EMBEDDED_FIELDS:
        yield from _ids(embedded(text), labels)


def canonical(value: Any) -> str:
    """A normalised value as one text: equal for what is the same, and only for that."""
    return json.dumps(value, default=_known, separators=(",", ":"))


def _known(value: Any) -> Any:
    if isinstance(value, Token):
        return {"<token>": value.text}
    if isinstance(value, Embedded):
        return {"<json>": value.value}
    raise TypeError(f"{value!r} is no normalised value")
