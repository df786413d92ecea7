"""The tool `shell_command`, over scripted processes."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from codex_core import Runtime
from codex_core.protocol.events import EventMsg, ExecCommandBegin, ExecCommandEnd
from codex_core.protocol.items import FunctionCall
from codex_core.protocol.truncation import TruncationPolicy
from codex_core.tools.shell_command import ShellCommand
from suites.core.fakes import FakeRunner, tool_context
from suites.core.progress import Progress


class Bench:
    """The tool, a runner, and what it told; a clock that stands still until it is set."""

    def __init__(self, runner: FakeRunner, cwd: Path, *, most: int = 400) -> None:
        self.told: list[EventMsg] = []
        self.progress = Progress()
        self.seconds = 0.0
        plain = Runtime.deterministic(runner=runner, env={"SHELL": "/bin/zsh"})
        runtime = msgspec.structs.replace(plain, monotonic=lambda: self.seconds)
        context = tool_context(runtime=runtime, tell=self.tell, cwd=cwd)
        limit = TruncationPolicy(mode="bytes", limit=most)
        self.context = msgspec.structs.replace(context, truncation=limit, sandbox=None)

    def tell(self, turn_id: str, msg: EventMsg) -> None:
        assert turn_id == "turn"
        self.told.append(msg)
        self.progress.note()

    async def run(self, **arguments: Any) -> str:
        call = FunctionCall(name="shell_command", arguments=json.dumps(arguments), call_id="c")
        async with asyncio.timeout(5):
            return await ShellCommand().run(call, self.context)

    def end(self) -> ExecCommandEnd:
        (found,) = [msg for msg in self.told if isinstance(msg, ExecCommandEnd)]
        return found


async def test_a_command_and_its_text(tmp_path: Path) -> None:
    """The exit code and the output; nothing is kept that could be written to."""
    runner = FakeRunner(b"one\n", b"two", code=2)
    bench = Bench(runner, tmp_path)
    text = await bench.run(command="list | sort", workdir=".")
    assert text == "Exit code: 2\nWall time: 0 seconds\nOutput:\none\ntwo"
    (command,) = runner.commands
    assert command.argv == ("/bin/zsh", "-lc", "list | sort")
    assert command.cwd == tmp_path
    begin = bench.told[0]
    assert isinstance(begin, ExecCommandBegin)
    assert (begin.source, begin.call_id) == ("agent", "c")
    assert (bench.end().exit_code, bench.end().status) == (2, "failed")
    assert len(bench.context.sessions) == 0


async def test_a_shell_need_not_be_a_login_shell(tmp_path: Path) -> None:
    """It is one if the call does not say."""
    runner = FakeRunner()
    await Bench(runner, tmp_path).run(command="ls", login=False)
    assert runner.commands[0].argv == ("/bin/zsh", "-c", "ls")


async def test_a_long_output_is_cut_as_the_model_has_it(tmp_path: Path) -> None:
    """In the model's own unit, and the lines that there were are counted."""
    lines = b"".join(b"line %d\n" % number for number in range(9))
    text = await Bench(FakeRunner(lines), tmp_path, most=40).run(command="x")
    assert text == (
        "Exit code: 0\nWall time: 0 seconds\nTotal output lines: 9\nOutput:\n"
        "line 0\nline 1\nline 2\u202623 chars truncated\u2026ine 6\nline 7\nline 8\n"
    )


@pytest.mark.parametrize(("name", "limit"), [("timeout_ms", 0), ("timeout", 0), ("timeout_ms", -1)])
async def test_a_command_that_takes_too_long_is_ended(
    tmp_path: Path, name: str, limit: int
) -> None:
    """The model reads how long it took and what it wrote until then."""
    runner = FakeRunner(b"so far\n", endless=True, deaf=True)
    bench = Bench(runner, tmp_path)
    bench.seconds = 7.0
    text = await bench.run(command="x", **{name: limit})
    assert text == (
        "Exit code: 124\nWall time: 0 seconds\nOutput:\n"
        "command timed out after 0 milliseconds\nso far\n"
    )
    assert (bench.end().exit_code, bench.end().status) == (124, "failed")


async def test_an_interrupt_ends_the_command(tmp_path: Path) -> None:
    """It does not run on as a session would; the answer says who ended it, and when."""
    runner = FakeRunner(b"so far\n", endless=True)
    bench = Bench(runner, tmp_path)
    running = asyncio.ensure_future(bench.run(command="x"))
    await bench.progress.until(lambda: len(bench.told) == 2)
    bench.seconds = 1.25
    running.cancel()
    assert await running == "Wall time: 1.2 seconds\naborted by user"
    assert bench.end().exit_code == 128 + 9


@pytest.mark.parametrize("arguments", [{}, {"cmd": "ls"}, {"command": 3}])
async def test_bad_arguments_run_nothing(tmp_path: Path, arguments: Any) -> None:
    """The model is told what is wrong with them."""
    bench = Bench(FakeRunner(), tmp_path)
    assert (await bench.run(**arguments)).startswith("failed to parse function arguments: ")
    assert bench.told == []


async def test_what_cannot_be_started_is_told(tmp_path: Path) -> None:
    """A folder that is none, a shell that is not there."""
    bench = Bench(FakeRunner(error=FileNotFoundError(2, "No such file")), tmp_path)
    assert (await bench.run(command="ls", workdir="gone")).startswith(
        f"shell_command failed for `ls`: the working folder {tmp_path / 'gone'} does not exist"
    )
    assert await bench.run(command="ls") == (
        "shell_command failed for `ls`: /bin/zsh cannot be started: [Errno 2] No such file"
    )


async def test_a_wish_to_leave_the_sandbox_is_the_policys_matter(tmp_path: Path) -> None:
    """Where nobody is asked it is refused, in the reference client's words."""
    bench = Bench(FakeRunner(), tmp_path)
    text = await bench.run(command="ls", sandbox_permissions="require_escalated")
    assert text.startswith("approval policy is Never; reject command")
    assert bench.told == []


async def test_a_patch_is_applied_and_no_shell_started(tmp_path: Path) -> None:
    """Its answer is the patch's own."""
    runner = FakeRunner()
    bench = Bench(runner, tmp_path, most=4000)
    patch = "*** Begin Patch\n*** Add File: x\n+x\n*** End Patch"
    text = await bench.run(command=f"apply_patch <<'EOF'\n{patch}\nEOF\n", workdir=".")
    assert text.endswith("Output:\nSuccess. Updated the following files:\nA x\n")
    assert text.startswith("Exit code: 0\n")
    assert (tmp_path / "x").read_text(encoding="utf-8") == "x\n"
    assert runner.commands == []
