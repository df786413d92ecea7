"""How `rehearsal serve` ends: by a signal in good order, or killed, with its journal readable."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent_rehearsal.journal import read
from suites.cli.asking import ask, request
from suites.cli.processes import READY, serving

HELD = """
from mock_responses import created, stream, text_delta

def scenario(stage):
    stage.responses.reply(stream(created(), text_delta("a"), stage.responses.gate("held")))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_in_good_order(number: signal.Signals, tmp_path: Path) -> None:
    """Exit code 0, one line on stdout in all, a line on stderr for each entry of the file."""
    journal = tmp_path / "journal.jsonl"
    args = ("--verbose", "--journal", journal)
    async with serving(*args, errors=tmp_path / "err.txt") as server:
        await ask(server.port, stream=True)
        done = await server.end(number)
    assert done.code == 0, done.err
    assert done.out == f"{READY}{server.url}\n"
    entries = list(read(journal))
    assert [entry.kind for entry in entries[:3]] == ["request", "response", "chunk"]
    assert entries[-1].type == "response.completed"
    assert [line.split()[0] for line in done.err.splitlines()] == [
        f"#{entry.seq}" for entry in entries
    ]


async def test_a_held_stream_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """A signal ends a reply that waits at a gate; the file says that the server stopped."""
    journal = tmp_path / "journal.jsonl"
    scenario = tmp_path / "held.py"
    scenario.write_text(HELD, "utf-8")
    args = (scenario, "--journal", journal)
    async with (
        serving(*args, errors=tmp_path / "err.txt") as server,
        first_event(server.port),
    ):
        done = await server.end(signal.SIGTERM)
    assert done.code == 0, done.err
    assert (read(journal)[-1].kind, read(journal)[-1].head) == ("close", "server stopped")


async def test_a_killed_server_leaves_a_readable_journal(tmp_path: Path) -> None:
    """What had happened when SIGKILL came is in the file; keys too, if they were to be kept."""
    journal = tmp_path / "journal.jsonl"
    scenario = tmp_path / "held.py"
    scenario.write_text(HELD, "utf-8")
    args = (scenario, "--journal", journal, "--keep-secrets")
    async with (
        serving(*args, errors=tmp_path / "err.txt") as server,
        first_event(server.port, "Authorization: Bearer sk-to-be-written"),
    ):
        done = await server.end(signal.SIGKILL)
    assert done.code == -signal.SIGKILL
    entries = list(read(journal))
    assert [entry.kind for entry in entries[:4]] == ["request", "response", "chunk", "chunk"]
    assert entries[0].header("authorization") == "Bearer sk-to-be-written"


@asynccontextmanager
async def first_event(port: int, *headers: str) -> AsyncIterator[None]:
    """A streamed request that was read on until the delta; the connection stays open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b'{"model": "m", "input": "hi", "stream": true}'
    writer.write(request(port, "POST", "/v1/responses", body, *headers))
    await reader.readuntil(b"response.output_text.delta")
    yield
    writer.close()
    await writer.wait_closed()
