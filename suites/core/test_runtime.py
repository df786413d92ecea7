"""The seam to the world: ids, and real processes with their groups."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from codex_core import Command, Runtime
from codex_core.runtime import Process, RealRunner

ENV = {"PATH": os.defpath}


def test_a_deterministic_runtime_repeats_itself() -> None:
    """Two of the same seed give the same ids and times, another seed gives other ids."""
    first, second, other = (Runtime.deterministic(seed) for seed in (1, 1, 2))
    assert [first.uuid(), first.uuid()] == [second.uuid(), second.uuid()]
    assert first.uuid() != other.uuid()
    assert (first.now(), first.monotonic()) == (second.now(), second.monotonic())
    assert first.jitter(0.9, 1.1) == 1.0
    assert dict(first.env) == {}


def test_real_ids_are_version_7_and_differ() -> None:
    """Version and variant bits are where RFC 9562 wants them."""
    runtime = Runtime()
    ids = {runtime.uuid() for _ in range(50)}
    assert len(ids) == 50
    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(pattern, text) for text in ids)


async def start(line: str, cwd: Path = Path("/"), *, tty: bool = False) -> Process:
    command = Command(argv=("/bin/sh", "-c", line), cwd=cwd, env=ENV, tty=tty)
    return await RealRunner().start(command)


async def output(process: Process) -> bytes:
    chunks = []
    async with asyncio.timeout(20):
        while chunk := await process.read():
            chunks.append(chunk)
    return b"".join(chunks)


async def timers_that_are_due() -> None:
    """Until what is due by now has run: a timer fires after those that were due before it."""
    fired = asyncio.Event()
    asyncio.get_running_loop().call_later(0, fired.set)
    await fired.wait()


async def until_gone(pid: int) -> None:
    """Awaits the end of a process that is not our child."""
    async with asyncio.timeout(20):
        while True:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            if (
                Path(f"/proc/{pid}/stat").exists()
                and b" Z " in Path(f"/proc/{pid}/stat").read_bytes()
            ):
                return
            await asyncio.sleep(0)


@pytest.mark.real
async def test_both_streams_come_merged(tmp_path: Path) -> None:
    """Output and errors in the order of writing, the exit code, the folder, no input."""
    process = await start("pwd; echo two >&2; cat; exit 3", tmp_path)
    assert await output(process) == f"{tmp_path}\ntwo\n".encode()
    assert await process.wait() == 3
    assert await process.read() == b""


@pytest.mark.real
async def test_a_kill_takes_the_whole_group() -> None:
    """Children of the command die with it; a second kill is harmless."""
    process = await start("sleep 600 & echo $!; wait")
    child = int(await process.read())
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    assert await output(process) == b""
    await until_gone(child)
    process.kill()


@pytest.mark.real
async def test_a_background_child_does_not_hold_the_end_back() -> None:
    """Reading ends soon after the command, though a child still has its output open."""
    process = await start("sleep 600 & echo $!")
    pid = int(await output(process))
    assert await process.wait() == 0
    os.kill(pid, signal.SIGKILL)


@pytest.mark.real
@pytest.mark.parametrize("when", ["before the exit", "after the exit"])
async def test_a_kill_ends_reading_at_once(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left open for a child that left the group and still has the output."""
    monkeypatch.setattr("codex_core.runtime._Output.TRAILING", 3600.0)
    os.mkfifo(tmp_path / "leave")
    leave = os.open(tmp_path / "leave", os.O_RDWR)
    escape = "import os; os.fork() or os.setsid() or (print(1, flush=True), open('leave').read(1))"
    line = f'{sys.executable} -c "{escape}"'
    process = await start(f"{line}; wait; {'read x < leave' if when[0] == 'b' else ':'}", tmp_path)
    assert await process.read() == b"1\n"
    if when == "after the exit":
        assert await process.wait() == 0
    process.kill()
    await process.wait()
    assert await output(process) == b""
    os.write(leave, b"x")
    os.close(leave)


