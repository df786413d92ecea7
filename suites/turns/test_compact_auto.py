"""Compactions that the agent makes by itself: before a turn, in the middle of one, or never."""

import pytest

from agent_rehearsal import like, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.config.models import ModelInfo
from codex_core.protocol.inputs import TextInput
from codex_core.protocol.ops import RunUserShellCommand, UserInput
from mock_responses import (
    MockResponses,
    completed,
    failed,
    message,
    reasoning,
    shell_call,
    usage,
)
from suites.turns.compacting import (
    AUTO,
    CONTEXT,
    FULL,
    asked,
    kinds,
    layout,
    metadata,
    windows,
)

pytestmark = pytest.mark.explore

COMMANDS = {"ls": "README\n"}
CALL = ["function_call:c1", "function_call_output:c1"]
OFF = {**AUTO, "features": {"auto_compaction": False}}
LARGE = ModelInfo(slug="large", context_window=10_000, comp_hash="x")
SMALL = ModelInfo(slug="small", context_window=1_600, comp_hash="x")
OTHER = ModelInfo(slug="other", context_window=10_000, comp_hash="y")
PLAIN = ModelInfo(slug="plain", context_window=10_000)
MODELS = {"model": "large", "models": (LARGE, SMALL, OTHER, PLAIN)}


async def test_a_full_context_is_compacted_before_the_next_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """The new words are no part of it; the turn's id is, and its first event comes first."""
    responses.reply(message("done"), FULL)
    responses.reply(message("we did one"))
    responses.reply(message("hello"))
    thread = await codex(config=AUTO).start()
    await thread.run("one")
    turn = await thread.submit("two")
    assert await turn.completed() == "hello"
    _, question, after = asked(responses)
    assert layout(question) == [*CONTEXT, "user:one", "assistant:done", "question"]
    assert layout(after) == ["user:one", "summary:we did one", *CONTEXT, "user:two"]
    assert windows(responses) == [0, 0, 1]
    told = metadata(question)
    assert told["turn_id"] == turn.id
    assert told["compaction"] == {
        "trigger": "auto",
        "reason": "context_limit",
        "implementation": "responses",
        "phase": "pre_turn",
        "strategy": "memento",
    }
    assert [event.type for event in turn.events][:2] == ["task_started", "item_started"]


async def test_a_full_context_is_compacted_before_the_model_goes_on(
    responses: MockResponses, codex: Codex
) -> None:
    """In the middle of a turn the context stands before the user's words, and the model goes on."""
    responses.reply(shell_call("c1", "ls"), FULL)
    responses.reply(message("we listed files"))
    responses.reply(message("hello"))
    thread = await codex(config=AUTO, commands=COMMANDS).start()
    turn = await thread.submit("one")
    assert await turn.completed() == "hello"
    _, question, after = asked(responses)
    assert layout(question) == [*CONTEXT, "user:one", *CALL, "question"]
    assert layout(after) == [*CONTEXT, "user:one", "summary:we listed files"]
    assert kinds(responses) == ["turn", "compaction", "turn"]
    assert windows(responses) == [0, 0, 1]
    assert metadata(question)["compaction"]["phase"] == "mid_turn"
    assert {metadata(one)["turn_id"] for one in asked(responses)} == {turn.id}


async def test_a_turn_is_not_compacted_at_its_end(responses: MockResponses, codex: Codex) -> None:
    """A full context that nothing is asked of any more waits for the next turn."""
    responses.reply(message("done"), FULL)
    thread = await codex(config=AUTO).start()
    await thread.run("one")
    assert kinds(responses) == ["turn"]


async def test_after_a_compaction_in_a_turn_only_news_are_told(
    responses: MockResponses, codex: Codex
) -> None:
    """The model was told its context with the compaction, so the next turn adds nothing to it."""
    responses.reply(shell_call("c1", "ls"), FULL)
    responses.reply(message("we listed files"))
    responses.reply(message("hello"))
    responses.reply(message("yes"))
    thread = await codex(config=AUTO, commands=COMMANDS).start()
    await thread.run("one")
    await thread.run("two")
    assert layout(asked(responses)[-1]) == [
        *CONTEXT,
        "user:one",
        "summary:we listed files",
        "assistant:hello",
        "user:two",
    ]


async def test_a_turn_may_be_compacted_again_and_again(
    responses: MockResponses, codex: Codex
) -> None:
    """Each time that the context is full; the last summary stands for all of it."""
    for number in (1, 2, 3):
        responses.reply(shell_call(f"c{number}", "ls"), FULL)
        responses.reply(message(f"summary {number}"))
    responses.reply(message("hello"))
    thread = await codex(config=AUTO, commands=COMMANDS).start()
    assert await thread.run("one") == "hello"
    assert kinds(responses) == ["turn", "compaction"] * 3 + ["turn"]
    assert windows(responses) == [0, 0, 1, 1, 2, 2, 3]
    assert layout(asked(responses)[-1]) == [*CONTEXT, "user:one", "summary:summary 3"]
    question = asked(responses)[3]
    assert layout(question) == [
        *CONTEXT,
        "user:one",
        "summary:summary 1",
        "function_call:c2",
        "function_call_output:c2",
        "question",
    ]


