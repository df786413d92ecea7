"""`rehearsal serve scenario.py`: replies from a file, a script that goes on while clients ask."""

from pathlib import Path
from typing import Any

import pytest

from suites.cli.asking import Answer, ask, upgrade
from suites.cli.processes import serving

PLAIN = """
from words import GREETING
from mock_responses import message

def scenario(stage):
    stage.responses.reply(message(GREETING))
    stage.responses.reply(message("never asked for"), when=lambda entry: entry.has("absent"))
"""
GOING_ON = """
from agent_rehearsal import carries
from mock_responses import message

async def scenario(stage):
    stage.responses.reply(message("first"))
    asked = await stage.responses.wait_for(carries("input"), timeout=60)
    stage.responses.reply(message("after " + asked.json["input"]))
"""
FAILING_LATER = """
from agent_rehearsal import carries
from mock_responses import message

async def scenario(stage):
    stage.responses.reply(message("first"))
    await stage.responses.wait_for(carries("input"), timeout=60)
    stage.responses.replay(message("second"))
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """The scenario file, with a module beside it."""
    (tmp_path / "words.py").write_text("GREETING = 'from the file'\n", "utf-8")
    return tmp_path / "scenario.py"


async def test_a_function_registers_replies(scenario: Path, tmp_path: Path) -> None:
    """Its replies answer; what nothing answers is told, and the next request is served."""
    scenario.write_text(PLAIN, "utf-8")
    async with serving(scenario, "--websockets", errors=tmp_path / "err.txt") as server:
        first = await ask(server.port, stream=True)
        second = await ask(server.port, stream=True)
        third = await ask(server.port, absent=1)
        assert await upgrade(server.port) == 101
        done = await server.end()
    assert first.text == "from the file"
    assert refused(second)["code"] == "rehearsal_unmatched"
    assert "reply 1" in refused(second)["message"]
    assert third.json["output"][0]["content"][0]["text"] == "never asked for"
    assert "rehearsal: unmatched: " in done.err
    assert "every reply that fits is used up" in done.err
    assert "unused" not in done.err
    assert done.code == 0


async def test_an_unused_reply_is_told_at_the_end(scenario: Path, tmp_path: Path) -> None:
    """Nobody asked: each reply is named on stderr, and the exit code is still 0."""
    scenario.write_text(PLAIN, "utf-8")
    async with serving(scenario, errors=tmp_path / "err.txt") as server:
        done = await server.end()
    assert "rehearsal: unused: reply 1" in done.err
    assert "rehearsal: unused: reply 2" in done.err
    assert done.code == 0


async def test_a_coroutine_goes_on_while_clients_ask(scenario: Path, tmp_path: Path) -> None:
    """What it registers before its first wait answers the first client, the rest the next."""
    scenario.write_text(GOING_ON, "utf-8")
    async with serving(scenario, errors=tmp_path / "err.txt") as server:
        first = await ask(server.port, stream=True)
        second = await ask(server.port, stream=True)
        done = await server.end()
    assert (first.text, second.text) == ("first", "after hi")
    assert (done.code, done.err) == (0, "")


async def test_a_scenario_that_fails_later_ends_the_server(scenario: Path, tmp_path: Path) -> None:
    """The error is told with its line, there is no traceback, and the exit code is 2."""
    scenario.write_text(FAILING_LATER, "utf-8")
    async with serving(scenario, errors=tmp_path / "err.txt") as server:
        await ask(server.port, stream=True)
        done = await server.end(None)
    assert done.code == 2
    assert done.err.startswith(f"rehearsal: {scenario}:8: AttributeError: ")
    assert "(did you mean reply?)" in done.err
    assert "Traceback" not in done.err


def refused(answer: Answer) -> dict[str, Any]:
    """The error of an answer that is one."""
    assert answer.status == 400
    error: dict[str, Any] = answer.json["error"]
    return error
