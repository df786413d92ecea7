"""Real commands in a real sandbox: what they may write, whom they may talk to, when they end."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from agent_rehearsal import Stage, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.config.workspace import WorkspaceWrite
from codex_core.protocol.ops import Shutdown
from mock_responses import MockResponses, function_call, message, shell_call

pytestmark = [
    pytest.mark.interop,
    pytest.mark.real,
    pytest.mark.skipif(
        shutil.which("bwrap") is None,
        reason="bubblewrap is not installed; on Debian: apt-get install bubblewrap",
    ),
]

PATIENCE = 10.0


def workspace(**table: Any) -> dict[str, Any]:
    """Settings in which the working folder alone may be written."""
    write = WorkspaceWrite(exclude_slash_tmp=True, **table)
    return {"sandbox_mode": "workspace-write", "sandbox_workspace_write": write}


async def told(responses: MockResponses, codex: Codex, line: str) -> tuple[int, str]:
    """Exit code and output of a command that the model asks for."""
    responses.reply(shell_call("c1", line))
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("go")
    ended = await turn.wait_for(of_type("exec_command_end"), timeout=PATIENCE)
    await turn.completed(timeout=PATIENCE)
    return ended.get("exit_code"), ended.get("aggregated_output")


@pytest.mark.parametrize("mode", [{"sandbox_mode": "read-only"}, workspace()], ids=["ro", "ww"])
async def test_everything_may_be_read(
    responses: MockResponses, codex: Codex, tmp_path: Path, mode: dict[str, Any]
) -> None:
    """A file outside the working folder is there."""
    (tmp_path / "outside").write_text("text")
    line = f"cat {tmp_path / 'outside'}"
    assert await told(responses, codex(config=mode), line) == (0, "text")


WRITES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "read-only": ({"sandbox_mode": "read-only"}, "inside", False),
    "inside": (workspace(), "inside", True),
    "outside": (workspace(), "../outside", False),
    "through a link": (workspace(), "link/outside", False),
    "a named folder": (workspace(writable_roots=("..",)), "../outside", True),
    "repository": (workspace(), ".git/config", False),
}


@pytest.mark.parametrize("name", WRITES)
async def test_what_may_be_written(
    responses: MockResponses, codex: Codex, tmp_path: Path, name: str
) -> None:
    """What the mode opens is changed; all else is not, and the command reads why."""
    settings, place, allowed = WRITES[name]
    agent = codex(cwd=tmp_path / "work", config=settings)
    (agent.cwd / ".git").mkdir(parents=True)
    (agent.cwd / "link").symlink_to("..")
    code, output = await told(responses, agent, f"echo changed > {place}")
    assert (agent.cwd / place).exists() is allowed
    assert (code == 0) is allowed
    assert ("Read-only file system" in output) is not allowed


@pytest.mark.parametrize("network", [False, True])
async def test_the_network(responses: MockResponses, codex: Codex, *, network: bool) -> None:
    """A server on this machine is out of reach, unless the network is allowed."""
    port = urlsplit(responses.base_url).port
    connect = f"import socket; socket.create_connection(('127.0.0.1', {port}))"
    agent = codex(config=workspace(network_access=network))
    code, output = await told(responses, agent, f'{sys.executable} -c "{connect}"')
    assert (code == 0) is network
    assert ("Error" in output) is not network


@pytest.mark.parametrize("escape", ["", "setsid "], ids=["child", "own session"])
async def test_the_end_of_a_thread_ends_what_left_its_group(escape: str, tmp_path: Path) -> None:
    """A sandbox has processes of its own: none outlives it, in whichever group and session."""
    for name in ("alive", "never"):
        os.mkfifo(tmp_path / name)
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    line = f"exec 3> alive; trap '' TERM; {escape}sh -c 'read x < never' & echo started; wait"
    async with Stage() as stage:
        codex = stage.codex(tmp_path, config=workspace())
        stage.responses.reply(shell_call("c1", line))
        thread = await codex.start()
        turn = await thread.submit("go")
        await turn.wait_for(of_type("exec_command_output_delta"))
        await thread.submit_op(Shutdown())
    await end_of(alive)


async def end_of(pipe: int) -> None:
    """Return when no process has the other end of a named pipe open."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
    )
    async with asyncio.timeout(PATIENCE):
        assert await reader.read() == b""
    transport.close()


async def test_a_terminal_in_a_sandbox(responses: MockResponses, codex: Codex) -> None:
    """It is one, and its interrupt character ends the command."""
    started = {"cmd": "test -t 0 && echo terminal; exec sleep 600", "tty": True}
    interrupted = {"session_id": 1000, "chars": "\x03", "yield_time_ms": 5000}
    responses.reply(function_call("c1", "exec_command", {**started, "yield_time_ms": 1000}))
    responses.reply(function_call("c2", "write_stdin", interrupted))
    responses.reply(message("done"))
    thread = await codex(config=workspace()).start()
    await thread.run("go", timeout=PATIENCE)
    assert responses.requests[1].output_of("c1").endswith("terminal\r\n")
    assert "Process exited with code 130" in responses.requests[2].output_of("c2")
