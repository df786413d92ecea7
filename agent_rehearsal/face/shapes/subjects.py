"""What a snapshot is taken of: views, entries and plain bodies, in one form. Renders nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_rehearsal.journal import Entry, Undecodable

TURN_METADATA = "x-codex-turn-metadata"
"""The header, and the key of `client_metadata`, whose JSON names the kind of a request."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One request, or any other JSON message."""

    title: str
    """`POST /v1/responses`, or the kind of the entry; empty for a plain body."""
    kind: str
    """What the client says it is for, such as `turn` or `compaction`; empty if it does not."""
    body: Any
    is_request: bool
    """Whether the body has settings and input that belong to a history."""


def subjects(data: Any) -> list[Subject]:
    """The subjects that `data` is or lists. Raises TypeError for what has no body to show."""
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return [subject(each) for each in data]
    return [subject(data)]


def subject(thing: Any) -> Subject:
    """One subject: an entry, something whose `entry` is one, or the body itself."""
    entry = getattr(thing, "entry", thing)
    if isinstance(entry, Entry):
        return _of_entry(entry)
    if isinstance(thing, Mapping):
        return Subject("", _kind(None, thing), thing, _is_request(thing))
    raise TypeError(
        f"{thing!r} has no request to show: expected a view or an entry of the journal, "
        "a body (a mapping), or a list of these"
    )


def _of_entry(entry: Entry) -> Subject:
    title = f"{entry.method} {entry.path}".strip() if entry.kind == "request" else entry.kind
    try:
        body = entry.json
    except Undecodable:
        text = entry.raw.decode("utf-8", "backslashreplace")
        return Subject(f"{title}, not JSON", "", text, is_request=False)
    if not isinstance(body, Mapping):
        return Subject(title, "", body, is_request=False)
    request = entry.kind == "request" or _is_request(body)
    return Subject(title, _kind(entry.header(TURN_METADATA), body), body, request)


def _is_request(body: Mapping[str, Any]) -> bool:
    return "input" in body or ("model" in body and "type" not in body)


def _kind(header: str | None, body: Mapping[str, Any]) -> str:
    metadata = body.get("client_metadata")
    texts = (header, metadata.get(TURN_METADATA) if isinstance(metadata, Mapping) else None)
    found = (_request_kind(text) for text in texts if isinstance(text, str))
    return next(filter(None, found), "")


def _request_kind(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return ""
    kind = value.get("request_kind") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""
