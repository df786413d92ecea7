"""Compactions by the provider in the course of a response, with a trigger in its request."""

import pytest

from agent_rehearsal import cut
from agent_rehearsal.face.agent import Codex, Turn
from mock_responses import (
    MockResponses,
    compaction,
    failed,
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
    asked,
    errors,
    kinds,
    layout,
    metadata,
    turn_states,
    windows,
)

pytestmark = pytest.mark.explore

COMMANDS = {"ls": "README\n"}
CALL = ["function_call:c1", "function_call_output:c1"]
TRANSPORTS = pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])


def told(turn: Turn, type_: str) -> list[str]:
    return [event.get("message") for event in turn.events if event.type == type_]


@TRANSPORTS
async def test_one_item_takes_the_place_of_all_but_the_users_words(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """The request is the next one of the thread with a trigger at its end, tools and all."""
    responses.reply(message("done"))
    responses.reply(compaction("hidden"))
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, websockets=websockets).start()
    await thread.run("one")
    turn = await thread.compact()
    await turn.completed()
    assert await thread.run("two") == "hello"
    first, trigger, after = asked(responses)
    assert layout(trigger) == [*CONTEXT, "user:one", "assistant:done", "compaction_trigger"]
    assert trigger.input[-1] == {"type": "compaction_trigger"}
    assert trigger.tools == first.tools
    assert layout(after) == ["user:one", "compaction", *CONTEXT, "user:two"]
    assert after.input[1] == {"type": "compaction", "encrypted_content": "hidden"}
    assert windows(responses) == [0, 0, 1]
    assert kinds(responses) == ["turn", "compaction", "turn"]
    assert metadata(trigger)["compaction"]["implementation"] == "responses_compaction_v2"
    assert not told(turn, "warning")


async def test_over_a_websocket_the_trigger_is_all_that_is_new(
    responses: MockResponses, codex: Codex
) -> None:
    """It goes on from the last response; the request after it is whole again."""
    responses.reply(message("done"))
    responses.reply(compaction("hidden"))
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, websockets=True).start()
    await thread.run("one")
    await (await thread.compact()).completed()
    await thread.run("two")
    _, trigger, after = asked(responses)
    assert trigger.previous_response_id is not None
    assert trigger.input == [{"type": "compaction_trigger"}]
    assert after.previous_response_id is None
    assert len({one.entry.conn for one in asked(responses)}) == 1


async def test_the_count_after_a_compaction_is_an_estimate(
    responses: MockResponses, codex: Codex
) -> None:
    """It is told once; what the compaction used is in the total."""
    responses.reply(message("done"))
    responses.reply(compaction("hidden"))
    thread = await codex(provider=OPENAI).start()
    await thread.run("one")
    turn = await thread.compact()
    await turn.completed()
    (count,) = [event.get("info") for event in turn.events if event.type == "token_count"]
    assert count["total_token_usage"]["total_tokens"] == 30
    assert (
        count["last_token_usage"]["input_tokens"] == 0 < count["last_token_usage"]["total_tokens"]
    )


async def test_other_items_beside_the_compaction_are_nobodys(
    responses: MockResponses, codex: Codex
) -> None:
    """What the provider says with it is not kept, and no call is carried out."""
    responses.reply(message("done"))
    responses.reply(reasoning("x"), message("wait"), shell_call("c1", "ls"), compaction("hidden"))
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, commands={}).start()
    await thread.run("one")
    await (await thread.compact()).completed()
    await thread.run("two")
    assert layout(asked(responses)[-1]) == ["user:one", "compaction", *CONTEXT, "user:two"]


@pytest.mark.parametrize("count", [0, 2])
async def test_anything_but_one_compaction_is_an_error(
    responses: MockResponses, codex: Codex, count: int
) -> None:
    """It is not tried again, nor by the model itself; the history is as it was."""
    responses.reply(message("done"))
    responses.reply(message("no"), *(compaction("hidden") for _ in range(count)))
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI).start()
    await thread.run("one")
    turn = await thread.compact()
    assert (await turn.ended()).type == "task_complete"
    (error,) = errors(turn)
    assert error.startswith(
        f"{REMOTE_ERROR}the provider answered a compaction_trigger with {count}"
    )
    await thread.run("two")
    assert layout(asked(responses)[-1]) == [*CONTEXT, "user:one", "assistant:done", "user:two"]
    assert windows(responses) == [0, 0, 0]


async def test_a_broken_compaction_is_asked_for_again(
    responses: MockResponses, codex: Codex
) -> None:
    """What a broken response brought counts for nothing, its compaction included."""
    responses.reply(message("done"))
    responses.reply(status(500))
    responses.reply(compaction("lost"), cut())
    responses.reply(compaction("hidden"))
    responses.reply(message("hello"))
    thread = await codex(provider={**OPENAI, "request_max_retries": 0}).start()
    await thread.run("one")
    turn = await thread.compact()
    await turn.completed()
    await thread.run("two")
    assert told(turn, "stream_error") == ["Reconnecting... 1/2", "Reconnecting... 2/2"]
    assert asked(responses)[-1].input[1]["encrypted_content"] == "hidden"


