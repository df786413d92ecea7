"""How each request of a history stands to the one before it, and which of them share a window.

A window is a run of requests with the same settings, each of which extends the input before it.
"""

from dataclasses import dataclass
from typing import Any

from agent_rehearsal.face.shapes.items import Bare
from agent_rehearsal.face.shapes.values import canonical

OWN_FIELDS = ("previous_response_id", "client_metadata")
"""Fields that belong to one request and open no window."""


@dataclass(frozen=True, slots=True)
class Request:
    """A normalised body, taken apart."""

    settings: dict[str, Any]
    own: dict[str, Any]
    items: tuple[Any, ...]

    @property
    def continues(self) -> bool:
        """Whether the input follows a stored response, so that it repeats nothing."""
        return self.own.get("previous_response_id") is not None


@dataclass(frozen=True, slots=True)
class Relation:
    """How a request follows another."""

    kept: int
    """Items at the start that both have."""
    breaks: tuple[str, ...]
    """Why a window begins; empty where none does."""


def request(body: dict[str, Any]) -> Request:
    """Take a normalised body apart."""
    items, own = _items(body), {key: body[key] for key in OWN_FIELDS if key in body}
    if body.get("input") == []:
        own["input"] = []
    settings = {k: v for k, v in body.items() if k != "input" and k not in OWN_FIELDS}
    return Request(settings, own, items)


def _items(body: dict[str, Any]) -> tuple[Any, ...]:
    if "input" not in body:
        return ()
    found = body["input"]
    return tuple(found) if isinstance(found, list) else (Bare(found),)


def relate(old: Request, new: Request) -> Relation:
    """How `new` follows `old`."""
    changed = changed_names(old.settings, new.settings)
    breaks = [f"settings changed ({', '.join(changed)})"] if changed else []
    if new.continues:
        return Relation(0, tuple(breaks))
    kept = _common(old.items, new.items)
    if kept < len(new.items) and kept < len(old.items):
        breaks.append(f"diverged at item {kept + 1}")
    elif len(new.items) < len(old.items):
        breaks.append(f"truncated at item {kept + 1}")
    elif len(new.items) == len(old.items):
        breaks.append("repeated")
    return Relation(kept, tuple(breaks))


def changed_names(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The settings that are not the same in both."""
    names = [*old, *(name for name in new if name not in old)]
    return [n for n in names if (n in old) != (n in new) or not _same(old[n], new[n])]


def _common(old: tuple[Any, ...], new: tuple[Any, ...]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if not _same(a, b)), min(len(old), len(new)))


def _same(old: Any, new: Any) -> bool:
    return _text(old) == _text(new)


def _text(value: Any) -> str:
    return f"bare {canonical(value.value)}" if isinstance(value, Bare) else canonical(value)
