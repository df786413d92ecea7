"""Who asks: the ids that travel with each request, as headers and as `client_metadata`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["RESERVED", "RequestIdentity"]

RESERVED = frozenset(
    {
        "compaction",
        "forked_from_thread_id",
        "installation_id",
        "parent_thread_id",
        "request_kind",
        "sandbox",
        "session_id",
        "subagent_kind",
        "thread_id",
        "thread_source",
        "turn_id",
        "turn_started_at_unix_ms",
        "window_id",
        "workspaces",
        "x-codex-installation-id",
        "x-codex-parent-thread-id",
        "x-codex-turn-metadata",
        "x-codex-window-id",
        "x-openai-subagent",
    }
)
"""Keys that a client's own metadata cannot take."""


@dataclass(frozen=True, kw_only=True)
class RequestIdentity:
    """The ids of one turn's requests, and the client's own metadata for them."""

    installation_id: str
    session_id: str
    thread_id: str
    turn_id: str
    started_at_ms: int
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def window_id(self) -> str:
        """The context window: it is the thread's first until there is compaction."""
        return f"{self.thread_id}:0"

    @cached_property
    def turn_metadata(self) -> str:
        """The JSON text of `x-codex-turn-metadata`, ASCII only."""
        fields: dict[str, object] = {
            "installation_id": self.installation_id,
            "session_id": self.session_id,
            "thread_id": self.thread_id,
            "turn_id": self.turn_id,
            "window_id": self.window_id,
            "request_kind": "turn",
            "thread_source": "user",
            "sandbox": "none",
            "turn_started_at_unix_ms": self.started_at_ms,
        }
        own = {key: value for key, value in self.extras.items() if key not in RESERVED}
        return json.dumps(fields | own, separators=(",", ":"))

    def headers(self, turn_state: str | None) -> dict[str, str]:
        """The request's own headers; `turn_state` is the server's, from earlier in the turn."""
        replayed = {"x-codex-turn-state": turn_state} if turn_state is not None else {}
        return {
            **replayed,
            "x-codex-window-id": self.window_id,
            "x-codex-turn-metadata": self.turn_metadata,
            "x-client-request-id": self.thread_id,
            "session-id": self.session_id,
            "thread-id": self.thread_id,
            "accept": "text/event-stream",
            "content-type": "application/json",
        }

    def client_metadata(self) -> dict[str, str]:
        """The `client_metadata` of the body."""
        return {
            "x-codex-installation-id": self.installation_id,
            "session_id": self.session_id,
            "thread_id": self.thread_id,
            "turn_id": self.turn_id,
            "x-codex-window-id": self.window_id,
            "x-codex-turn-metadata": self.turn_metadata,
        }