@pytest.mark.parametrize(("setting", "requests"), [(5, 3), (1, 2), (0, 1)])
async def test_a_compaction_is_asked_for_twice_more_at_most(
    responses: MockResponses, codex: Codex, setting: int, requests: int
) -> None:
    """As often as a response is, but no more than twice; then the turn is over."""
    responses.reply(compaction("lost"), cut(), times=requests)
    thread = await codex(provider={**OPENAI, "stream_max_retries": setting}).start()
    turn = await thread.compact()
    await turn.ended()
    (error,) = errors(turn)
    assert error.startswith(f"{REMOTE_ERROR}stream disconnected")
    assert len(asked(responses)) == requests


@TRANSPORTS
async def test_a_full_context_is_compacted_before_the_model_goes_on(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """In the middle of a turn the context goes before the user's words; all else is the item."""
    responses.reply(shell_call("c1", "ls"), FULL)
    responses.reply(compaction("hidden"))
    responses.reply(message("hello"))
    builder = codex(provider=OPENAI, config=AUTO, commands=COMMANDS, websockets=websockets)
    thread = await builder.start()
    assert await thread.run("one") == "hello"
    _, trigger, after = asked(responses)
    assert layout(trigger) == [*CONTEXT, "user:one", *CALL, "compaction_trigger"]
    assert layout(after) == [*CONTEXT, "user:one", "compaction"]
    assert metadata(trigger)["compaction"]["phase"] == "mid_turn"


async def test_a_full_context_is_compacted_before_the_next_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """The context is told anew after the item, then come the new words."""
    responses.reply(message("a"))
    responses.reply(message("b"), FULL)
    responses.reply(compaction("hidden"))
    responses.reply(message("c"))
    thread = await codex(provider=OPENAI, config=AUTO).start()
    for text in ("one", "two", "three"):
        await thread.run(text)
    assert layout(asked(responses)[-1]) == [
        "user:one",
        "user:two",
        "compaction",
        *CONTEXT,
        "user:three",
    ]


async def test_a_compaction_that_fails_ends_the_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """The model is asked for nothing more: no request goes on from a context that is too full."""
    responses.reply(shell_call("c1", "ls"), FULL)
    responses.reply(failed("context_length_exceeded", "too long"))
    thread = await codex(provider=OPENAI, config=AUTO, commands=COMMANDS).start()
    turn = await thread.submit("one")
    await turn.ended()
    (error,) = errors(turn)
    assert error.startswith(f"{REMOTE_ERROR}The conversation ran out of room")
    assert kinds(responses) == ["turn", "compaction"]


@TRANSPORTS
async def test_the_turns_state_goes_through_a_compaction(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """The first value of the turn is sent with the compaction and all that comes after it."""
    responses.reply(shell_call("c1", "ls"), FULL, turn_state="sampling")
    responses.reply(compaction("hidden"), turn_state="compacting")
    responses.reply(shell_call("c2", "ls"), turn_state="later")
    responses.reply(message("hello"))
    responses.reply(message("next"))
    builder = codex(provider=OPENAI, config=AUTO, commands=COMMANDS, websockets=websockets)
    thread = await builder.start()
    await thread.run("one")
    await thread.run("two")
    assert turn_states(responses) == [None, "sampling", "sampling", "sampling", None]


@TRANSPORTS
async def test_a_compaction_of_its_own_has_no_turns_state(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """Neither the turn before hands its state on, nor the compaction to the turn after."""
    responses.reply(message("done"), turn_state="one")
    responses.reply(compaction("hidden"), turn_state="compacting")
    responses.reply(message("hello"))
    thread = await codex(provider=OPENAI, websockets=websockets).start()
    await thread.run("one")
    await (await thread.compact()).completed()
    await thread.run("two")
    assert turn_states(responses) == [None, None, None]


@pytest.mark.parametrize(
    ("window", "emptied"), [(5_000, []), (2_000, ["c2"]), (1_100, ["c1", "c2"])]
)
async def test_outputs_at_the_end_make_room_for_the_request(
    responses: MockResponses, codex: Codex, window: int, emptied: list[str]
) -> None:
    """A history that is too long for the window goes without the last outputs, calls and all."""
    responses.reply(shell_call("c1", "ls"), shell_call("c2", "ls"), FULL)
    responses.reply(compaction("hidden"))
    responses.reply(message("hello"))
    config = {**AUTO, "model_context_window": window}
    thread = await codex(provider=OPENAI, config=config, commands={"ls": "x" * 5_000}).start()
    assert await thread.run("one") == "hello"
    trigger = asked(responses)[1]
    left_out = "Output exceeded the available model context and was truncated"
    calls = ("c1", "c2")
    assert [call for call in calls if trigger.output_of(call) == left_out] == emptied
    assert layout(trigger)[3:-1] == [
        *(f"function_call:{call}" for call in calls),
        *(f"function_call_output:{call}" for call in calls),
    ]
