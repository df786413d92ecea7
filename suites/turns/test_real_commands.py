"""Real processes on the stage: no scripts, the agent's own runner. Nothing here sleeps."""

import asyncio
import os
from pathlib import Path

import pytest

from agent_rehearsal import of_type
from agent_rehearsal.face.agent import Codex
from codex_core.protocol.ops import Shutdown
from mock_responses import MockResponses, message, shell_call

pytestmark = pytest.mark.real

PATIENCE = 5.0


async def test_a_real_command_runs_in_the_working_folder(
    responses: MockResponses, codex: Codex
) -> None:
    """Without scripts the agent's commands are processes, started where the agent works."""
    (codex.cwd / "README").touch()
    responses.reply(shell_call("c1", ["ls"]))
    responses.reply(message("one file"))
    thread = await codex.start()
    assert await thread.run("list the files") == "one file"
    assert responses.requests[1].output_of("c1").endswith("Output:\nREADME\n")


async def test_the_environment_of_the_test_does_not_leak(
    responses: MockResponses, codex: Codex
) -> None:
    """A command sees a home of its own and nothing of what the test was started with."""
    responses.reply(shell_call("c1", "env"))
    responses.reply(message("done"))
    thread = await codex.start()
    await thread.run("show the environment")
    lines = responses.requests[1].output_of("c1").splitlines()
    assert f"HOME={codex.cwd}" in lines
    assert not [line for line in lines if line.startswith("PYTEST_CURRENT_TEST=")]


async def test_parallel_commands_run_at_the_same_time(
    responses: MockResponses, codex: Codex
) -> None:
    """Two commands of one response that can only end together do end."""
    os.mkfifo(codex.cwd / "pipe")
    responses.reply(shell_call("c1", "cat pipe"), shell_call("c2", "echo met > pipe"))
    responses.reply(message("done"))
    thread = await codex.start()
    assert await thread.run("meet") == "done"
    assert responses.requests[1].output_of("c1").endswith("Output:\nmet\n")


async def holders_of(pipe: int) -> None:
    """Return when no process has the other end of a named pipe open."""
    reader = asyncio.StreamReader()
    with os.fdopen(pipe, "rb", buffering=0) as file:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        transport.close()


HOLDING = {
    "a child": "(read line < never) & echo started; wait",
    "one that heeds no signal": "trap '' TERM; (read line < never) & echo started; wait",
    "a child left behind": "(trap '' TERM; read line < never) & echo started",
}


@pytest.mark.parametrize("line", HOLDING)
async def test_the_end_of_a_thread_is_the_end_of_what_it_started(
    responses: MockResponses, codex: Codex, tmp_path: Path, line: str
) -> None:
    """An interrupted command, its children and those of a command that is over are gone."""
    for name in ("alive", "never"):
        os.mkfifo(tmp_path / name)
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    responses.reply(shell_call("c1", f"exec 3> alive; {HOLDING[line]}"))
    responses.reply(message("never"), optional=True)
    thread = await codex.start()
    turn = await thread.submit("start something that does not end")
    await turn.wait_for(of_type("exec_command_output_delta"))
    await thread.interrupt()
    await thread.submit_op(Shutdown())
    await holders_of(alive)
    assert len([event for event in turn.events if event.type == "exec_command_end"]) == 1