async def test_what_tools_answer_counts(responses: MockResponses, codex: Codex) -> None:
    """The last response was small; the output since then fills the context by its estimate."""
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("we listed files"))
    responses.reply(message("hello"))
    thread = await codex(config=AUTO, commands={"ls": "x" * 4_000}).start()
    assert await thread.run("one") == "hello"
    assert kinds(responses) == ["turn", "compaction", "turn"]


@pytest.mark.parametrize("second", ["call", "turn"])
async def test_the_agent_leaves_the_history_alone_if_told_so(
    responses: MockResponses, codex: Codex, second: str
) -> None:
    """Without the feature nothing is compacted, neither in a turn nor before one."""
    responses.reply(shell_call("c1", "ls") if second == "call" else message("done"), FULL)
    responses.reply(message("hello"))
    thread = await codex(config=OFF, commands=COMMANDS).start()
    await thread.run("one")
    if second == "turn":
        await thread.run("two")
    assert kinds(responses) == ["turn", "turn"]


async def test_input_while_the_history_is_compacted_comes_with_the_second_request(
    responses: MockResponses, codex: Codex
) -> None:
    """It joins the turn; the words that began the turn are asked about first."""
    rest = responses.gate("rest")
    responses.reply(message("done"), FULL)
    responses.reply(message("we", rest, " did one"))
    responses.reply(message("hello"))
    responses.reply(message("both"))
    thread = await codex(config=AUTO).start()
    await thread.run("one")
    turn = await thread.submit("two")
    await rest.reached()
    joined = await thread.submit("three")
    assert joined.id == turn.id
    rest.open()
    assert await turn.completed() == "both"
    *_, second, third = asked(responses)
    assert layout(second)[-1] == "user:two"
    assert layout(third)[-2:] == ["assistant:hello", "user:three"]


async def test_input_beside_a_command_of_the_users_is_compacted_for(
    responses: MockResponses, codex: Codex
) -> None:
    """The turn began with the command; the context is told anew all the same."""
    running = responses.gate("running")
    responses.reply(message("done"), FULL)
    responses.reply(message("we did one"))
    responses.reply(message("hello"))
    thread = await codex(config=AUTO, commands={"make": running}).start()
    await thread.run("one")
    await thread.submit_op(RunUserShellCommand(command="make"))
    await running.reached()
    turn = await thread.submit("two")
    running.open()
    assert await turn.completed() == "hello"
    assert layout(asked(responses)[-1]) == ["user:one", "summary:we did one", *CONTEXT, "user:two"]


async def test_after_a_compaction_the_model_goes_on_before_it_is_steered(
    responses: MockResponses, codex: Codex
) -> None:
    """What it was at comes first: the input is in the request after that."""
    running = responses.gate("running")
    responses.reply(shell_call("c1", "make"), FULL)
    responses.reply(message("we ran make"))
    responses.reply(message("made"))
    responses.reply(message("both"))
    thread = await codex(config=AUTO, commands={"make": ["ok\n", running]}).start()
    turn = await thread.submit("one")
    await running.reached()
    await thread.submit("quickly")
    running.open()
    assert await turn.completed() == "both"
    start = [*CONTEXT, "user:one", "summary:we ran make"]
    assert [layout(one) for one in asked(responses)[2:]] == [
        start,
        [*start, "assistant:made", "user:quickly"],
    ]
    assert "user:quickly" not in layout(asked(responses)[1])


async def test_after_a_compaction_an_idle_model_is_steered_at_once(
    responses: MockResponses, codex: Codex
) -> None:
    """It was at nothing any more: the compaction is for the input, which comes right after it."""
    rest = responses.gate("rest")
    responses.reply(message("do", rest, "ne"), FULL)
    responses.reply(message("we did one"))
    responses.reply(message("both"))
    thread = await codex(config=AUTO).start()
    turn = await thread.submit("one")
    await rest.reached()
    await thread.submit("two")
    rest.open()
    assert await turn.completed() == "both"
    _, question, after = asked(responses)
    assert layout(question) == [*CONTEXT, "user:one", "assistant:done", "question"]
    assert layout(after) == [*CONTEXT, "user:one", "summary:we did one", "user:two"]


async def test_a_turn_whose_history_cannot_be_compacted_is_over(
    responses: MockResponses, codex: Codex
) -> None:
    """It asks for nothing more, and gives back what was submitted."""
    responses.reply(message("done"), FULL)
    responses.reply(failed("insufficient_quota", "no"))
    thread = await codex(config=AUTO).start()
    await thread.run("one")
    turn = await thread.submit("two")
    ended = await turn.ended()
    (given_back,) = ended.get("unconsumed_input")
    assert given_back["items"] == [{"type": "text", "text": "two"}]
    assert kinds(responses) == ["turn", "compaction"]
    assert [event.get("codex_error_info") for event in turn.events if event.type == "error"] == [
        "usage_limit_exceeded"
    ]


