"""Compactions by the model itself, as the user asks for them: what is asked, told and kept."""

import pytest

from agent_rehearsal import Journal, cut, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.session.compaction.texts import SUMMARY_PREFIX
from mock_responses import (
    MockResponses,
    completed,
    failed,
    message,
    reasoning,
    shell_call,
    usage,
)
from suites.turns.compacting import CONTEXT, asked, kinds, layout, metadata, windows

pytestmark = pytest.mark.explore

COMPACTED = of_type("context_compacted")
TOO_LONG = failed("context_length_exceeded", "too long")


@pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])
async def test_a_summary_takes_the_place_of_the_history(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """The user's words and the summary go on; the context is told anew before the next words."""
    responses.reply(message("done"))
    responses.reply(message("we did one"))
    responses.reply(message("done too"))
    thread = await codex(websockets=websockets).start()
    await thread.run("one")
    assert await (await thread.compact()).completed() is None
    assert await thread.run("two") == "done too"
    first, question, second = asked(responses)
    assert layout(first) == [*CONTEXT, "user:one"]
    assert layout(question) == [*CONTEXT, "user:one", "assistant:done", "question"]
    assert layout(second) == ["user:one", "summary:we did one", *CONTEXT, "user:two"]
    assert windows(responses) == [0, 0, 1]
    assert kinds(responses) == ["turn", "compaction", "turn"]


async def test_the_question_is_a_request_without_tools(
    responses: MockResponses, codex: Codex
) -> None:
    """Its instructions are the thread's, its turn is its own, and it says what it is for."""
    responses.reply(message("done"))
    responses.reply(message("we did one"))
    thread = await codex.start()
    await thread.run("one")
    compaction = await thread.compact()
    await compaction.completed()
    first, question = asked(responses)
    assert (question.tools, question.body["parallel_tool_calls"]) == ([], False)
    assert question.instructions == first.instructions
    assert question.body["prompt_cache_key"] == first.body["prompt_cache_key"]
    told = metadata(question)
    assert told["turn_id"] == compaction.id != metadata(first)["turn_id"]
    assert told["compaction"] == {
        "trigger": "manual",
        "reason": "user_requested",
        "implementation": "responses",
        "phase": "standalone_turn",
        "strategy": "memento",
    }
    assert "compaction" not in metadata(first)


@pytest.mark.parametrize(
    ("setting", "asked_for"), [("  Sum up.\n", "user:Sum up."), (" ", "question")]
)
async def test_the_question_may_be_set(
    responses: MockResponses, codex: Codex, setting: str, asked_for: str
) -> None:
    """A prompt of the settings is asked instead of the built-in one; a blank one is none."""
    responses.reply(message("nothing yet"))
    thread = await codex(config={"compact_prompt": setting}).start()
    await (await thread.compact()).completed()
    assert layout(asked(responses)[0]) == [asked_for]


async def test_a_compaction_is_told(responses: MockResponses, codex: Codex) -> None:
    """One item begins and ends; the model's count comes first, then an estimate of the rest."""
    responses.reply(message("done"))
    responses.reply(message("we did one"), completed(usage=usage(100, 10)))
    thread = await codex.start()
    await thread.run("one")
    compaction = await thread.compact()
    await compaction.completed()
    events = compaction.events
    assert [event.type for event in events if event.type != "token_count"] == [
        "task_started",
        "item_started",
        "item_completed",
        "context_compacted",
        "warning",
        "task_complete",
    ]
    items = [item for event in events if (item := event.get("item"))]
    assert items[0] == items[1]
    assert items[0]["type"] == "context_compaction"
    counts = [event.get("info") for event in events if event.type == "token_count"]
    *_, by_the_model, estimate = counts
    assert by_the_model["last_token_usage"]["total_tokens"] == 110
    assert estimate["total_token_usage"] == by_the_model["total_token_usage"]
    left = estimate["last_token_usage"]
    assert 0 < left["total_tokens"] == sum(left.values())


async def test_a_second_summary_takes_the_place_of_the_first(
    responses: MockResponses, codex: Codex
) -> None:
    """What the user said is kept word for word over both; there is one summary at a time."""
    for answer in ("done", "first summary", "done too", "second summary", "yes"):
        responses.reply(message(answer))
    thread = await codex.start()
    await thread.run("one")
    await (await thread.compact()).completed()
    await thread.run("two")
    await (await thread.compact()).completed()
    await thread.run("three")
    assert layout(asked(responses)[-1]) == [
        "user:one",
        "user:two",
        "summary:second summary",
        *CONTEXT,
        "user:three",
    ]
    assert windows(responses) == [0, 0, 1, 1, 2]


async def test_nothing_can_be_compacted_too(responses: MockResponses, codex: Codex) -> None:
    """A thread in which nobody has spoken is asked about all the same."""
    responses.reply(message("nothing happened"))
    responses.reply(message("hello"))
    thread = await codex.start()
    await (await thread.compact()).completed()
    await thread.run("one")
    question, first = asked(responses)
    assert layout(question) == ["question"]
    assert layout(first) == ["summary:nothing happened", *CONTEXT, "user:one"]


async def test_the_last_message_is_the_summary(responses: MockResponses, codex: Codex) -> None:
    """What the model says besides is not kept, its reasoning and its calls neither."""
    responses.reply(message("done"))
    responses.reply(
        reasoning("let me see"), message("wait"), shell_call("c1", "ls"), message("the summary")
    )
    responses.reply(message("yes"))
    thread = await codex(commands={}).start()
    await thread.run("one")
    compaction = await thread.compact()
    await compaction.completed()
    await thread.run("two")
    assert layout(asked(responses)[-1]) == [
        "user:one",
        "summary:the summary",
        *CONTEXT,
        "user:two",
    ]
    assert not [event for event in compaction.events if event.type == "exec_command_begin"]


async def test_a_history_that_is_too_long_loses_its_oldest_items(
    responses: MockResponses, codex: Codex
) -> None:
    """Item by item, a call with its output, until the model takes it; what is kept stays whole."""
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("done"))
    for _ in range(4):
        responses.reply(TOO_LONG)
    responses.reply(message("we did one"))
    responses.reply(message("yes"))
    thread = await codex(commands={"ls": "README\n"}).start()
    await thread.run("one")
    await (await thread.compact()).completed()
    await thread.run("two")
    call = ["function_call:c1", "function_call_output:c1"]
    whole = [*CONTEXT, "user:one", *call, "assistant:done", "question"]
    assert [layout(one) for one in asked(responses)[2:-1]] == [
        whole,
        whole[1:],
        whole[2:],
        whole[3:],
        whole[5:],
    ]
    assert layout(asked(responses)[-1]) == [
        "user:one",
        "summary:we did one",
        *CONTEXT,
        "user:two",
    ]


