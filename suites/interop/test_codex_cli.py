"""The Codex CLI and the mock: what it sends is recorded whole, what it is told it understands."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent_rehearsal.journal import Journal
from mock_responses import MockResponses, RequestView, message, shell_call
from suites.interop.codex_cli import VERSIONS, codex_exec
from suites.interop.codex_events import ended, ran, said, told, warned
from suites.interop.record import (
    CALL_EVENTS,
    MESSAGE_EVENTS,
    answered_with,
    declared_length,
    header_names,
    kinds,
    streamed,
)
from suites.interop.table import CLI
from suites.interop.withheld import withheld

pytestmark = [pytest.mark.interop, pytest.mark.parametrize("version", VERSIONS)]

HEADERS = [
    "x-codex-beta-features",
    "x-codex-window-id",
    "x-codex-turn-metadata",
    "x-client-request-id",
    "session-id",
    "thread-id",
    "accept",
    "content-type",
    "authorization",
    "originator",
    "user-agent",
    "host",
    "content-length",
]
BODY_KEYS = {
    "0.142.0": [
        *("model", "instructions", "input", "tools", "tool_choice", "parallel_tool_calls"),
        *("reasoning", "store", "stream", "include", "prompt_cache_key", "client_metadata"),
    ],
    "0.169.0": [
        *("model", "stream", "input", "tools", "tool_choice", "parallel_tool_calls"),
        *("reasoning", "store", "include", "prompt_cache_key", "client_metadata"),
    ],
}


def check_record(request: RequestView, version: str) -> None:
    """What holds of every request: its line, headers and keys in order, its bytes all there."""
    assert request.entry.head == "POST /v1/responses HTTP/1.1"
    assert header_names(request.entry) == HEADERS
    assert request.entry.header("authorization") == "Bearer test"
    assert len(request.entry.raw) == declared_length(request.entry)
    assert list(json.loads(request.entry.raw)) == BODY_KEYS[version]


async def test_a_plain_turn(
    version: str,
    responses: MockResponses,
    journal: Journal,
    home: Path,
    work: Path,
    labels: Mapping[str, str],
    approved: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """One prompt is one request and one message; the record has both sides of it, whole."""
    responses.reply(message("hello", " there"))
    env = responses.codex_home(home)
    run = await codex_exec(version, "say hello", cwd=work, env=env)

    assert kinds(journal) == streamed(MESSAGE_EVENTS)
    (request,) = responses.requests
    check_record(request, version)
    assert withheld(request, labels) == approved
    assert answered_with(journal, request.entry) == list(MESSAGE_EVENTS)

    assert run.code == 0, run.stderr
    assert told(run.events) == [
        {"type": "thread.started", "thread_id": request.entry.header("thread-id")},
        warned(),
        {"type": "turn.started"},
        said("item_1", "hello there"),
        ended(version, input_tokens=10, output_tokens=5),
    ]
    works(CLI, version)


async def test_a_turn_with_a_tool(
    version: str,
    responses: MockResponses,
    journal: Journal,
    home: Path,
    work: Path,
    labels: Mapping[str, str],
    approved: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """The command that the model asks for is run, its output handed back, the message printed."""
    responses.reply(shell_call("c1", "echo from the tool"))
    responses.reply(message("it", " said it"))
    env = responses.codex_home(home)
    run = await codex_exec(version, "run it", cwd=work, env=env)

    assert kinds(journal) == streamed(CALL_EVENTS, MESSAGE_EVENTS)
    first, second = responses.requests
    for request in (first, second):
        check_record(request, version)
    assert [withheld(request, labels) for request in (first, second)] == approved
    assert second.output_of("c1").endswith("Output:\nfrom the tool\n")
    assert answered_with(journal, first.entry) == list(CALL_EVENTS)
    assert answered_with(journal, second.entry) == list(MESSAGE_EVENTS)

    assert run.code == 0, run.stderr
    running = {"aggregated_output": "", "exit_code": None, "status": "in_progress"}
    done = {"aggregated_output": "from the tool\n", "exit_code": 0, "status": "completed"}
    assert told(run.events) == [
        {"type": "thread.started", "thread_id": first.entry.header("thread-id")},
        warned(),
        {"type": "turn.started"},
        ran("item_1", "'echo from the tool'", "started", **running),
        ran("item_1", "'echo from the tool'", "completed", **done),
        said("item_2", "it said it"),
        ended(version, input_tokens=20, output_tokens=10),
    ]
    works(CLI, version)
