"""Scripted commands: texts, exit codes and gates in place of processes."""

from typing import Any

import pytest

from agent_rehearsal import Stage, Violation, of_type
from agent_rehearsal.face.agent import Codex
from agent_rehearsal.face.commands import command_line
from mock_responses import MockResponses, message, shell_call

SCRIPTS: dict[str, tuple[Any, int, str]] = {
    "a text": ("hello\n", 0, "hello\n"),
    "bytes": (b"\xe9t\xe9", 0, "\ufffdt\ufffd"),
    "an exit code": (3, 3, ""),
    "texts and an exit code": (["one\n", "", "two\n", 1], 1, "one\ntwo\n"),
    "nothing": ([], 0, ""),
    "an empty text": ("", 0, ""),
}


@pytest.mark.parametrize("name", SCRIPTS)
async def test_a_script_is_what_a_command_writes_and_how_it_exits(
    responses: MockResponses, codex: Codex, name: str
) -> None:
    """Its texts come out in order, its exit code is the last word, 0 unless given."""
    script, code, output = SCRIPTS[name]
    responses.reply(shell_call("c1", "run"))
    responses.reply(message("done"))
    thread = await codex(commands={"run": script}).start()
    turn = await thread.submit("go")
    ended = await turn.wait_for(of_type("exec_command_end"))
    assert (ended.get("exit_code"), ended.get("aggregated_output")) == (code, output)
    assert await turn.completed() == "done"


async def test_a_gate_holds_a_command_between_two_texts(
    responses: MockResponses, codex: Codex
) -> None:
    """What is before the gate has been told when the gate is reached and not yet opened."""
    gate = responses.gate("middle")
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    thread = await codex(commands={"make": ["one\n", gate, "two\n"]}).start()
    turn = await thread.submit("go")
    await gate.reached()
    await turn.wait_for(of_type("exec_command_output_delta"))
    assert not [event for event in turn.events if event.type == "exec_command_end"]
    gate.open()
    assert await turn.completed() == "done"
    assert responses.requests[1].output_of("c1").endswith("Output:\none\ntwo\n")


async def test_a_command_that_is_not_scripted_is_a_violation() -> None:
    """The test fails at once with the nearest script; the model reads that nothing was found."""
    stage = Stage()
    await stage.start()
    stage.responses.reply(shell_call("c1", "make tests"))
    stage.responses.reply(message("done"), optional=True)
    thread = await stage.codex(commands={"make test": "ok\n", "ls": ""}).start()
    with pytest.raises(Violation, match="the nearest is 'make test'"):
        await thread.run("go")
    await stage.stop()
    with pytest.raises(Violation, match="unscripted-command: the agent ran 'make tests'"):
        stage.check()


@pytest.mark.rehearsal(waive="unscripted-command")
async def test_a_command_that_is_not_scripted_exits_as_one_not_found(
    responses: MockResponses, codex: Codex
) -> None:
    """Where the violation is waived the turn goes on with exit code 127."""
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("no make here"))
    thread = await codex(commands={}).start()
    assert await thread.run("go") == "no make here"
    assert "Process exited with code 127\n" in responses.requests[1].output_of("c1")


WRONG: dict[str, tuple[Any, str]] = {
    "a step that is none": ({"ls": ["a", None]}, r"commands\['ls'\]: None is no step"),
    "a truth value": ({"ls": True}, r"commands\['ls'\]: True is no step"),
    "a code in the middle": ({"ls": [1, "late\n"]}, r"commands\['ls'\]: an exit code ends"),
    "a word": ("fake", r"codex\(commands='fake'\): expected 'real', or a mapping"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_script_that_is_none_is_refused_where_it_is_given(codex: Codex, name: str) -> None:
    """The error names the command and what may stand there."""
    commands, text = WRONG[name]
    with pytest.raises(TypeError, match=text):
        codex(commands=commands)


def test_a_command_is_known_by_the_line_given_to_its_shell() -> None:
    """The shell and its options are left out; a command without a shell is quoted."""
    assert command_line(("/bin/sh", "-lc", "ls -l | wc")) == "ls -l | wc"
    assert command_line(("bash", "-c", "ls")) == "ls"
    assert command_line(("git", "commit", "-m", "two words")) == "git commit -m 'two words'"
