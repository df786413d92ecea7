"""What comes while a history is compacted: input, interrupts, commands, another compaction."""

import pytest

from agent_rehearsal import of_type
from agent_rehearsal.face.agent import AgentThread, Codex, Turn
from codex_core.protocol.ops import RunUserShellCommand, Shutdown
from mock_responses import MockResponses, asks, failed, message, shell_call
from suites.turns.compacting import CONTEXT, asked, kinds, layout, windows

pytestmark = pytest.mark.explore

ABORTED = of_type("turn_aborted")


class Held:
    """A thread whose history of one turn is being compacted; the gate `rest` holds the summary."""

    def __init__(self, responses: MockResponses, codex: Codex) -> None:
        self.rest = responses.gate("rest of the summary")
        self._codex = codex
        self._responses = responses

    async def begin(self, *after: str) -> tuple[AgentThread, Turn]:
        """The thread and the turn that compacts; the model's next messages are `after`."""
        self._responses.reply(message("done"))
        self._responses.reply(message("we", self.rest, " did one"))
        for text in after:
            self._responses.reply(message(text))
        thread = await self._codex.start()
        await thread.run("one")
        compaction = await thread.compact()
        await self.rest.reached()
        return thread, compaction


def given_back(turn: Turn) -> list[str]:
    """The texts that a turn reports as never seen by the model."""
    (last,) = [event for event in turn.events if ABORTED(event) or event.type == "task_complete"]
    return [part["text"] for one in last.get("unconsumed_input") or () for part in one["items"]]


@pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])
async def test_input_is_kept_until_the_history_is_compacted(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """It is a turn of its own after the compaction, whose id the submission is answered with."""
    held = Held(responses, codex(websockets=websockets))
    thread, compaction = await held.begin("hello")
    turn = await thread.submit("two")
    assert turn.id != compaction.id
    assert not turn.events
    held.rest.open()
    assert await turn.completed() == "hello"
    assert not given_back(compaction)
    assert layout(asked(responses)[-1]) == [
        "user:one",
        "summary:we did one",
        *CONTEXT,
        "user:two",
    ]


async def test_all_input_that_came_meanwhile_is_one_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """Its id is that of the first submission; the order is kept."""
    held = Held(responses, codex)
    thread, compaction = await held.begin("hello")
    turns = [await thread.submit(text) for text in ("two", "three")]
    assert turns[0].id == turns[1].id
    held.rest.open()
    assert await turns[0].completed() == "hello"
    assert layout(asked(responses)[-1])[-2:] == ["user:two", "user:three"]
    ended = await compaction.ended()
    (started,) = [event for event in turns[0].events if event.type == "task_started"]
    assert ended.seq < started.seq


async def test_input_is_answered_after_a_compaction_that_failed(
    responses: MockResponses, codex: Codex
) -> None:
    """The history is as it was, and the turn that was promised begins."""
    rest = responses.gate("rest")
    responses.reply(message("done"))
    responses.reply(rest, failed("insufficient_quota", "no"))
    responses.reply(message("hello"))
    thread = await codex.start()
    await thread.run("one")
    compaction = await thread.compact()
    await rest.reached()
    turn = await thread.submit("two")
    rest.open()
    await compaction.ended()
    assert await turn.completed() == "hello"
    assert layout(asked(responses)[-1]) == [*CONTEXT, "user:one", "assistant:done", "user:two"]


@pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])
async def test_an_interrupt_leaves_the_history_as_it_was(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """What had come of the summary is nobody's, and the model never hears of it."""
    held = Held(responses, codex(websockets=websockets))
    thread, compaction = await held.begin("hello")
    await thread.interrupt()
    assert (await compaction.ended()).get("reason") == "interrupted"
    assert await thread.run("two") == "hello"
    assert layout(asked(responses)[-1]) == [*CONTEXT, "user:one", "assistant:done", "user:two"]
    assert windows(responses) == [0, 0, 0]
    assert not [event for event in thread.events if event.type == "context_compacted"]


async def test_an_interrupt_gives_waiting_input_back(
    responses: MockResponses, codex: Codex
) -> None:
    """The turn that was promised begins and ends with it; no request is made."""
    held = Held(responses, codex)
    thread, compaction = await held.begin()
    turn = await thread.submit("two")
    await thread.submit("three")
    await thread.interrupt()
    assert not given_back(compaction)
    assert given_back(turn) == ["two", "three"]
    assert [event.type for event in turn.events] == ["task_started", "turn_aborted"]
    assert kinds(responses) == ["turn", "compaction"]


async def test_a_shutdown_gives_waiting_input_back(responses: MockResponses, codex: Codex) -> None:
    """Nothing that was submitted is lost without a word."""
    held = Held(responses, codex)
    thread, _ = await held.begin()
    turn = await thread.submit("two")
    await thread.submit_op(Shutdown())
    assert given_back(turn) == ["two"]
    assert thread.events[-1].type == "shutdown_complete"


async def test_a_compaction_ends_the_turn_that_runs(responses: MockResponses, codex: Codex) -> None:
    """The turn is replaced, input that had joined it is given back, what it did is compacted."""
    running = responses.gate("running")
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("we ran make"))
    responses.reply(message("hello"))
    thread = await codex(commands={"make": running}).start()
    turn = await thread.submit("one")
    await running.reached()
    await thread.submit("and more")
    compaction = await thread.compact()
    await compaction.completed()
    assert (await turn.ended()).get("reason") == "replaced"
    assert given_back(turn) == ["and more"]
    running.open()
    assert await thread.run("two") == "hello"
    question, after = asked(responses)[1:]
    call = ["function_call:c1", "function_call_output:c1"]
    assert layout(question) == [*CONTEXT, "user:one", *call, "question"]
    assert layout(after) == ["user:one", "summary:we ran make", *CONTEXT, "user:two"]