@pytest.mark.real
async def test_a_slow_reader_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the high-water mark the pipe is stopped, not cut, even after the command's end."""
    monkeypatch.setattr("codex_core.runtime._Output.HIGH_WATER", 1)
    monkeypatch.setattr("codex_core.runtime._Output.TRAILING", 0.0)
    process = await start("head -c 50000 /dev/zero; sleep 600 & echo $!")
    assert await process.wait() == 0
    await timers_that_are_due()
    text = await output(process)
    pid = text[50_000:]
    os.kill(int(pid), signal.SIGKILL)
    assert text[:50_000] == bytes(50_000)


@pytest.mark.real
async def test_a_terminal_of_its_own() -> None:
    """All three streams are one terminal of a usual size; what is typed is echoed and read."""
    process = await start(
        "test -t 0 -a -t 1 -a -t 2; echo $?; stty size; read x; echo $x", tty=True
    )
    await process.write(b"typed\r")
    text = (await output(process)).decode()
    assert sorted(text.split("\r\n")) == ["", "0", "24 80", "typed", "typed"]
    assert await process.wait() == 0
    await process.write(b"nobody reads this")


@pytest.mark.real
async def test_ctrl_c_on_a_terminal() -> None:
    """The interrupt character is a signal for what runs on it."""
    process = await start("echo ready; read x; echo not reached", tty=True)
    assert await process.read() == b"ready\r\n"
    await process.write(b"\x03")
    assert b"not reached" not in await output(process)
    assert await process.wait() == -signal.SIGINT


@pytest.mark.real
@pytest.mark.parametrize("name", ["interrupt", "terminate"])
async def test_signals_reach_the_whole_group(name: str) -> None:
    """The command's children get them too."""
    process = await start(
        "trap 'exit 5' INT TERM; sh -c 'echo $$; read x' < /dev/tty & wait", tty=True
    )
    child = int(await process.read())
    getattr(process, name)()
    assert await process.wait() == 5
    await output(process)
    process.kill()
    await until_gone(child)


@pytest.mark.real
async def test_what_a_command_leaves_behind_is_known() -> None:
    """A child in its group is a stray, which a kill ends; else there is none."""
    process = await start("sleep 600 & echo $!")
    child = int(await output(process))
    await process.wait()
    assert process.strays
    process.kill()
    assert not process.strays
    await until_gone(child)
    process = await start(":")
    await process.wait()
    assert not process.strays


@pytest.mark.real
async def test_terminals_leave_no_file_open(tmp_path: Path) -> None:
    """Both ends are closed when a command is over, or could not be started."""
    fds = Path("/dev/fd")
    await (await start(":", tty=True)).wait()
    before = len(list(fds.iterdir()))
    for _ in range(5):
        process = await start("echo hello", tty=True)
        assert await output(process) == b"hello\r\n"
        await process.wait()
        process.kill()
        with pytest.raises(OSError, match="No such file"):
            await start(":", tmp_path / "gone", tty=True)
    await timers_that_are_due()
    assert len(list(fds.iterdir())) <= before


@pytest.mark.real
@pytest.mark.parametrize("tty", [False, True])
async def test_what_cannot_be_started_is_an_oserror(tmp_path: Path, *, tty: bool) -> None:
    """A program that is not there, a folder that is not there."""
    for command in (
        Command(argv=(str(tmp_path / "gone"),), cwd=tmp_path, tty=tty),
        Command(argv=("/bin/sh", "-c", ":"), cwd=tmp_path / "gone", tty=tty),
    ):
        with pytest.raises(OSError, match="No such file"):
            await RealRunner().start(command)


@pytest.mark.real
async def test_a_start_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    """Whenever the start is cancelled, the command is gone before the caller goes on."""
    for steps in range(4):
        pid_file = tmp_path / str(steps)
        line = f"echo $$ > {pid_file}; exec sleep 600"
        task = asyncio.create_task(start(line))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        try:
            process = await task
        except asyncio.CancelledError:
            if pid_file.exists() and (text := pid_file.read_text()):
                await until_gone(int(text))
        else:
            process.kill()
            await process.wait()
