"""What stands around a compaction: standing orders, images, ids of items, the way it is made."""

from typing import Any

import pytest

from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.protocol.inputs import ImageInput
from mock_responses import MockResponses, compaction, item, message, shell_call
from suites.parity.pictures import DOT
from suites.turns.compacting import AUTO, CONTEXT, FULL, OPENAI, V1, asked, kinds, layout
from suites.turns.saying import say

pytestmark = pytest.mark.explore

COMMANDS = {"ls": "README\n"}
WAYS: dict[str, dict[str, Any]] = {
    "local": {},
    "at once": {"provider": OPENAI, "config": V1},
    "in the stream": {"provider": OPENAI},
}


def answer_compactions(responses: MockResponses, way: str) -> None:
    """The same words are kept, whoever compacts."""
    if way == "at once":
        said = {"type": "input_text", "text": "one"}
        kept = item({"type": "message", "role": "user", "content": [said]})
        responses.compact(kept, compaction("hidden"))
    else:
        responses.reply(message("a summary") if way == "local" else compaction("hidden"))


async def compacted(thread: AgentThread) -> None:
    await (await thread.compact()).completed()


@pytest.mark.parametrize("way", WAYS)
async def test_standing_orders_are_those_of_the_threads_start(
    responses: MockResponses, codex: Codex, way: str
) -> None:
    """The model is told its context again after a compaction, and a file that was changed meanwhile
    is not read again.
    """
    orders = codex.cwd / "AGENTS.md"
    orders.write_text("Be kind.")
    responses.reply(message("done"))
    answer_compactions(responses, way)
    responses.reply(message("hello"))
    thread = await codex(**WAYS[way]).start()
    await thread.run("one")
    orders.write_text("Be rude.")
    await compacted(thread)
    await thread.run("two")
    first, *_, last = (request.logical_input for request in asked(responses))
    told = [each for each in last if "AGENTS.md instructions" in str(each)]
    assert told == [first[1]]
    assert "Be kind." in str(told)


@pytest.mark.parametrize("way", ["local", "in the stream"])
async def test_input_that_makes_a_compaction_necessary_comes_after_it(
    responses: MockResponses, codex: Codex, way: str
) -> None:
    """Its words and its images are in the request that follows, not in the one that compacts."""
    responses.reply(message("done"), FULL)
    answer_compactions(responses, way)
    responses.reply(message("hello"))
    seeing = codex(model="gpt-5.4", **{**WAYS[way], "config": AUTO})
    thread = await seeing.start()
    await thread.run("one")
    await say(thread, "what is this", ImageInput(image_url=DOT))
    assert kinds(responses) == ["turn", "compaction", "turn"]
    _, question, after = (str(request.logical_input) for request in asked(responses))
    assert "what is this" not in question
    assert DOT not in question
    assert "what is this" in after
    assert DOT in after


async def test_both_ways_of_the_provider_leave_the_same(
    responses: MockResponses, codex: Codex
) -> None:
    """Where it keeps the same, the next request is the same: in one request or in the stream."""
    layouts = []
    for way in ("at once", "in the stream"):
        responses.reply(shell_call("c1", "ls"))
        responses.reply(message("done"))
        answer_compactions(responses, way)
        responses.reply(message("hello"))
        thread = await codex(commands=COMMANDS, **WAYS[way]).start()
        await thread.run("one")
        await compacted(thread)
        await thread.run("two")
        layouts.append(layout(asked(responses)[-1]))
    assert layouts == [["user:one", "compaction", *CONTEXT, "user:two"]] * 2


async def test_items_have_their_ids_in_a_compaction_too(
    responses: MockResponses, codex: Codex
) -> None:
    """With `item_ids` each item of each request has one, but for the trigger."""
    responses.reply(message("done"))
    responses.reply(compaction("hidden"))
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, config={"features": {"item_ids": True}}).start()
    await thread.run("one")
    await compacted(thread)
    await thread.run("two")
    requests = asked(responses)
    assert kinds(responses) == ["turn", "compaction", "turn"]
    without = [each["type"] for request in requests for each in request.input if not each.get("id")]
    assert without == ["compaction_trigger"]
    ids = [[each["id"] for each in request.input if "id" in each] for request in requests]
    assert ids[1][: len(ids[0])] == ids[0]
