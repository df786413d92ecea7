"""What `rehearsal serve` cannot begin with: each is told with its place and a remedy, in no
traceback, with exit code 2.
"""

import asyncio
from pathlib import Path

import pytest

from suites.cli.processes import rehearsal

WRONG = {
    "a typo": (
        'def scenario(stage):\n    stage.responses.reply(mesage("hi"))\n',
        ":2: NameError: name 'mesage' is not defined",
        'stage.responses.reply(mesage("hi"))',
    ),
    "a syntax error": (
        "def scenario(stage):\n    reply(\n",
        ":2: SyntaxError: '(' was never closed",
        "reply(",
    ),
    "no such function": (
        "def scenarios(stage): ...\ndef other(): ...\n",
        "there is no function `scenario`; it defines scenarios, other (did you mean scenarios?)",
        "add `def scenario(stage)` or `async def scenario(stage)`",
    ),
}
"""What is wrong -> the file, the place and reason that are told, the line or remedy beside it."""


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_scenario(case: str, tmp_path: Path) -> None:
    """The file, the line, the reason; never a line of ours, never a server."""
    text, reason, more = WRONG[case]
    scenario = tmp_path / "scenario.py"
    scenario.write_text(text, "utf-8")
    done = await rehearsal("serve", scenario)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"rehearsal: {scenario}")
    assert reason in done.err
    assert more in done.err
    assert "Traceback" not in done.err


async def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    """The nearest name in the folder is offered."""
    (tmp_path / "scenario.py").write_text("", "utf-8")
    wanted = tmp_path / "scenarios.py"
    done = await rehearsal("serve", wanted)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        f"rehearsal: {wanted}: there is no such file (did you mean scenario.py?)"
    )


async def test_a_port_in_use() -> None:
    """The port is named, and what to do."""
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as taken:
        port = taken.sockets[0].getsockname()[1]
        done = await rehearsal("serve", "--port", port)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"rehearsal: 127.0.0.1:{port} is in use")
    assert "Port 0 picks a free one" in done.err
    assert "Traceback" not in done.err


async def test_a_journal_that_cannot_be_written(tmp_path: Path) -> None:
    """The file is named, and what it takes."""
    journal = tmp_path / "absent" / "journal.jsonl"
    done = await rehearsal("serve", "--journal", journal)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"rehearsal: cannot write the journal to {journal}: No such file or directory; "
        "name a file in a folder that exists and can be written\n"
    )


async def test_secrets_without_a_file() -> None:
    """An option that would do nothing is refused."""
    done = await rehearsal("serve", "--keep-secrets")
    assert done.code == 2
    assert "add --journal FILE" in done.err
