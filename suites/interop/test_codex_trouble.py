"""The Codex CLI when a turn is not plain: calls at the same time, errors, cuts, compression."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import zstandard
from syrupy.assertion import SnapshotAssertion

from agent_rehearsal import cut
from agent_rehearsal.journal import Journal
from mock_responses import MockResponses, message, rate_limited, shell_call, status
from suites.interop.codex_cli import VERSIONS, codex_exec
from suites.interop.codex_events import ended, said, told, warned
from suites.interop.record import MESSAGE_EVENTS, answered_with, declared_length
from suites.interop.signed_in import ACCOUNT, compressing, sign_in
from suites.interop.table import CLI
from suites.interop.withheld import withheld

pytestmark = [pytest.mark.interop, pytest.mark.parametrize("version", VERSIONS)]

REQUEST_RETRIES = "model_providers.rehearsal.request_max_retries"
STREAM_RETRIES = "model_providers.rehearsal.stream_max_retries"
READER = "read word < pipe; echo got $word"
WRITER = "echo ping > pipe; echo sent"


async def test_two_tools_at_the_same_time(
    version: str,
    responses: MockResponses,
    home: Path,
    work: Path,
    labels: Mapping[str, str],
    approved: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """Each of two commands waits for the other: both end, and are handed back in call order."""
    os.mkfifo(work / "pipe")
    responses.reply(shell_call("c1", READER), shell_call("c2", WRITER))
    responses.reply(message("both"))
    run = await codex_exec(version, "run both", cwd=work, env=responses.codex_home(home))

    _, second = responses.requests
    assert [item["call_id"] for item in second.items("function_call_output")] == ["c1", "c2"]
    assert second.output_of("c1").endswith("Output:\ngot ping\n")
    assert second.output_of("c2").endswith("Output:\nsent\n")
    assert [withheld(request, labels) for request in responses.requests] == approved

    assert run.code == 0, run.stderr
    events = told(run.events)
    begun = [event["item"]["command"] for event in events if event["type"] == "item.started"]
    assert sorted(begun) == [f"-lc '{WRITER}'", f"-lc '{READER}'"]
    assert events[-2:] == [
        said("item_3", "both"),
        ended(version, input_tokens=20, output_tokens=10),
    ]
    works(CLI, version)


async def test_a_500_and_then_success(
    version: str,
    responses: MockResponses,
    home: Path,
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """The same bytes are sent again on the same connection, and the turn shows nothing of it."""
    responses.reply(status(500))
    responses.reply(message("at last"))
    env = responses.codex_home(home)
    run = await codex_exec(version, "say hello", cwd=work, env=env, config={REQUEST_RETRIES: 1})

    first, second = responses.requests
    assert first.entry.raw == second.entry.raw
    assert first.entry.conn is second.entry.conn
    assert run.code == 0, run.stderr
    assert told(run.events)[1:] == finished(version, "item_1", "at last")
    works(CLI, version)


async def test_a_429_with_a_time_to_wait(
    version: str,
    responses: MockResponses,
    home: Path,
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """0.142.0 gives up at once; 0.169.0 waits for as long as it was told and asks again."""
    patient = version != "0.142.0"
    responses.reply(rate_limited(1))
    if patient:
        responses.reply(message("at last"))
    env = responses.codex_home(home)
    run = await codex_exec(version, "say hello", cwd=work, env=env, config={STREAM_RETRIES: 1})

    events = told(run.events)
    times = [request.entry.at for request in responses.requests]
    if patient:
        first, second = times
        assert second - first >= 1.0
        assert run.code == 0, run.stderr
        assert events[-2:] == finished(version, "item_1", "at last")[-2:]
    else:
        assert len(times) == 1
        assert run.code == 1, run.stderr
        assert [event["type"] for event in events[2:]] == ["turn.started", "error", "turn.failed"]
        assert "429 Too Many Requests" in events[-1]["error"]["message"]
    works(CLI, version)


async def test_a_cut_stream(
    version: str,
    responses: MockResponses,
    home: Path,
    work: Path,
    labels: Mapping[str, str],
    approved: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """The turn is asked for again, with the message that was whole before the cut."""
    responses.reply(message("before"), cut())
    responses.reply(message("after"))
    env = responses.codex_home(home)
    run = await codex_exec(version, "say hello", cwd=work, env=env, config={STREAM_RETRIES: 1})

    first, second = responses.requests
    assert first.entry.conn is not second.entry.conn
    assert "response.completed" not in answered_with(responses.journal, first.entry)
    assert first.texts("assistant") == []
    assert second.texts("assistant") == ["before"]
    assert [withheld(request, labels) for request in (first, second)] == approved

    assert run.code == 0, run.stderr
    events = told(run.events)
    assert [event["type"] for event in events if event["type"] == "error"] == ["error"]
    assert [event for event in events if event["type"] != "error"][3:] == [
        said("item_1", "before"),
        *finished(version, "item_2", "after")[2:],
    ]
    works(CLI, version)


async def test_a_compressed_body(
    version: str,
    responses: MockResponses,
    journal: Journal,
    home: Path,
    work: Path,
    labels: Mapping[str, str],
    approved: SnapshotAssertion,
    works: Callable[[str, str], None],
) -> None:
    """A body in zstd is kept as it was sent, and reads like any other."""
    responses.reply(message("hello", " there"))
    env = responses.codex_home(home)
    token = sign_in(Path(env["CODEX_HOME"]))
    config = compressing(responses.base_url)
    run = await codex_exec(version, "say hello", cwd=work, env=env, config=config)

    (request,) = responses.requests
    sent = request.entry
    assert sent.header("content-encoding") == "zstd"
    assert sent.header("authorization") == f"Bearer {token}"
    assert sent.header("chatgpt-account-id") == ACCOUNT
    assert len(sent.raw) == declared_length(sent)
    text = zstandard.ZstdDecompressor().decompressobj().decompress(sent.raw)
    assert json.loads(text) == request.body
    assert len(sent.raw) < len(text) / 2
    assert withheld(request, labels) == approved
    assert answered_with(journal, sent) == list(MESSAGE_EVENTS)

    assert run.code == 0, run.stderr
    assert told(run.events)[1:] == finished(version, "item_1", "hello there")
    works(CLI, version)


def finished(version: str, id_: str, text: str) -> list[dict[str, Any]]:
    """What a turn of one message prints after the thread's start."""
    return [
        warned(),
        {"type": "turn.started"},
        said(id_, text),
        ended(version, input_tokens=10, output_tokens=5),
    ]
