"""The tool `exec_command`, over scripted processes."""

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codex_core import Runtime
from codex_core.protocol.events import (
    EventMsg,
    ExecCommandBegin,
    ExecCommandEnd,
    ExecCommandOutputDelta,
)
from codex_core.protocol.items import CustomToolCall, FunctionCall
from codex_core.tools.exec_command import ExecArguments, ExecCommand
from suites.core.fakes import FakeRunner, tool_context


class Bench:
    """The tool, a runner, and what it told."""

    def __init__(self, runner: FakeRunner, cwd: Path, **world: Any) -> None:
        self.told: list[EventMsg] = []
        self.wrote = asyncio.Event()
        plain = Runtime.deterministic(runner=runner, env={"SHELL": "/bin/zsh"})
        runtime = msgspec.structs.replace(plain, **world)
        self.context = tool_context(runtime=runtime, tell=self.tell, cwd=cwd, output_tokens=50)

    def tell(self, turn_id: str, msg: EventMsg) -> None:
        assert turn_id == "turn"
        self.told.append(msg)
        if isinstance(msg, ExecCommandOutputDelta):
            self.wrote.set()

    async def run(self, arguments: Any) -> str:
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        call = FunctionCall(name="exec_command", arguments=text, call_id="c")
        return await ExecCommand().run(call, self.context)


async def test_a_command_and_its_text(tmp_path: Path) -> None:
    """The shell gets the line as it is; output, code and chunks are told."""
    runner = FakeRunner(b"one\n", b"two\n", code=2)
    bench = Bench(runner, tmp_path)
    assert await bench.run({"cmd": "list | sort"}) == (
        "Chunk ID: 000001\nWall time: 0.0000 seconds\nProcess exited with code 2\n"
        "Original token count: 2\nOutput:\none\ntwo\n"
    )
    (command,) = runner.commands
    assert command.argv == ("/bin/zsh", "-lc", "list | sort")
    assert command.cwd == tmp_path
    assert command.env["CODEX_THREAD_ID"] == "thread"
    assert command.env["TERM"] == "dumb"
    begin, first, second, end = bench.told
    assert isinstance(begin, ExecCommandBegin)
    assert begin.process_id == "1000"
    assert isinstance(first, ExecCommandOutputDelta)
    assert isinstance(second, ExecCommandOutputDelta)
    assert (first.chunk, second.chunk) == (b"one\n", b"two\n")
    assert isinstance(end, ExecCommandEnd)
    assert (end.aggregated_output, end.exit_code, end.status) == ("one\ntwo\n", 2, "failed")


async def test_arguments(tmp_path: Path) -> None:
    """Folder, shell, login and the size of the output are the model's to choose."""
    (tmp_path / "sub").mkdir()
    runner = FakeRunner(b"x" * 100)
    text = await Bench(runner, tmp_path).run(
        {
            "cmd": "x",
            "workdir": "sub",
            "shell": "/bin/ash",
            "login": False,
            "max_output_tokens": 2.0,
            "tty": True,
            "yield_time_ms": 250,
        }
    )
    assert runner.commands[0].tty
    assert runner.commands[0].argv == ("/bin/ash", "-c", "x")
    assert runner.commands[0].cwd == tmp_path / "sub"
    assert text.endswith("xxxx\u202623 tokens truncated\u2026xxxx")


async def test_the_models_budget_caps_what_is_asked_for(tmp_path: Path) -> None:
    """A call cannot ask for more output than the model may be given."""
    text = await Bench(FakeRunner(b"x" * 1000), tmp_path).run(
        {"cmd": "x", "max_output_tokens": 10_000}
    )
    assert "\u2026200 tokens truncated\u2026" in text


@pytest.mark.parametrize("arguments", ["{", "{}", '{"cmd":3}', "[]", ""])
async def test_bad_arguments_run_nothing(tmp_path: Path, arguments: str) -> None:
    """The model is told what is wrong with them."""
    runner = FakeRunner()
    text = await Bench(runner, tmp_path).run(arguments)
    assert text.startswith("failed to parse function arguments: ")
    assert runner.commands == []


async def test_a_freeform_call_has_no_arguments(tmp_path: Path) -> None:
    """A custom call of this tool is a call with bad arguments."""
    bench = Bench(FakeRunner(), tmp_path)
    call = CustomToolCall(call_id="c", name="exec_command", input="ls")
    text = await ExecCommand().run(call, bench.context)
    assert text.startswith("failed to parse function arguments: ")


async def test_a_missing_folder_runs_nothing(tmp_path: Path) -> None:
    """The folder is named; nothing begins."""
    bench = Bench(FakeRunner(), tmp_path)
    text = await bench.run({"cmd": "ls", "workdir": "gone"})
    assert text == (
        f"exec_command failed for `ls`: the working folder {tmp_path / 'gone'} does not exist or is"
        " no folder"
    )
    assert bench.told == []


async def test_a_shell_that_is_not_there(tmp_path: Path) -> None:
    """The system's reason is told to the model."""
    bench = Bench(FakeRunner(error=FileNotFoundError(2, "No such file")), tmp_path)
    assert await bench.run({"cmd": "ls"}) == (
        "exec_command failed for `ls`: /bin/zsh cannot be started: [Errno 2] No such file"
    )
    assert bench.told == []


async def test_a_cancelled_call_leaves_its_command_running(tmp_path: Path) -> None:
    """The process goes on, and has its one end whenever it comes."""
    runner = FakeRunner(b"part", endless=True)
    bench = Bench(runner, tmp_path)
    task = asyncio.create_task(bench.run({"cmd": "serve"}))
    await bench.wrote.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (process,) = runner.processes
    assert process.signals == []
    process.show(b"rest")
    await bench.context.sessions.close()
    ends = [msg for msg in bench.told if isinstance(msg, ExecCommandEnd)]
    assert [(end.exit_code, end.aggregated_output) for end in ends] == [(143, "partrest")]


def test_the_specification_promises_only_what_is_there() -> None:
    """Each property is an argument that the tool reads."""
    told = ExecCommand.spec["parameters"]["properties"]
    assert set(told) == set(ExecArguments.__struct_fields__)


async def test_durations_are_measured(tmp_path: Path) -> None:
    """Wall time is the difference of the runtime's clock."""
    clock = itertools.count(10.0, 0.5)
    bench = Bench(FakeRunner(b""), tmp_path, monotonic=clock.__next__)
    text = await bench.run({"cmd": "x"})
    end = bench.told[-1]
    assert isinstance(end, ExecCommandEnd)
    assert end.duration_ms == 1000
    assert "Wall time: 1.0000 seconds" in text
