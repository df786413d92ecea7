"""Turns after and beside each other: history, input while a turn runs, several agents."""

import asyncio

import pytest

from agent_rehearsal import Journal, before, like, of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    asks,
    completed,
    created,
    message,
    reasoning,
    shell_call,
    stream,
)
from mock_responses.items import Item
from suites.turns.declined import DECLINED, SAID


async def test_a_later_turn_goes_on_from_the_history(
    responses: MockResponses, codex: Codex
) -> None:
    """The input of each request begins with the whole input before it."""
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("one file"))
    responses.reply(message("you are welcome"))
    thread = await codex(commands={"ls": "README\n"}).start()
    await thread.run("list the files")
    await thread.run("thank you")
    first, second, third = (request.input for request in responses.requests)
    assert second[: len(first)] == first
    assert third[: len(second)] == second
    assert [item["type"] for item in second[len(first) :]] == [
        "function_call",
        "function_call_output",
    ]
    assert responses.requests[2].texts("assistant") == ["one file"]
    assert responses.requests[2].texts("user")[-1] == "thank you"


async def test_a_message_that_declines_is_told_and_not_kept(
    responses: MockResponses, codex: Codex
) -> None:
    """The user reads the words; the next request has no trace of it, as the reference client's."""
    responses.reply(stream(created(), DECLINED, completed()))
    responses.reply(message("fine"))
    thread = await codex.start()
    turn = await thread.submit("go")
    assert await turn.completed() == SAID
    assert [e.get("message") for e in turn.events if e.type == "agent_message"] == [SAID]
    assert await thread.run("go on") == "fine"
    assert responses.requests[1].texts("user")[-2:] == ["go", "go on"]
    assert responses.requests[1].texts("assistant") == []


async def test_the_events_of_a_turn_carry_its_id(responses: MockResponses, codex: Codex) -> None:
    """The events of a turn carry its id, and `Turn.events` has just these."""
    responses.reply(message("one"))
    responses.reply(message("two"))
    thread = await codex.start()
    first = await thread.submit("first")
    assert await first.completed() == "one"
    second = await thread.submit("second")
    assert await second.completed() == "two"
    assert first.id != second.id
    for turn, text in ((first, "one"), (second, "two")):
        assert {event.get("turn_id") for event in turn.events} == {turn.id}
        said = [event.get("message") for event in turn.events if event.type == "agent_message"]
        assert said == [text]


async def test_input_while_a_turn_runs_joins_it(responses: MockResponses, codex: Codex) -> None:
    """The turn has both inputs: the response is ended first, then the model is asked again."""
    rest = responses.gate("rest")
    responses.reply(message("working", rest, " on it"))
    responses.reply(message("both done"), when=asks("and the other"))
    thread = await codex.start()
    turn = await thread.submit("do the one")
    await rest.reached()
    steered = await thread.submit("and the other")
    assert steered.id == turn.id
    rest.open()
    assert await turn.completed() == "both done"
    assert len(responses.requests) == 2
    assert responses.requests[1].texts("assistant") == ["working on it"]


@pytest.mark.parametrize("first", [reasoning("let me see"), message("wait", phase="commentary")])
async def test_input_does_not_break_a_response_off(
    responses: MockResponses, codex: Codex, first: Item
) -> None:
    """What the model thinks or says on the way is no place to stop: the response is heard to its
    end, and then the input comes.
    """
    rest = responses.gate("rest")
    responses.reply(first, rest, message("done"))
    responses.reply(message("both done"))
    thread = await codex.start()
    turn = await thread.submit("do the one")
    await rest.reached()
    await thread.submit("and the other")
    rest.open()
    assert await turn.completed() == "both done"
    assert len(responses.requests) == 2
    assert responses.requests[1].texts("assistant")[-1] == "done"
    assert responses.requests[1].texts("user")[-1] == "and the other"


async def test_input_while_a_tool_runs_comes_after_its_output(
    responses: MockResponses, codex: Codex
) -> None:
    """Input that joins a turn stands behind the outputs of the calls that ran meanwhile."""
    running = responses.gate("running")
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("done"))
    thread = await codex(commands={"make": ["ok\n", running]}).start()
    turn = await thread.submit("build")
    await running.reached()
    await thread.submit("quickly")
    running.open()
    assert await turn.completed() == "done"
    *_, output, steer = responses.requests[1].input
    assert output["call_id"] == "c1"
    assert steer["content"][0]["text"] == "quickly"


async def test_input_at_the_end_of_a_turn_is_never_lost(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Input sent in the step in which a turn ends is answered: by that turn or by a new one."""
    responses.reply(message("one"), when=asks("first"))
    responses.reply(message("two"), when=asks("second"))
    thread = await codex.start()
    turn = await thread.submit("first")
    pending: list[asyncio.Task[str | None]] = []

    def submit_at_the_last_message(entry: object) -> None:
        if getattr(entry, "type", "") == "agent_message" and not pending:
            pending.append(asyncio.ensure_future(thread.run("second")))

    stop = journal.observe(submit_at_the_last_message)
    await turn.completed()
    assert await pending[0] == "two"
    stop()
    assert len(responses.requests) == 2


async def test_agents_of_one_builder_are_apart(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Each agent has an id, a history and a queue of events of its own, even at the same time."""
    texts = ("left", "right")
    gates = {text: responses.gate(text) for text in texts}
    for text in texts:
        responses.queue(asks(text)).reply(message(gates[text], f"{text} is done"))
    threads = [await codex.start() for _ in texts]
    turns = [await thread.submit(text) for thread, text in zip(threads, texts, strict=True)]
    for gate in gates.values():
        await gate.reached()
    gates["right"].open()
    assert await turns[1].completed() == "right is done"
    gates["left"].open()
    assert await turns[0].completed() == "left is done"
    assert threads[0].id != threads[1].id
    for thread, text in zip(threads, texts, strict=True):
        assert {event.get("thread_id") for event in thread.events} == {thread.id}
        said = [event.get("message") for event in thread.events if event.type == "user_message"]
        assert said == [text]
    ended = [of_type("task_complete") & like({"thread_id": thread.id}) for thread in threads]
    before(journal, ended[1], ended[0])
