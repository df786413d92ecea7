"""Agents that speak WebSocket, and what the wire says of them."""

from typing import Any

from agent_rehearsal import Entry, Journal, direction, kind, of_type, path
from agent_rehearsal.face.agent import Codex
from mock_responses import MockResponses, RequestView, is_prewarm

COMMANDS = {"ls": "README\n", "make": "made\n"}
PATH = "/v1/responses"
FELL_BACK = "Falling back from WebSockets to HTTPS transport. "


def wired(codex: Codex, *, retries: int = 2, **provider: Any) -> Codex:
    """An agent over a WebSocket that repeats a response so often, and a POST never."""
    limits = {"stream_max_retries": retries, "request_max_retries": 0}
    settings = {**limits, "websocket_connect_timeout_ms": 2000, **provider}
    return codex(websockets=True, commands=COMMANDS, provider=settings)


def upgrades(journal: Journal) -> list[Entry]:
    """The attempts to open a WebSocket, accepted or not."""
    return journal.select(kind("open") & path(PATH))


def posts(responses: MockResponses) -> list[RequestView]:
    """The requests that came over HTTP."""
    return responses.select(kind("request"))


def frames(responses: MockResponses) -> list[RequestView]:
    """The requests that came over a WebSocket, without those that warm up."""
    return responses.select(of_type("response.create") & direction("in") & ~is_prewarm)


def warm_ups(responses: MockResponses) -> list[RequestView]:
    return responses.select(is_prewarm)


def goes_on(request: RequestView) -> bool:
    """Does a request name an earlier response, and send only what is new?"""
    return request.previous_response_id is not None


def turn_states(requests: list[RequestView]) -> list[str | None]:
    """The turn state that each request says, over either transport."""
    return [_turn_state(request) for request in requests]


def _turn_state(request: RequestView) -> str | None:
    name = "x-codex-turn-state"
    if request.entry.kind == "request":
        header: str | None = request.headers.get(name)
        return header
    metadata: dict[str, str] = request.body["client_metadata"]
    return metadata.get(name)
