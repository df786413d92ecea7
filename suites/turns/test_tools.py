"""A turn in which the model calls tools: the calls run, their outputs go back in call order."""

from itertools import permutations

import pytest

from agent_rehearsal import Journal, assert_partial_order, like, of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    carries_output_of,
    custom_tool_call,
    function_call,
    message,
    shell_call,
)
from suites.core.fakes import DEEP

NAMES = ("one", "two", "three")


async def test_the_output_of_a_call_goes_back_to_the_model(
    responses: MockResponses, codex: Codex
) -> None:
    """The request after a call carries the output of the command."""
    responses.reply(shell_call("c1", ["ls"]))
    responses.reply(message("done"))
    thread = await codex(commands={"ls": "README\n"}).start()
    assert await thread.run("list the files") == "done"
    second = await responses.wait_for(carries_output_of("c1"))
    assert second.output_of("c1").endswith("Output:\nREADME\n")


@pytest.mark.parametrize("order", list(permutations(NAMES)), ids="-".join)
async def test_outputs_stand_in_call_order(
    responses: MockResponses, codex: Codex, order: tuple[str, ...]
) -> None:
    """Parallel calls start together; whichever ends first, outputs go back as they were called."""
    gates = {name: responses.gate(name) for name in NAMES}
    responses.reply(*(shell_call(name, name) for name in NAMES))
    responses.reply(message("done"))
    scripts = {name: [f"{name} speaks\n", gates[name]] for name in NAMES}
    thread = await codex(commands=scripts).start()
    turn = await thread.submit("run all three")
    for gate in gates.values():
        await gate.reached()
    for name in order:
        gates[name].open()
        await turn.wait_for(of_type("exec_command_end") & like({"call_id": name}))
    assert await turn.completed() == "done"
    outputs = responses.requests[1].items("function_call_output")
    assert [output["call_id"] for output in outputs] == list(NAMES)
    assert [output["output"].splitlines()[-1] for output in outputs] == [
        f"{name} speaks" for name in NAMES
    ]


async def test_calls_of_one_response_start_before_it_ends(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """A call starts when its item is done, while the rest of the response is still to come."""
    rest = responses.gate("rest")
    responses.reply(shell_call("c1", "ls"), rest, message("listing"))
    responses.reply(message("done"))
    thread = await codex(commands={"ls": "README\n"}).start()
    turn = await thread.submit("go")
    await turn.wait_for(of_type("exec_command_end"))
    rest.open()
    assert await turn.completed() == "done"
    ended = of_type("exec_command_end")
    assert_partial_order(
        journal, [(ended, of_type("agent_message") & like({"message": "listing"}))]
    )


async def test_calls_of_several_responses_run_one_after_the_other(
    responses: MockResponses, codex: Codex
) -> None:
    """Each response may call a tool; each request has all calls and outputs so far."""
    for number in (1, 2, 3):
        responses.reply(shell_call(f"c{number}", f"step {number}"))
    responses.reply(message("done"))
    scripts = {f"step {number}": f"result {number}\n" for number in (1, 2, 3)}
    thread = await codex(commands=scripts).start()
    assert await thread.run("three steps") == "done"
    last = responses.requests[3]
    calls = [item["call_id"] for item in last.input if "call_id" in item]
    assert calls == ["c1", "c1", "c2", "c2", "c3", "c3"]
    assert all(f"result {n}\n" in last.output_of(f"c{n}") for n in (1, 2, 3))


async def test_a_failed_command_is_told_with_its_exit_code(
    responses: MockResponses, codex: Codex
) -> None:
    """A command that fails is no failure of the turn: the model reads the exit code."""
    responses.reply(shell_call("c1", "make test"))
    responses.reply(message("it fails"))
    thread = await codex(commands={"make test": ["1 failed\n", 2]}).start()
    assert await thread.run("test it") == "it fails"
    text = responses.requests[1].output_of("c1")
    assert "Process exited with code 2\n" in text
    assert text.endswith("Output:\n1 failed\n")


UNSUPPORTED = {
    "function": (function_call("c1", "fly", {}), "unsupported call: fly"),
    "custom": (custom_tool_call("c1", "fly", "high"), "unsupported custom tool call: fly"),
}


@pytest.mark.parametrize("kind", UNSUPPORTED)
async def test_a_call_of_an_unknown_tool_is_answered(
    responses: MockResponses, codex: Codex, kind: str
) -> None:
    """The model is told that the tool is not there; the turn goes on."""
    called, answer = UNSUPPORTED[kind]
    responses.reply(called)
    responses.reply(message("sorry"))
    thread = await codex.start()
    assert await thread.run("fly") == "sorry"
    assert responses.requests[1].output_of("c1") == answer


@pytest.mark.parametrize("arguments", ["", "{", "[]", "{}", '{"cmd": 5}', '{"cmd": "ls",}', DEEP])
async def test_arguments_that_cannot_be_read_are_answered(
    responses: MockResponses, codex: Codex, arguments: str
) -> None:
    """Nothing runs, and the model is told what is wrong with its arguments."""
    responses.reply(function_call("c1", "exec_command", arguments))
    responses.reply(message("sorry"))
    thread = await codex(commands={}).start()
    assert await thread.run("go") == "sorry"
    told = responses.requests[1].output_of("c1")
    assert told.startswith("failed to parse function arguments: ")


async def test_a_working_folder_that_is_not_there_is_told(
    responses: MockResponses, codex: Codex
) -> None:
    """Nothing runs, and the model is told which folder is missing."""
    responses.reply(function_call("c1", "exec_command", {"cmd": "ls", "workdir": "nowhere"}))
    responses.reply(message("sorry"))
    thread = await codex(commands={}).start()
    assert await thread.run("go") == "sorry"
    assert str(codex.cwd / "nowhere") in responses.requests[1].output_of("c1")


async def test_one_bad_call_does_not_disturb_the_others(
    responses: MockResponses, codex: Codex
) -> None:
    """Each call of a response gets its own output, in call order, good or bad."""
    responses.reply(
        function_call("c1", "fly", {}),
        shell_call("c2", "ls"),
        function_call("c3", "exec_command", "{"),
    )
    responses.reply(message("done"))
    thread = await codex(commands={"ls": "README\n"}).start()
    assert await thread.run("go") == "done"
    outputs = responses.requests[1].items("function_call_output")
    assert [output["call_id"] for output in outputs] == ["c1", "c2", "c3"]
    assert "README\n" in outputs[1]["output"]
