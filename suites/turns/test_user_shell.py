"""Commands that the user runs: as a turn of their own, or beside the turn that runs."""

import pytest

from agent_rehearsal import like, of_type
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.protocol.ops import CleanBackgroundTerminals, RunUserShellCommand, Shutdown
from codex_core.session.outlet import ThreadClosedError
from mock_responses import MockResponses, function_call, message, shell_call
from suites.turns.balance import assert_balanced

BEGIN = of_type("exec_command_begin")
END = of_type("exec_command_end")


def told(line: str, code: int, output: str) -> str:
    """What the model reads of a command."""
    return (
        f"<user_shell_command>\n<command>\n{line}\n</command>\n<result>\nExit code: {code}\n"
        f"Duration: 0.0000 seconds\nOutput:\n{output}\n</result>\n</user_shell_command>"
    )


async def run(thread: AgentThread, line: str) -> str:
    """Hand in a command; returns the id of its turn."""
    return await thread.submit_op(RunUserShellCommand(command=line))


async def over(thread: AgentThread, turn_id: str) -> None:
    await thread.wait_for(of_type("task_complete") & like({"turn_id": turn_id}))


@pytest.fixture
def free(codex: Codex) -> Codex:
    """An agent with one command that ends and one that fails."""
    return codex(commands={"ls": "README\n", "make": ["1 failed\n", 2]})


async def test_when_idle_it_is_a_turn_without_a_request(
    responses: MockResponses, free: Codex
) -> None:
    """The client sees a turn with a command; the model reads of it with the next input."""
    thread = await free.start()
    turn_id = await run(thread, "make")
    await over(thread, turn_id)
    (begin,) = filter(BEGIN, thread.events)
    (end,) = filter(END, thread.events)
    assert begin.get("source") == end.get("source") == "user_shell"
    assert (begin.get("turn_id"), end.get("exit_code")) == (turn_id, 2)
    assert not responses.requests
    responses.reply(message("I see"))
    assert await thread.run("look") == "I see"
    assert responses.requests[0].texts("user")[-2:] == [told("make", 2, "1 failed\n"), "look"]


async def test_beside_a_turn_it_is_told_with_the_next_request(
    responses: MockResponses, codex: Codex
) -> None:
    """No other turn begins, and the model is asked again although it was done."""
    gate = responses.gate("held")
    responses.reply(message("do", gate, "ne"))
    responses.reply(message("I see"))
    thread = await codex(commands={"ls": "README\n"}).start()
    turn = await thread.submit("go")
    await gate.reached()
    assert await run(thread, "ls") == turn.id
    await turn.wait_for(END)
    gate.open()
    assert await turn.completed() == "I see"
    assert responses.requests[1].texts("user")[-1] == told("ls", 0, "README\n")
    assert not [event for event in thread.events if event.type == "turn_aborted"]


async def test_beside_a_call_it_does_not_come_between_call_and_output(
    responses: MockResponses, codex: Codex
) -> None:
    """It is told after the outputs of the response that was running."""
    gate = responses.gate("making")
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    thread = await codex(commands={"ls": "README\n", "make": gate}).start()
    turn = await thread.submit("go")
    await gate.reached()
    await run(thread, "ls")
    await turn.wait_for(END)
    gate.open()
    await turn.completed()
    request = responses.requests[1]
    assert_balanced(request.input)
    assert [item["type"] for item in request.input[-3:]] == [
        "function_call",
        "function_call_output",
        "message",
    ]


@pytest.mark.parametrize("ending", ["complete", "interrupted"])
async def test_a_turn_that_ends_first_loses_nothing(
    responses: MockResponses, codex: Codex, ending: str
) -> None:
    """A command that outlives the turn it ran beside is told with the next input, once."""
    held, making = responses.gate("held"), responses.gate("making")
    responses.reply(message("do", held, "ne"))
    thread = await codex(commands={"make": [making, "made\n"]}).start()
    turn = await thread.submit("go")
    await held.reached()
    await run(thread, "make")
    await making.reached()
    if ending == "interrupted":
        await thread.interrupt()
    else:
        held.open()
    await turn.ended()
    making.open()
    await turn.wait_for(END)
    responses.reply(message("I see"))
    assert await thread.run("look") == "I see"
    texts = responses.requests[-1].texts("user")
    assert texts[-2:] == [told("make", 0, "made\n"), "look"]
    assert sum("<user_shell_command>" in text for text in texts) == 1


