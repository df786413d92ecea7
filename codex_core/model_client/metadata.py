"""Who asks, and why: what travels with each request as headers and as `client_metadata`.

Values only. The names of headers and fields, and their order, follow the reference client.
"""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import msgspec
from msgspec import field

__all__ = ["RESERVED", "CompactionNote", "Lineage", "RequestIdentity", "RequestKind", "Workspace"]

RequestKind = Literal["turn", "prewarm", "compaction", "memory"]

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

WEBSOCKET_BETA = "responses_websockets=2026-02-06"

_KINDS = {"collab_spawn": "thread_spawn"}
"""Kind of a sub-agent by its label, where the two differ."""


class CompactionNote(msgspec.Struct, frozen=True, kw_only=True):
    """Why and how a conversation is compacted; told with the requests that do it."""

    trigger: Literal["manual", "auto"]
    reason: Literal["user_requested", "context_limit", "model_downshift", "comp_hash_changed"]
    implementation: Literal["responses", "responses_compact", "responses_compaction_v2"]
    phase: Literal["standalone_turn", "pre_turn", "mid_turn"]
    strategy: Literal["memento"] = "memento"


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A repository that the agent works in: its remotes by name, its commit, its cleanness."""

    associated_remote_urls: Mapping[str, str] | None = None
    latest_git_commit_hash: str | None = None
    has_changes: bool | None = None


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a thread comes from.

    `root_session_id` is the session of the thread that its family began with, None for that thread
    itself; `subagent` the label of a sub-agent; `thread_source` who began it: `user`, `subagent`.
    """

    root_session_id: str | None = None
    parent_thread_id: str | None = None
    forked_from_thread_id: str | None = None
    subagent: str | None = None
    thread_source: str | None = "user"


class RequestIdentity(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The ids of a request, and the client's own metadata for it.

    `msgspec.structs.replace` makes the identity of another request of the same turn. `window`
    counts the thread's context windows, `started_at_ms` is the Unix time of the turn's start.
    `subagent` is the label of a sub-agent, `sandbox` the tag of what holds commands in,
    `workspaces` are by the root of the repository, `beta_features` the names of features that the
    server is told of.
    """

    installation_id: str
    session_id: str
    thread_id: str
    turn_id: str = ""
    started_at_ms: int | None = None
    kind: RequestKind = "turn"
    window: int = 0
    parent_thread_id: str | None = None
    forked_from_thread_id: str | None = None
    subagent: str | None = None
    thread_source: str | None = "user"
    sandbox: str = "none"
    workspaces: Mapping[str, Workspace] = field(default_factory=dict)
    compaction: CompactionNote | None = None
    beta_features: tuple[str, ...] = ()
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def window_id(self) -> str:
        """The context window's id."""
        return f"{self.thread_id}:{self.window}"

    @cached_property
    def turn_metadata(self) -> str:
        """The JSON text of `x-codex-turn-metadata`, ASCII only."""
        fields = {**self._ids(), "request_kind": self.kind, **self._lineage(), **self._place()}
        own = {key: value for key, value in self.extras.items() if key not in RESERVED}
        return json.dumps(fields | own, separators=(",", ":"))

    def headers(self, turn_state: str | None) -> dict[str, str]:
        """Those of a request for a response; `turn_state` is the server's, from the same turn."""
        return {
            **self._common(turn_state),
            **self._memory(),
            "x-client-request-id": self.thread_id,
            "accept": "text/event-stream",
            "content-type": "application/json",
        }

    def handshake_headers(self) -> dict[str, str]:
        """Those of a WebSocket's handshake. It outlives the turn, so no turn state is in it."""
        return {
            **self._common(None),
            "openai-beta": WEBSOCKET_BETA,
            "x-client-request-id": self.thread_id,
        }

    def compact_headers(self, turn_state: str | None) -> dict[str, str]:
        """Those of a request to `responses/compact`."""
        return {
            "x-codex-installation-id": self.installation_id,
            **self._common(turn_state),
            "content-type": "application/json",
        }

    def memory_headers(self) -> dict[str, str]:
        """Those of a request to `memories/trace_summarize`: who asks is all that it tells."""
        return {**self._subagent(), **self._memory(), "content-type": "application/json"}

    def client_metadata(
        self, turn_state: str | None = None, start_ms: int | None = None
    ) -> dict[str, str]:
        """The `client_metadata` of the body.

        Over a WebSocket it has the turn state too, and the Unix time of the sending.
        """
        fields = {
            "x-codex-installation-id": self.installation_id,
            "session_id": self.session_id,
            "thread_id": self.thread_id,
            "turn_id": self.turn_id,
            "x-codex-window-id": self.window_id,
            **self._subagent(),
            **self._parent(),
            "x-codex-turn-metadata": self.turn_metadata,
        }
        if turn_state is not None:
            fields["x-codex-turn-state"] = turn_state
        if start_ms is not None:
            fields["x-codex-ws-stream-request-start-ms"] = str(start_ms)
        return fields

    def _common(self, turn_state: str | None) -> dict[str, str]:
        beta, replayed = ",".join(self.beta_features), turn_state
        return {
            **({} if not beta else {"x-codex-beta-features": beta}),
            **({} if replayed is None else {"x-codex-turn-state": replayed}),
            "x-codex-window-id": self.window_id,
            "x-codex-turn-metadata": self.turn_metadata,
            **self._parent(),
            **self._subagent(),
            "session-id": self.session_id,
            "thread-id": self.thread_id,
        }

    def _parent(self) -> dict[str, str]:
        parent = self.parent_thread_id
        return {"x-codex-parent-thread-id": parent} if self.subagent and parent else {}

    def _subagent(self) -> dict[str, str]:
        return {"x-openai-subagent": self.subagent} if self.subagent else {}

    def _memory(self) -> dict[str, str]:
        return {"x-openai-memgen-request": "true"} if self.kind == "memory" else {}

    def _ids(self) -> dict[str, str]:
        """A request for memories is nobody's: it has no ids."""
        if self.kind == "memory":
            return {}
        return {
            "installation_id": self.installation_id,
            "session_id": self.session_id,
            "thread_id": self.thread_id,
            "turn_id": self.turn_id,
            "window_id": self.window_id,
        }

    def _lineage(self) -> dict[str, str]:
        fields = {
            "forked_from_thread_id": self.forked_from_thread_id,
            "parent_thread_id": self.parent_thread_id,
            "subagent_kind": _KINDS.get(self.subagent or "", self.subagent),
            "thread_source": self.thread_source,
        }
        if self.kind == "memory":
            return {}
        return {name: value for name, value in fields.items() if value is not None}

    def _place(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"sandbox": self.sandbox}
        if self.workspaces:
            fields["workspaces"] = {
                root: _without_none(found) for root, found in self.workspaces.items()
            }
        if self.started_at_ms is not None and self.kind != "memory":
            fields["turn_started_at_unix_ms"] = self.started_at_ms
        if self.compaction is not None and self.kind == "compaction":
            fields["compaction"] = msgspec.to_builtins(self.compaction)
        return fields


def _without_none(value: msgspec.Struct) -> dict[str, Any]:
    return {
        name: found for name, found in msgspec.structs.asdict(value).items() if found is not None
    }
