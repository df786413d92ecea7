"""`rehearsal serve` in one process, the Codex CLI in another, and the file between them."""

from pathlib import Path

import pytest

from agent_rehearsal.face.cli.serving import GREETING
from agent_rehearsal.journal import read
from mock_responses.clients import codex_home
from suites.cli.processes import serving
from suites.interop.codex_cli import VERSIONS, codex_exec
from suites.interop.record import declared_length, kinds

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_codex_cli_is_served(
    version: str, tmp_path: Path, home: Path, work: Path
) -> None:
    """The CLI prints the message that answers any request; what it sent is in the file, whole."""
    journal = tmp_path / "journal.jsonl"
    async with serving("--journal", journal, errors=tmp_path / "err.txt") as server:
        env = codex_home(home, f"{server.url}/v1")
        run = await codex_exec(version, "say hello", cwd=work, env=env)
        done = await server.end()

    assert (run.code, done.code, done.err) == (0, 0, ""), run.stderr
    messages = [event["item"] for event in run.events if event["type"] == "item.completed"]
    assert messages[-1]["text"] == GREETING
    entries = list(read(journal))
    assert kinds(entries)[:3] == ["request", "response", "chunk"]
    assert {entry.kind for entry in entries[2:]} == {"chunk"}
    assert len(entries[0].raw) == declared_length(entries[0])
    assert entries[0].json["input"][-1]["content"] == [{"type": "input_text", "text": "say hello"}]
