"""Compactions as the server sees them: requests in short words, and replies that fill a context."""

import json
from typing import Any

from agent_rehearsal.face.agent import Turn
from codex_core.session.compaction.texts import COMPACT_PROMPT, SUMMARY_PREFIX
from mock_responses import MockResponses, RequestView, completed, usage

LIMIT = 1_000
"""A limit that no short history reaches by its estimate."""

FULL = completed(usage=usage(1_495, 5))
"""The end of a response that filled the context beyond `LIMIT`."""

AUTO: dict[str, Any] = {"model_auto_compact_token_limit": LIMIT}
OPENAI: dict[str, Any] = {"name": "OpenAI"}
V1: dict[str, Any] = {"features": {"remote_compaction_v2": False}}
CONTEXT = ["developer", "environment"]
REMOTE_ERROR = "Error running remote compact task: "


def layout(request: RequestView) -> list[str]:
    """The logical input of a request, a word for each item."""
    return [_brief(item) for item in request.logical_input]


def metadata(request: RequestView) -> dict[str, Any]:
    """What a request says of itself."""
    told: dict[str, Any] = json.loads(request.body["client_metadata"]["x-codex-turn-metadata"])
    return told


def asked(responses: MockResponses) -> list[RequestView]:
    """The requests that turns made, a warm-up left out."""
    requests: list[RequestView] = responses.requests
    return [one for one in requests if metadata(one)["request_kind"] != "prewarm"]


def windows(responses: MockResponses) -> list[int]:
    """The number of the context window of each request."""
    ids = (metadata(one)["window_id"] for one in asked(responses))
    return [int(window_id.rpartition(":")[2]) for window_id in ids]


def kinds(responses: MockResponses) -> list[str]:
    """What each request is for."""
    return [metadata(one)["request_kind"] for one in asked(responses)]


def turn_states(responses: MockResponses) -> list[str | None]:
    """The turn state that each request carries, over whichever transport."""
    key = "x-codex-turn-state"
    return [one.body["client_metadata"].get(key, one.headers.get(key)) for one in asked(responses)]


def errors(turn: Turn) -> list[str]:
    """The errors that a turn told."""
    return [event.get("message") for event in turn.events if event.type == "error"]


def _brief(item: dict[str, Any]) -> str:
    kind = item["type"]
    if kind == "message":
        return _words(item["role"], "".join(part["text"] for part in item["content"]))
    return f"{kind}:{item['call_id']}" if "call_id" in item else kind


def _words(role: str, text: str) -> str:
    if role == "developer":
        return role
    if text.startswith("<environment_context>"):
        return "environment"
    if text.startswith("<turn_aborted>"):
        return "aborted"
    if text == COMPACT_PROMPT:
        return "question"
    start, _, summary = text.partition(f"{SUMMARY_PREFIX}\n")
    return f"summary:{summary}" if text.startswith(SUMMARY_PREFIX) else f"{role}:{start}"
