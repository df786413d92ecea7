"""Compactions by the provider in one request, `POST responses/compact`: the older way."""

from typing import Any

import pytest

from agent_rehearsal import kind, path
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    RequestView,
    compaction,
    item,
    message,
    reasoning,
    shell_call,
    status,
)
from suites.turns.compacting import (
    AUTO,
    CONTEXT,
    FULL,
    OPENAI,
    REMOTE_ERROR,
    V1,
    asked,
    errors,
    layout,
    turn_states,
    windows,
)

pytestmark = pytest.mark.explore

COMMANDS = {"ls": "README\n"}


def compactions(responses: MockResponses) -> list[RequestView]:
    found = responses.server.journal.select(kind("request") & path("/v1/responses/compact"))
    return [responses.view(entry) for entry in found]


def said(role: str, text: str) -> Any:
    content = [{"type": "input_text", "text": text}]
    return item({"type": "message", "role": role, "content": content})


async def test_the_answer_is_the_history(responses: MockResponses, codex: Codex) -> None:
    """What of it is stale is left out; the request says what any other would."""
    responses.reply(message("done"))
    responses.compact(
        said("developer", "stale orders"),
        said("user", "<environment_context>\n</environment_context>"),
        said("user", "one"),
        message("kept"),
        reasoning("x"),
        compaction("hidden"),
    )
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, config=V1).start()
    await thread.run("one")
    await (await thread.compact()).completed()
    await thread.run("two")
    first, after = asked(responses)
    (request,) = compactions(responses)
    assert layout(request) == [*CONTEXT, "user:one", "assistant:done"]
    assert layout(after) == [
        "user:one",
        "assistant:kept",
        "compaction",
        *CONTEXT,
        "user:two",
    ]
    assert windows(responses) == [0, 1]
    assert list(request.body) == [
        "model",
        "input",
        "instructions",
        "tools",
        "parallel_tool_calls",
        "prompt_cache_key",
    ]
    same = ("instructions", "tools", "parallel_tool_calls", "prompt_cache_key")
    assert [request.body[key] for key in same] == [first.body[key] for key in same]


async def test_nothing_is_asked_about_nothing(responses: MockResponses, codex: Codex) -> None:
    """A thread in which nobody has spoken is compacted without a request."""
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, config=V1).start()
    turn = await thread.compact()
    await turn.completed()
    await thread.run("one")
    assert not compactions(responses)
    assert layout(asked(responses)[0]) == [*CONTEXT, "user:one"]
    assert windows(responses) == [1]
    assert [event for event in turn.events if event.type == "context_compacted"]


async def test_without_words_of_the_users_the_context_goes_before_the_item(
    responses: MockResponses, codex: Codex
) -> None:
    """In the middle of a turn the item comes last, whatever the provider left out."""
    responses.reply(shell_call("c1", "ls"), FULL)
    responses.compact(compaction("hidden"))
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, config=AUTO | V1, commands=COMMANDS).start()
    assert await thread.run("one") == "hello"
    assert layout(asked(responses)[-1]) == [*CONTEXT, "compaction"]


async def test_the_turns_state_comes_with_the_answer(
    responses: MockResponses, codex: Codex
) -> None:
    """Before a turn the compaction is the first that the server says of its state."""
    responses.reply(message("done"), FULL)
    responses.compact(compaction("hidden"), headers={"x-codex-turn-state": "compacting"})
    responses.reply(message("hello"), turn_state="later")
    thread = await codex(provider=OPENAI, config=AUTO | V1).start()
    await thread.run("one")
    await thread.run("two")
    (request,) = compactions(responses)
    assert request.headers.get("x-codex-turn-state") is None
    assert turn_states(responses) == [None, "compacting"]


async def test_the_turns_state_goes_through_a_compaction(
    responses: MockResponses, codex: Codex
) -> None:
    """The first value of the turn goes with the request; that of the answer comes too late."""
    responses.reply(shell_call("c1", "ls"), FULL, turn_state="sampling")
    responses.compact(compaction("hidden"), headers={"x-codex-turn-state": "compacting"})
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, config=AUTO | V1, commands=COMMANDS).start()
    await thread.run("one")
    (request,) = compactions(responses)
    assert request.headers.get("x-codex-turn-state") == "sampling"
    assert turn_states(responses) == [None, "sampling"]


async def test_a_refusal_ends_the_turn(responses: MockResponses, codex: Codex) -> None:
    """It is told with its reason, and the history is as it was."""
    responses.reply(message("done"))
    responses.compact(status(400, message="no such thing"))
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, config=V1).start()
    await thread.run("one")
    turn = await thread.compact()
    await turn.ended()
    (error,) = errors(turn)
    assert error.startswith(REMOTE_ERROR)
    assert "no such thing" in error
    await thread.run("two")
    assert layout(asked(responses)[-1]) == [*CONTEXT, "user:one", "assistant:done", "user:two"]
