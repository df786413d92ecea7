"""A command of the user's that cannot be started."""

from pathlib import Path

from codex_core import Runtime
from codex_core.protocol.ops import RunUserShellCommand, user_text
from suites.core.fakes import FakeRunner, FakeTransport, answer, running, turn_end, types


async def test_a_shell_that_is_not_there(tmp_path: Path) -> None:
    """The model reads why nothing ran; no command begins; nothing of a sandbox is asked for."""
    runner = FakeRunner(error=FileNotFoundError(2, "No such file"))
    runtime = Runtime.deterministic(runner=runner, env={"SHELL": "/bin/zsh", "PATH": "/bin"})
    transport = FakeTransport(answer("ok"))
    async with running(
        transport, runtime=runtime, cwd=tmp_path, sandbox_mode="read-only"
    ) as thread:
        await thread.submit(RunUserShellCommand(command="ls"))
        assert types(await turn_end(thread))[-2:] == ["task_started", "task_complete"]
        await thread.submit(user_text("look"))
        await turn_end(thread)
    (command,) = runner.commands
    assert command.confinement == ()
    told = transport.posts[0].input[-2]["content"][0]["text"]
    assert "Exit code: 126\n" in told
    assert "Output:\n/bin/zsh cannot be started: [Errno 2] No such file\n" in told