async def test_a_second_compaction_takes_the_place_of_the_first(
    responses: MockResponses, codex: Codex
) -> None:
    """The first is replaced before it has changed anything; input goes on waiting."""
    held = Held(responses, codex)
    thread, first = await held.begin("all of it", "hello")
    turn = await thread.submit("two")
    second = await thread.compact()
    assert (await first.ended()).get("reason") == "replaced"
    await second.completed()
    assert await turn.completed() == "hello"
    assert layout(asked(responses)[-1]) == ["user:one", "summary:all of it", *CONTEXT, "user:two"]
    assert windows(responses) == [0, 0, 0, 1]


async def test_a_command_beside_a_compaction_is_told_afterwards(
    responses: MockResponses, codex: Codex
) -> None:
    """What the user ran meanwhile is no part of the summary, so the model reads it next."""
    held = Held(responses, codex(commands={"ls": "README\n"}))
    thread, compaction = await held.begin("hello")
    await thread.submit_op(RunUserShellCommand(command="ls"))
    await compaction.wait_for(of_type("exec_command_end"))
    held.rest.open()
    await compaction.completed()
    await thread.run("two")
    after = asked(responses)[-1]
    summary, ran, environment, said = layout(after)[1:3] + layout(after)[-2:]
    assert (summary, environment, said) == ("summary:we did one", "environment", "user:two")
    assert "README" in ran


async def test_the_next_input_is_a_turn_as_ever(responses: MockResponses, codex: Codex) -> None:
    """Input after a compaction joins nothing; input while that turn runs joins it."""
    held = Held(responses, codex)
    thread, compaction = await held.begin()
    held.rest.open()
    await compaction.completed()
    rest = responses.gate("rest")
    responses.reply(message("work", rest, "ing"))
    responses.reply(message("both"), when=asks("three"))
    turn = await thread.submit("two")
    await rest.reached()
    joined = await thread.submit("three")
    assert joined.id == turn.id != compaction.id
    rest.open()
    assert await turn.completed() == "both"