async def test_an_interrupt_of_a_compaction_before_a_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """Nothing of the turn has begun: the history is untouched and the input given back."""
    rest = responses.gate("rest")
    responses.reply(message("done"), FULL)
    responses.reply(message("we", rest))
    thread = await codex(config=AUTO).start()
    await thread.run("one")
    turn = await thread.submit("two")
    await rest.reached()
    await thread.interrupt()
    ended = await turn.ended()
    assert ended.get("reason") == "interrupted"
    assert [one["items"][0]["text"] for one in ended.get("unconsumed_input")] == ["two"]
    responses.reply(message("we did one"))
    responses.reply(message("hello"))
    await thread.run("three")
    assert layout(asked(responses)[-1]) == [
        "user:one",
        "summary:we did one",
        *CONTEXT,
        "user:three",
    ]


async def test_an_interrupt_of_a_compaction_in_a_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """What was done before it stays in the history as it was."""
    rest = responses.gate("rest")
    responses.reply(shell_call("c1", "ls"), FULL)
    responses.reply(message("we", rest))
    thread = await codex(config=AUTO, commands=COMMANDS).start()
    turn = await thread.submit("one")
    await rest.reached()
    await thread.interrupt()
    assert (await turn.ended()).get("reason") == "interrupted"
    responses.reply(message("we listed files"))
    responses.reply(message("hello"))
    await thread.run("two")
    question, after = asked(responses)[2:]
    assert layout(question) == [*CONTEXT, "user:one", *CALL, "aborted", "question"]
    assert layout(after) == ["user:one", "summary:we listed files", *CONTEXT, "user:two"]


@pytest.mark.parametrize(
    ("to", "reason"), [("small", "model_downshift"), ("other", "comp_hash_changed")]
)
async def test_the_model_before_compacts_for_the_next_one(
    responses: MockResponses, codex: Codex, to: str, reason: str
) -> None:
    """It does for a model with less room, or one that could not read what it compacts."""
    responses.reply(message("done"), FULL)
    responses.reply(message("we did one"))
    responses.reply(message("hello"))
    thread = await codex(config=MODELS).start()
    await thread.run("one")
    await thread.submit_op(UserInput(items=(TextInput(text="two"),), model=to))
    await thread.wait_for(of_type("agent_message") & like({"message": "hello"}))
    _, question, after = asked(responses)
    assert (question.model, after.model) == ("large", to)
    assert metadata(question)["compaction"]["reason"] == reason
    switches = ["<model_switch>" in one.texts("developer")[0] for one in (question, after)]
    assert switches == [False, True]
    assert layout(after) == ["user:one", "summary:we did one", *CONTEXT, "user:two"]


async def test_a_model_of_no_known_form_is_switched_to_freely(
    responses: MockResponses, codex: Codex
) -> None:
    """Without a mark of its compactions nothing is compacted for a model."""
    responses.reply(message("done"), FULL)
    responses.reply(message("hello"))
    thread = await codex(config=MODELS).start()
    await thread.run("one")
    await thread.submit_op(UserInput(items=(TextInput(text="two"),), model="plain"))
    await thread.wait_for(of_type("agent_message") & like({"message": "hello"}))
    assert kinds(responses) == ["turn", "turn"]


async def test_growth_alone_may_count(responses: MockResponses, codex: Codex) -> None:
    """In that scope a context that began large is compacted when it has grown by the limit."""
    scope = {**AUTO, "model_auto_compact_token_limit_scope": "body_after_prefix"}
    for answer, tokens in (("a", 5_000), ("b", 5_900), ("c", 6_100)):
        responses.reply(message(answer), completed(usage=usage(tokens, 5)))
    responses.reply(message("we did them"))
    responses.reply(message("d"))
    thread = await codex(config=scope).start()
    for text in ("one", "two", "three", "four"):
        await thread.run(text)
    assert kinds(responses) == ["turn", "turn", "turn", "compaction", "turn"]


async def test_hidden_reasoning_of_earlier_turns_counts(
    responses: MockResponses, codex: Codex
) -> None:
    """The server has not said that it counts it, so it is estimated once the user spoke again."""
    hidden = "h" * 8_000
    responses.reply(reasoning("x", encrypted_content=hidden), message("a"))
    responses.reply(message("b"))
    responses.reply(message("we did both"))
    responses.reply(message("c"))
    thread = await codex(config=AUTO).start()
    for text in ("one", "two", "three"):
        await thread.run(text)
    assert kinds(responses) == ["turn", "turn", "compaction", "turn"]


@pytest.mark.parametrize("says_so", [False, True])
async def test_a_server_may_count_hidden_reasoning_itself(
    responses: MockResponses, codex: Codex, *, says_so: bool
) -> None:
    """Then the context is only as full as it says, for the rest of that turn."""
    headers = {"x-reasoning-included": "true"} if says_so else {}
    responses.reply(reasoning("x", encrypted_content="h" * 8_000), message("a"))
    responses.reply(shell_call("c1", "ls"), headers=headers)
    if not says_so:
        responses.reply(message("we listed files"))
    responses.reply(message("c"))
    thread = await codex(config=AUTO, commands=COMMANDS).start()
    await thread.run("one")
    await thread.run("two")
    assert ("compaction" in kinds(responses)) == (not says_so)
