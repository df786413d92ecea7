"""One request as the rules of conduct see it: its conversation, its input, and what tells it again.

Made from an entry once; keeps numbers and not the parsed body. Knows no transport.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from agent_rehearsal.journal import Entry
from mock_responses.conduct import items
from mock_responses.conduct.items import Json
from mock_responses.views import RequestView, body_of

WINDOW = "x-codex-window-id"
"""Header, or key of `client_metadata`, that the Codex CLI changes when it compacts its history."""
_PASSING = ("client_metadata", "generate", "stream", "type")
"""Fields that may differ between a request and its repetition."""


class Ask:
    """One `POST /v1/responses`, or one `response.create` frame, sent at loop time `at`."""

    def __init__(self, entry: Entry, at: float) -> None:
        body = body_of(entry)
        self.entry = entry
        self.at = at
        """Loop time in seconds, pauses that the agent said it made included."""
        self.key = _text(body.get("prompt_cache_key"))
        """The conversation that it belongs to by its own words."""
        self.chained = bool(body.get("previous_response_id") or body.get("conversation"))
        """Whether the server has the history, and the input is only what is new."""
        self.window = _window(entry, body)
        given = self.input
        self.types = frozenset(map(items.type_of, given))
        self.resumed = any(map(items.is_made_by_model, given))
        """Whether its input shows that the conversation has had a response."""
        self.digests = tuple(map(items.digest, given))
        self.marks = tuple(map(items.mark, given, self.digests))

    @property
    def input(self) -> list[Json]:
        """The input items."""
        return RequestView(self.entry).input if body_of(self.entry) else []

    @cached_property
    def identity(self) -> tuple[int, str | None]:
        """The same for a request and its repetition: its body, and who asks.

        Another key or token makes another request: a refusal may well be met with one.
        """
        opened = self.entry.conn.opened if self.entry.conn else None
        head = opened if self.entry.kind == "frame" and opened else self.entry
        return _fingerprint(self.entry), head.header("authorization")

    @cached_property
    def beginnings(self) -> tuple[int, ...]:
        """A number for each beginning of the input, the whole of it last."""
        numbers: list[int] = []
        for each in self.digests:
            numbers.append(hash((numbers[-1] if numbers else None, each)))
        return tuple(numbers)


def _fingerprint(entry: Entry) -> int:
    body = {name: value for name, value in body_of(entry).items() if name not in _PASSING}
    try:
        return hash(msgspec.json.encode(body, order="sorted") if body else entry.raw)
    except RecursionError:
        return hash(entry.raw)


def _window(entry: Entry, body: Json) -> str | None:
    metadata = body.get("client_metadata")
    told = metadata.get(WINDOW) if isinstance(metadata, Mapping) else None
    return _text(told) or entry.header(WINDOW)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
