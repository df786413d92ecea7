"""Commands that outlast a call or a turn, through the model's two tools."""

import re
from base64 import b64decode
from typing import Any

import pytest

from agent_rehearsal import Journal, like, of_type
from agent_rehearsal.face.agent import AgentThread, Codex, Turn
from mock_responses import MockResponses, function_call, message

BEGIN = of_type("exec_command_begin")
END = of_type("exec_command_end")
SHORTLY = {"yield_time_ms": 250}
LIMIT = 60.0
"""Seconds for a turn that waits for the end of a program."""


def command(call_id: str, cmd: str, **arguments: Any) -> Any:
    return function_call(call_id, "exec_command", {"cmd": cmd, **SHORTLY, **arguments})


def typing(call_id: str, session_id: int, chars: str, **arguments: Any) -> Any:
    given = {"session_id": session_id, "chars": chars, **arguments}
    return function_call(call_id, "write_stdin", given)


def written(turn: Turn) -> str:
    """What commands wrote so far."""
    told = [each for each in turn.events if each.type == "exec_command_output_delta"]
    return b"".join(b64decode(each.get("chunk")) for each in told).decode()


def assert_balanced(thread: AgentThread) -> None:
    """Each command has one begin and one end."""
    begun = sorted(event.get("call_id") for event in thread.events if BEGIN(event))
    assert begun == sorted(event.get("call_id") for event in thread.events if END(event))


async def test_a_command_goes_on_after_its_call(responses: MockResponses, codex: Codex) -> None:
    """The model gets its number, and later what it wrote meanwhile, even in another turn."""
    gate = responses.gate("compiled")
    responses.reply(command("c1", "make"))
    responses.reply(message("it takes a while"))
    thread = await codex(commands={"make": ["compiling\n", gate, "linking\n", 2]}).start()
    assert await thread.run("build") == "it takes a while"
    told = responses.requests[1].output_of("c1")
    assert "\nProcess running with session ID 1000\n" in told
    assert told.endswith("Output:\ncompiling\n")
    assert not [event for event in thread.events if END(event)]
    gate.open()
    ended = await thread.wait_for(END)
    assert (ended.get("call_id"), ended.get("exit_code")) == ("c1", 2)
    responses.reply(typing("c2", 1000, ""))
    responses.reply(message("it fails"))
    assert await thread.run("and?") == "it fails"
    told = responses.requests[3].output_of("c2")
    assert "\nProcess exited with code 2\n" in told
    assert told.endswith("Output:\nlinking\n")
    assert_balanced(thread)


async def test_the_end_belongs_to_the_turn_that_began_it(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """A command that ends after its turn tells so with that turn's id."""
    gate = responses.gate("served")
    responses.reply(command("c1", "serve"))
    responses.reply(message("it serves"))
    thread = await codex(commands={"serve": gate}).start()
    turn = await thread.submit("serve")
    await turn.completed()
    gate.open()
    ended = await turn.wait_for(END)
    assert ended.seq > (await turn.wait_for(of_type("task_complete"))).seq


async def test_a_shutdown_ends_what_still_runs(responses: MockResponses, codex: Codex) -> None:
    """The ends are told before the thread's last event."""
    gate = responses.gate("never")
    responses.reply(command("c1", "one"), command("c2", "two"))
    responses.reply(message("both run"))
    thread = await codex(commands={"one": gate, "two": [gate]}).start()
    await thread.run("start both")
    await codex.stop()
    assert_balanced(thread)
    assert {event.get("exit_code") for event in thread.events if END(event)} == {143}
    assert thread.events[-1].type == "shutdown_complete"


@pytest.mark.parametrize("chars", ["hello\n", "\x03"])
async def test_typing_to_a_command_that_is_not_there(
    responses: MockResponses, codex: Codex, chars: str
) -> None:
    """The model is told the number that nobody has."""
    responses.reply(typing("c1", 7, chars))
    responses.reply(message("sorry"))
    thread = await codex(commands={}).start()
    await thread.run("type")
    told = responses.requests[1].output_of("c1")
    assert told == "write_stdin failed: Unknown process id 7"


@pytest.mark.real
async def test_a_talk_with_a_program(responses: MockResponses, codex: Codex) -> None:
    """On a terminal the program is asked, answers, and ends when told so. What it answers after
    its call is told with the next.
    """
    ask = "while read line; do test $line = end && exit 3; echo got $line; done"
    answered = responses.gate("the program answered")
    responses.reply(command("c1", ask, tty=True))
    responses.reply(typing("c2", 1000, "one\n"))
    responses.reply(answered, typing("c3", 1000, "two\nend\n", yield_time_ms=30_000))
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("talk")
    await turn.wait_for(lambda _: "got one\r\n" in written(turn))
    answered.open()
    assert await turn.completed(timeout=LIMIT) == "done"
    outputs = [responses.requests[n].output_of(f"c{n}") for n in (1, 2, 3)]
    told = "".join(output.partition("Output:\n")[2] for output in outputs)
    assert told == written(turn)
    assert told.startswith("one\r\ngot one\r\ntwo\r\n")
    assert "got two\r\n" in told
    assert "\nProcess exited with code 3\n" in outputs[2]
    typed = [e.get("stdin") for e in thread.events if e.type == "terminal_interaction"]
    assert typed == ["one\n", "two\nend\n"]
    assert_balanced(thread)


@pytest.mark.real
@pytest.mark.parametrize("tty", [False, True])
async def test_an_interrupt_by_the_model(
    responses: MockResponses, codex: Codex, *, tty: bool
) -> None:
    """The interrupt character ends a command, with a terminal and without."""
    responses.reply(command("c1", "echo ready; exec sleep 600", tty=tty, login=False))
    responses.reply(typing("c2", 1000, "\x03", yield_time_ms=30_000))
    responses.reply(message("done"))
    thread = await codex.start()
    assert await thread.run("interrupt it", timeout=LIMIT) == "done"
    assert "\nProcess exited with code 130\n" in responses.requests[2].output_of("c2")
    assert_balanced(thread)


@pytest.mark.real
async def test_a_command_without_a_terminal_reads_nothing(
    responses: MockResponses, codex: Codex
) -> None:
    """Its input is empty, and cannot be typed to while it runs."""
    read = responses.gate("the program read")
    responses.reply(command("c1", "cat; echo end of input; exec sleep 600"))
    responses.reply(read, typing("c2", 1000, "hello\n"))
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("type")
    await turn.wait_for(lambda _: written(turn) == "end of input\n")
    read.open()
    assert await turn.completed() == "done"
    assert responses.requests[2].output_of("c2").startswith("write_stdin failed: stdin is closed")


@pytest.mark.real
async def test_a_flood_is_cut_and_counted(responses: MockResponses, codex: Codex) -> None:
    """A command that writes without end is told by its two ends, and does not fill the memory."""
    responses.reply(command("c1", "head -c 30000000 /dev/zero | tr '\\0' 'y'", yield_time_ms=30000))
    responses.reply(message("much"))
    thread = await codex(config={"tool_output_token_limit": 1000}).start()
    turn = await thread.submit("flood")
    ended = await turn.wait_for(END & like({"exit_code": 0}), timeout=LIMIT)
    await turn.completed()
    told = responses.requests[1].output_of("c1")
    assert "Original token count: 7500000\n" in told
    assert re.search(r"\n\ny{2000}…7499000 tokens truncated…y{2000}$", told)
    assert len(ended.get("aggregated_output")) < 1_100_000
    deltas = [len(e.raw) for e in turn.events if e.type == "exec_command_output_delta"]
    assert sum(deltas) < 2_000_000
