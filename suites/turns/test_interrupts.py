"""Interrupts at every stage of a stream: no request and no tool after one, and life goes on."""

import asyncio

import pytest

from agent_rehearsal import Journal, Stage, head, kind, like, of_type
from agent_rehearsal.face.agent import AgentThread, Codex, Turn
from codex_core.protocol.ops import Shutdown
from mock_responses import (
    MockResponses,
    RequestView,
    asks,
    function_call,
    message,
    shell_call,
    status,
)
from suites.turns.balance import assert_balanced
from suites.turns.points import COMMANDS, EVENTS, POINTS, kept, read_up_to, split

pytestmark = pytest.mark.explore

ABORTED = of_type("turn_aborted")


async def go_on(thread: AgentThread, responses: MockResponses, turn: Turn) -> RequestView:
    """The next turn works and its request is the first after the abort; returns that request."""
    responses.reply(message("going on"))
    assert await thread.run("go on") == "going on"
    last: RequestView = responses.requests[-1]
    aborted = await turn.wait_for(ABORTED)
    after = [r for r in responses.requests if r.entry.seq > aborted.seq]
    assert [request.entry for request in after] == [last.entry]
    assert_balanced(last.input)
    assert last.texts("user")[-1] == "go on"
    return last


@pytest.mark.parametrize("point", POINTS)
async def test_an_interrupt_ends_a_turn_at_every_point_of_a_stream(
    responses: MockResponses, codex: Codex, journal: Journal, point: str
) -> None:
    """The connection is given up, the items that were done are kept, the next turn works."""
    at = POINTS[point]
    gate = responses.gate(point)
    responses.reply(split(at, gate))
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("go")
    await read_up_to(turn, gate, at)
    await thread.interrupt()
    assert (await turn.ended()).get("reason") == "interrupted"
    await journal.wait_for(kind("close") & head("client left"))
    request = await go_on(thread, responses, turn)
    first = responses.requests[0].input
    assert request.input[: len(first)] == first
    assert [item["type"] for item in request.input[len(first) :]] == [
        *kept(at),
        "message",
        "message",
    ]
    assert request.texts("user")[-2].startswith("<turn_aborted>")


async def test_an_interrupt_while_a_command_runs_leaves_it_running(
    responses: MockResponses, codex: Codex
) -> None:
    """The output says that the call was aborted; the command ends by itself, once, later."""
    running = responses.gate("running")
    responses.reply(shell_call("c1", "make"))
    thread = await codex(commands={"make": ["compiling\n", running]}).start()
    turn = await thread.submit("build")
    await running.reached()
    await thread.interrupt()
    request = await go_on(thread, responses, turn)
    assert request.output_of("c1").startswith("aborted by user after ")
    assert not [event for event in turn.events if event.type == "exec_command_end"]
    running.open()
    ended = await turn.wait_for(of_type("exec_command_end"))
    assert (ended.get("exit_code"), ended.get("status")) == (0, "completed")
    assert ended.get("aggregated_output") == "compiling\n"


async def test_an_interrupt_ends_a_command_that_was_to_run_to_its_end(
    responses: MockResponses, codex: Codex
) -> None:
    """It is no session, which could go on: its end is told before the turn's, its text after it."""
    running = responses.gate("running")
    responses.reply(function_call("c1", "shell_command", {"command": "make"}))
    thread = await codex(commands={"make": ["working\n", running]}).start()
    turn = await thread.submit("build")
    await turn.wait_for(of_type("exec_command_output_delta"))
    await thread.interrupt()
    aborted = await turn.wait_for(ABORTED)
    ended = await turn.wait_for(of_type("exec_command_end"))
    assert ended.seq < aborted.seq
    assert (ended.get("aggregated_output"), ended.get("status")) == ("working\n", "failed")
    request = await go_on(thread, responses, turn)
    assert request.output_of("c1") == "Wall time: 0.0 seconds\naborted by user"


async def test_an_interrupt_keeps_the_outputs_of_the_calls_that_ended(
    responses: MockResponses, codex: Codex
) -> None:
    """Of two parallel calls one has ended: its output is kept, the other's says aborted."""
    running = responses.gate("running")
    responses.reply(shell_call("c1", "make"), shell_call("c2", "ls"))
    thread = await codex(commands={"make": running, "ls": "README\n"}).start()
    turn = await thread.submit("both")
    await running.reached()
    await turn.wait_for(of_type("exec_command_end") & like({"call_id": "c2"}))
    await thread.interrupt()
    request = await go_on(thread, responses, turn)
    assert request.output_of("c1").startswith("aborted by user after ")
    assert request.output_of("c2").endswith("README\n")