async def test_a_question_that_is_too_long_by_itself_is_an_error(
    responses: MockResponses, codex: Codex
) -> None:
    """When nothing is left to leave out, the turn fails, and the context counts as full."""
    responses.reply(TOO_LONG)
    thread = await codex.start()
    compaction = await thread.compact()
    error = await compaction.wait_for(of_type("error"))
    assert error.get("codex_error_info") == "context_window_exceeded"
    counts = [event.get("info") for event in compaction.events if event.type == "token_count"]
    assert counts[-1]["last_token_usage"]["total_tokens"] == counts[-1]["model_context_window"]


async def test_a_broken_summary_is_asked_for_again(responses: MockResponses, codex: Codex) -> None:
    """What the broken response brought counts for nothing; each repetition is told."""
    responses.reply(message("done"))
    responses.reply(message("half"), cut())
    responses.reply(message("whole"))
    responses.reply(message("yes"))
    thread = await codex.start()
    await thread.run("one")
    compaction = await thread.compact()
    await compaction.completed()
    await thread.run("two")
    told = [event.get("message") for event in compaction.events if event.type == "stream_error"]
    assert told == ["Reconnecting... 1/5"]
    assert layout(asked(responses)[-1])[:2] == ["user:one", "summary:whole"]


async def test_a_failed_compaction_changes_nothing(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The error is told once; the next turn goes on from the history as it was."""
    responses.reply(message("done"))
    responses.reply(failed("insufficient_quota", "no"))
    responses.reply(message("yes"))
    thread = await codex.start()
    await thread.run("one")
    compaction = await thread.compact()
    ended = await compaction.ended()
    assert ended.type == "task_complete"
    assert [
        event.get("codex_error_info") for event in compaction.events if event.type == "error"
    ] == ["usage_limit_exceeded"]
    assert not journal.select(COMPACTED)
    await thread.run("two")
    assert layout(asked(responses)[-1]) == [*CONTEXT, "user:one", "assistant:done", "user:two"]
    assert windows(responses) == [0, 0, 0]


async def test_the_model_reads_that_it_was_cut_down(responses: MockResponses, codex: Codex) -> None:
    """The summary comes as a user message that says what it is."""
    responses.reply(message("the summary"))
    responses.reply(message("yes"))
    thread = await codex.start()
    await (await thread.compact()).completed()
    await thread.run("one")
    assert asked(responses)[1].texts("user")[0] == f"{SUMMARY_PREFIX}\nthe summary"
