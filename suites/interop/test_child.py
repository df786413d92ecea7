"""A client's process leaves nothing behind, however its run ends."""

import asyncio
import os
from pathlib import Path

import pytest

from suites.interop import child

pytestmark = pytest.mark.real


async def test_what_a_client_printed_is_told(tmp_path: Path) -> None:
    """Both streams and the exit code come back; stdin is at its end."""
    ended = await child.run("sh", "-c", "cat; echo out; echo err >&2; exit 3", cwd=tmp_path, env={})
    assert ended == child.Ended(code=3, out="out\n", err="err\n")


async def test_a_client_that_is_given_up_takes_its_children_with_it(tmp_path: Path) -> None:
    """A run that is cancelled, as its time limit does, ends what the client had started."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    held = open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0)  # noqa: SIM115 # the transport closes it
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    command = "(echo up; exec sleep 60) > pipe & wait"
    run = asyncio.create_task(child.run("sh", "-c", command, cwd=tmp_path, env={}))
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), held)
    assert await reader.readline() == b"up\n"
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert await reader.read() == b""
    transport.close()