async def test_what_was_told_before_an_interrupt_is_kept(
    responses: MockResponses, codex: Codex
) -> None:
    """A command that ended in a turn that was then interrupted is told with the next input."""
    held = responses.gate("held")
    responses.reply(message("do", held, "ne"))
    thread = await codex(commands={"ls": "README\n"}).start()
    turn = await thread.submit("go")
    await held.reached()
    await run(thread, "ls")
    await turn.wait_for(END)
    await thread.interrupt()
    responses.reply(message("I see"))
    await thread.run("look")
    texts = responses.requests[-1].texts("user")
    assert texts.count(told("ls", 0, "README\n")) == 1


async def test_input_joins_its_turn(responses: MockResponses, codex: Codex) -> None:
    """Input while a user's command runs is answered when the command is over."""
    gate = responses.gate("making")
    responses.reply(message("I see"))
    thread = await codex(commands={"make": [gate, "made\n"]}).start()
    turn_id = await run(thread, "make")
    await gate.reached()
    turn = await thread.submit("look")
    assert turn.id == turn_id
    assert not responses.requests
    gate.open()
    assert await turn.completed() == "I see"
    assert responses.requests[0].texts("user")[-2:] == [told("make", 0, "made\n"), "look"]


async def test_an_interrupt_ends_it(responses: MockResponses, codex: Codex) -> None:
    """What it did until then is told, and that it was killed."""
    gate = responses.gate("never")
    thread = await codex(commands={"make": ["half\n", gate]}).start()
    turn_id = await run(thread, "make")
    await gate.reached()
    await thread.interrupt()
    await thread.wait_for(of_type("turn_aborted") & like({"turn_id": turn_id}))
    responses.reply(message("I see"))
    await thread.run("look")
    text, marker, _ = responses.requests[0].texts("user")[-3:]
    assert text == told("make", 137, "half\n")
    assert marker.startswith("<turn_aborted>")


async def test_it_is_no_session_of_the_models(responses: MockResponses, codex: Codex) -> None:
    """The model cannot type to it, nor end it."""
    gate = responses.gate("making")
    responses.reply(function_call("c1", "write_stdin", {"session_id": 1000, "chars": "\x03"}))
    responses.reply(message("sorry"))
    thread = await codex(commands={"make": gate}).start()
    await run(thread, "make")
    turn = await thread.submit("stop it")
    gate.open()
    assert await turn.completed() == "sorry"
    assert responses.requests[1].output_of("c1").endswith("Unknown process id 1000")


async def test_all_commands_can_be_ended(responses: MockResponses, codex: Codex) -> None:
    """The model's and the user's; the thread goes on."""
    gate = responses.gate("never")
    responses.reply(function_call("c1", "exec_command", {"cmd": "serve", "yield_time_ms": 250}))
    responses.reply(message("it serves"))
    thread = await codex(commands={"serve": gate, "make": gate}).start()
    await thread.run("serve")
    turn_id = await run(thread, "make")
    await thread.submit_op(CleanBackgroundTerminals())
    await over(thread, turn_id)
    assert [event.get("exit_code") for event in thread.events if END(event)] == [143, 143]


@pytest.mark.parametrize("beside", [False, True])
async def test_a_shutdown_ends_it(responses: MockResponses, codex: Codex, *, beside: bool) -> None:
    """Its end is told before the thread's last event."""
    gate = responses.gate("never")
    thread = await codex(commands={"make": gate}).start()
    if beside:
        held = responses.gate("held")
        responses.reply(message("do", held, "ne"))
        await thread.submit("go")
        await held.reached()
    await run(thread, "make")
    await gate.reached()
    await thread.submit_op(Shutdown())
    assert len(list(filter(END, thread.events))) == 1
    assert thread.events[-1].type == "shutdown_complete"
    with pytest.raises(ThreadClosedError, match="is shut down"):
        await run(thread, "make")


@pytest.mark.parametrize("line", ["", " \n"])
async def test_a_command_has_to_be_one(codex: Codex, line: str) -> None:
    """An empty line is refused, with what to give."""
    thread = await codex(commands={}).start()
    with pytest.raises(ValueError, match="run_user_shell_command has no command"):
        await run(thread, line)
