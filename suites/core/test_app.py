"""The command line: JSON lines, plain text, exit codes."""

import asyncio
import io
import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from codex_core import Event, Runtime
from codex_core.app.cli import BAD_SETTINGS, main
from codex_core.app.exec import FAILED, INTERRUPTED, SUCCEEDED, run_prompt
from codex_core.app.json_lines import JsonLines
from codex_core.app.plain import PlainText
from codex_core.protocol.events import TurnAborted
from codex_core.session.codex import Codex
from suites.core.fakes import (
    FakeReply,
    FakeRunner,
    FakeTransport,
    added,
    answer,
    call,
    completed,
    delta,
    done,
    make_config,
    message,
    reply,
    sse,
)

FREE = ("-c", "sandbox_mode=danger-full-access")


async def events_of(transport: FakeTransport, runner: FakeRunner | None = None) -> list[Event]:
    """All events of one `exec`."""
    heard: list[Event] = []
    core = Codex(
        make_config(warnings=("odd",), provider={"stream_max_retries": 1}),
        runtime=Runtime.deterministic(runner=runner, root=Path("/")),
        transport=transport,
    )
    async with core as codex:
        await run_prompt(await codex.start_thread(), "go", heard.append)
    return heard


def translated(events: Iterable[Event]) -> list[dict[str, Any]]:
    lines = JsonLines()
    return [line for event in events for line in lines.lines(event)]


def with_a_tool() -> FakeTransport:
    thought = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
    }
    run = done(call("c", "exec_command", cmd="ls x"))
    first = reply(done(thought), run, completed())
    return FakeTransport(
        first, reply(added(message("")), delta("d"), done(message("done")), completed())
    )


async def test_json_lines_of_a_turn_with_a_tool() -> None:
    """The lines that the reference client writes, numbered by item."""
    lines = translated(await events_of(with_a_tool(), FakeRunner(b"x\n", code=1)))
    command = {"id": "item_2", "type": "command_execution", "command": "/bin/sh -lc 'ls x'"}
    assert lines == [
        {"type": "thread.started", "thread_id": "00000000-0000-7000-8000-000000000001"},
        {"type": "item.completed", "item": {"id": "item_0", "type": "error", "message": "odd"}},
        {"type": "turn.started"},
        {
            "type": "item.completed",
            "item": {"id": "item_1", "type": "reasoning", "text": "a\n\nb"},
        },
        {
            "type": "item.started",
            "item": {
                **command,
                "aggregated_output": "",
                "exit_code": None,
                "status": "in_progress",
            },
        },
        {
            "type": "item.completed",
            "item": {**command, "aggregated_output": "x\n", "exit_code": 1, "status": "failed"},
        },
        {
            "type": "item.completed",
            "item": {"id": "item_3", "type": "agent_message", "text": "done"},
        },
        {
            "type": "turn.completed",
            "usage": {
                "input_tokens": 20,
                "cached_input_tokens": 0,
                "output_tokens": 10,
                "reasoning_output_tokens": 0,
            },
        },
    ]


async def test_json_lines_of_a_turn_that_fails() -> None:
    """Each repetition and the failure are errors; the turn's end repeats the last."""
    refused = [FakeReply(b'{"error":{"message":"no"}}', status=401) for _ in range(2)]
    lines = translated(await events_of(FakeTransport(*refused)))
    text = "unexpected status 401 Unauthorized: no, url: http://mock.test/v1/responses"
    assert lines[3:] == [
        {"type": "error", "message": f"Reconnecting... 1/1 ({text})"},
        {"type": "error", "message": text},
        {"type": "turn.failed", "error": {"message": text}},
    ]


def test_an_interrupted_turn_has_failed() -> None:
    """JSON lines know no other end."""
    aborted = TurnAborted(turn_id="t", reason="interrupted", completed_at=0, duration_ms=0)
    assert JsonLines().lines(Event(id="t", msg=aborted)) == [
        {"type": "turn.failed", "error": {"message": "turn interrupted"}}
    ]


async def test_plain_text() -> None:
    """What happens goes to one stream, only the last message to the other."""
    progress, result = io.StringIO(), io.StringIO()
    plain = PlainText(progress=progress, result=result)
    for event in await events_of(with_a_tool(), FakeRunner(b"x\n", code=1)):
        plain.tell(event)
    assert result.getvalue() == "done\n"
    assert progress.getvalue() == ("warning: odd\n$ /bin/sh -lc 'ls x'\nx\n[exit code 1]\nd\n")


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_failed_turn_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing key fails the turn at once; the lines say so."""
    runtime = Runtime.deterministic(env={"CODEX_HOME": str(tmp_path)}, root=tmp_path)
    assert main(["exec", "--json", "hi", *FREE], runtime=runtime) == FAILED
    lines = lines_of(capsys.readouterr().out)
    assert [line["type"] for line in lines] == [
        "thread.started",
        "turn.started",
        "error",
        "turn.failed",
    ]
    assert "`OPENAI_API_KEY`" in lines[-1]["error"]["message"]


def test_bad_settings_are_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback; nothing on standard output."""
    env = {"CODEX_HOME": str(tmp_path), "PATH": str(tmp_path)}
    runtime = Runtime.deterministic(env=env, root=tmp_path)
    for arguments in (["exec", "hi"], ["exec", "hi", *FREE, "-C", "gone"]):
        assert main(arguments, runtime=runtime) == BAD_SETTINGS
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("error: ")
        assert captured.err.count("\n") == 1


async def exit_code(transport: FakeTransport, tell: Any) -> int:
    core = Codex(make_config(), runtime=Runtime.deterministic(), transport=transport)
    async with core as codex:
        return await run_prompt(await codex.start_thread(), "go", tell)


async def test_a_turn_that_ends_well_is_exit_code_0() -> None:
    """Success is silence."""
    assert await exit_code(FakeTransport(answer("ok")), lambda _: None) == SUCCEEDED


async def test_ctrl_c_interrupts_the_turn() -> None:
    """The signal ends the turn, the program tells it and has an exit code of its own."""
    streaming = FakeReply(sse(added(message("")), delta("par")), asyncio.Event())
    told: list[str] = []

    def tell(event: Event) -> None:
        told.append(event.type)
        if event.type == "agent_message_content_delta":
            os.kill(os.getpid(), signal.SIGINT)

    assert await exit_code(FakeTransport(streaming), tell) == INTERRUPTED
    assert told[-1] == "turn_aborted"
