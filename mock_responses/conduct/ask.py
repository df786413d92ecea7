"""One request as the rules of conduct see it: its conversation, its input, and what tells it again.

Made from an entry once; keeps numbers and not the parsed body. Knows no transport.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from agent_rehearsal.journal import Entry
from mock_responses.conduct import items
from mock_responses.conduct.facts import Facts
from mock_responses.conduct.items import Json
from mock_responses.history import History
from mock_responses.predicates import is_prewarm
from mock_responses.views import body_of, input_of

WINDOW = "x-codex-window-id"
"""Header, or key of `client_metadata`, that the Codex CLI changes when it compacts its history."""
_PASSING = ("client_metadata", "generate", "previous_response_id", "stream", "type")
"""Fields that may differ between a request and its repetition."""


class Ask:
    """One `POST /v1/responses`, or one `response.create` frame, sent at loop time `at`.

    `before` is what it goes on from by reference; `facts` are those of the request before, where
    they are at hand.
    """

    def __init__(
        self,
        entry: Entry,
        at: float,
        before: History | None = None,
        facts: Facts | None = None,
    ) -> None:
        body = body_of(entry)
        self.entry = entry
        self.at = at
        """Loop time in seconds, pauses that the agent said it made included."""
        self.before = before
        self.key = _text(body.get("prompt_cache_key"))
        """The conversation that it belongs to by its own words."""
        named = body.get("previous_response_id") if before is None else None
        self.chained = bool(named or body.get("conversation"))
        """Whether the server has a history that is not known here."""
        self.warms = is_prewarm(entry)
        """Whether it is a prewarm, which asks for nothing."""
        self.window = _window(entry, body)
        self.facts = _facts(before, facts, input_of(body))
        self.digests = self.facts.digests
        self.types = self.facts.kinds
        self.resumed = before is not None or any(map(items.is_made_by_model, self.given))
        """Whether its input shows that the conversation has had a response."""

    @property
    def input(self) -> list[Json]:
        """The input items, those that it goes on from first."""
        return [*(self.before or ()), *self.given]

    @property
    def given(self) -> list[Json]:
        """The items that the request itself brought."""
        return input_of(body_of(self.entry))

    @cached_property
    def identity(self) -> tuple[int, str | None]:
        """The same for a request and its repetition: its body, and who asks.

        Another key or token makes another request: a refusal may well be met with one.
        """
        opened = self.entry.conn.opened if self.entry.conn else None
        head = opened if self.entry.kind == "frame" and opened else self.entry
        return self._fingerprint(), head.header("authorization")

    @cached_property
    def beginnings(self) -> Mapping[int, int]:
        """A number for each beginning of the input, and how long that is; the whole of it last."""
        return {number: at for at, number in enumerate(self.facts.numbers, 1)}

    def _fingerprint(self) -> int:
        body = {name: value for name, value in body_of(self.entry).items() if name not in _PASSING}
        if self.before is not None or isinstance(body.get("input"), list):
            body["input"] = self.digests
        try:
            return hash(msgspec.json.encode(body, order="sorted") if body else self.entry.raw)
        except RecursionError:
            return hash(self.entry.raw)


def _facts(before: History | None, facts: Facts | None, given: list[Json]) -> Facts:
    if before is None:
        return Facts().extended([(given, False)])
    if facts is None:
        return Facts().extended([*before.spans(), (given, False)])
    return facts.extended([(before.output, True), (given, False)])


def _window(entry: Entry, body: Json) -> str | None:
    metadata = body.get("client_metadata")
    told = metadata.get(WINDOW) if isinstance(metadata, Mapping) else None
    return _text(told) or entry.header(WINDOW)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