async def test_no_tool_starts_after_an_interrupt(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """A call that the server sends after the interrupt is nobody's: no command begins."""
    at = POINTS["after_the_arguments"]
    gate = responses.gate("before the call is done")
    responses.reply(split(at, gate))
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("go")
    await read_up_to(turn, gate, at)
    await thread.interrupt()
    gate.open()
    await go_on(thread, responses, turn)
    assert not journal.select(of_type("exec_command_begin") | of_type("command"))


async def test_an_interrupt_after_the_last_event_changes_nothing(
    responses: MockResponses, codex: Codex
) -> None:
    """A turn that is complete is not aborted afterwards."""
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("go")
    assert await turn.completed() == "done"
    await thread.interrupt()
    assert not [event for event in thread.events if ABORTED(event)]
    responses.reply(message("going on"))
    assert await thread.run("go on") == "going on"
    assert not any("<turn_aborted>" in text for text in responses.requests[1].texts("user"))


async def test_an_interrupt_ends_the_pause_before_a_retry(
    responses: MockResponses, codex: Codex
) -> None:
    """The request is not repeated; the turn does not sit its pause out."""
    responses.reply(status(500))
    thread = await codex(backoff=1000).start()
    turn = await thread.submit("go")
    await responses.journal.wait_for(of_type("sleep"))
    await thread.interrupt()
    assert len(responses.requests) == 1
    await go_on(thread, responses, turn)


@pytest.mark.parametrize("steps", range(0, 24, 3))
async def test_an_interrupt_in_any_step_of_the_loop_is_clean(
    responses: MockResponses, codex: Codex, steps: int
) -> None:
    """However far the turn has come, it is complete or aborted, and the next one works.

    A request that was on its way when the turn was aborted may arrive after that, even after the
    next turn's, but no second one.
    """
    old, new = asks("make it"), asks("leave it")
    responses.reply(split(len(EVENTS)), when=old, optional=True)
    responses.reply(message("done"), when=old, optional=True)
    responses.reply(message("left"), when=new)
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("make it")
    for _ in range(steps):
        await asyncio.sleep(0)
    await thread.interrupt()
    ending = await turn.ended()
    assert await thread.run("leave it") == "left"
    assert (
        len([request for request in responses.select(old) if request.entry.seq > ending.seq]) <= 1
    )
    (request,) = responses.select(new)
    assert_balanced(request.input)


async def test_interrupts_are_answered_however_often(
    responses: MockResponses, codex: Codex
) -> None:
    """When idle, twice at once and again after the end: each returns, the turn is aborted once."""
    gate = responses.gate("held")
    responses.reply(message(gate, "never"))
    thread = await codex.start()
    await thread.interrupt()
    turn = await thread.submit("go")
    await gate.reached()
    await asyncio.gather(thread.interrupt(), thread.interrupt())
    await thread.interrupt()
    assert len([event for event in thread.events if ABORTED(event)]) == 1
    await go_on(thread, responses, turn)


async def test_input_that_never_reached_the_model_is_given_back(
    responses: MockResponses, codex: Codex
) -> None:
    """Input that joined a turn before its interrupt is in the last event of the turn."""
    gate = responses.gate("held")
    responses.reply(message(gate, "never"))
    thread = await codex.start()
    turn = await thread.submit("go")
    await gate.reached()
    await thread.submit("and more")
    await thread.interrupt()
    ended = await turn.ended()
    assert [given["items"] for given in ended.get("unconsumed_input")] == [
        [{"type": "text", "text": "and more"}]
    ]
    request = await go_on(thread, responses, turn)
    assert "and more" not in request.texts("user")


async def test_a_shutdown_ends_a_running_turn(responses: MockResponses, codex: Codex) -> None:
    """The turn is aborted, then the thread says its last word."""
    gate = responses.gate("held")
    responses.reply(message(gate, "never"))
    thread = await codex.start()
    turn = await thread.submit("go")
    await gate.reached()
    await thread.submit_op(Shutdown())
    assert (await turn.ended()).type == "turn_aborted"
    assert thread.events[-1].type == "shutdown_complete"


@pytest.mark.parametrize("held", ["stream", "command"])
async def test_the_stage_ends_beside_a_running_turn(held: str) -> None:
    """Leaving the stage does not wait for a gate that nobody opens, and leaves no task behind."""
    before = asyncio.all_tasks()
    async with Stage() as stage:
        gate = stage.responses.gate("held")
        codex = stage.codex(commands={"make": gate})
        reply = message(gate, "never") if held == "stream" else shell_call("c1", "make")
        stage.responses.reply(reply)
        thread = await codex.start()
        await thread.submit("go")
        await gate.reached()
    assert thread.events[-1].type == "shutdown_complete"
    assert asyncio.all_tasks() == before
