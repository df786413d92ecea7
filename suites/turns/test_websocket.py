"""Turns over a WebSocket: one connection, warmed up, and what each request says on it."""

import json
from typing import Any

import pytest

from agent_rehearsal import (
    Journal,
    Stage,
    close,
    cut,
    direction,
    head,
    kind,
    of_type,
    on,
    reset,
)
from agent_rehearsal.face.agent import Codex
from agent_rehearsal.wire import Mark
from codex_core.protocol.ops import UserInput, user_text
from mock_responses import (
    MockResponses,
    codex_rate_limits,
    completed,
    connection_limit_reached,
    created,
    error_frame,
    failed,
    is_prewarm,
    message,
    minimal,
    output_item_added,
    output_item_done,
    rate_limits,
    shell_call,
    stream,
    text_delta,
    window,
)
from suites.turns.balance import assert_balanced
from suites.turns.declined import DECLINED, SAID
from suites.turns.wires import frames, goes_on, posts, upgrades, warm_ups, wired

pytestmark = pytest.mark.explore


async def test_a_turn_with_a_tool_is_three_frames_on_one_connection(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The warm-up, the input that goes on from it, the output that goes on from the call."""
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("one file"))
    thread = await wired(codex).start()
    assert await thread.run("list the files") == "one file"
    (opened,) = upgrades(journal)
    warm, first, second = responses.select(on(opened.conn) & of_type("response.create"))
    assert (warm.body["generate"], warm.input, warm.previous_response_id) == (False, [], None)
    assert goes_on(first)
    assert "generate" not in first.body
    assert [item["type"] for item in second.input] == ["function_call_output"]
    assert second.output_of("c1").endswith("README\n")
    assert_balanced(second.logical_input)


async def test_the_handshake_says_who_asks(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Ids, credentials, the beta's name; no turn state, for the socket outlives the turn."""
    responses.reply(message("hi"))
    thread = await wired(codex).start()
    await thread.run("hello")
    (opened,) = upgrades(journal)
    headers = responses.view(opened).headers
    assert headers["openai-beta"] == "responses_websockets=2026-02-06"
    assert headers["thread-id"] == headers["session-id"] == thread.id
    assert headers["x-client-request-id"] == thread.id
    assert headers["x-codex-window-id"] == f"{thread.id}:0"
    assert json.loads(headers["x-codex-turn-metadata"])["request_kind"] == "prewarm"
    assert "authorization" in headers
    assert "permessage-deflate" in headers["sec-websocket-extensions"]
    assert "x-codex-turn-state" not in headers


async def test_turns_share_the_connection_and_send_only_what_is_new(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Each turn's first frame goes on from the last response; what the model is to see is all."""
    for text in ("one", "two", "three"):
        responses.reply(message(text))
    thread = await wired(codex).start()
    for text in ("first", "second", "third"):
        await thread.run(text)
    assert len(upgrades(journal)) == 1
    sent = frames(responses)
    assert [len(request.input) for request in sent[1:]] == [1, 1]
    assert all(map(goes_on, sent))
    assert sent[-1].texts("user")[-3:] == ["first", "second", "third"]
    assert sent[-1].texts("assistant") == ["one", "two"]
    ids = {request.body["client_metadata"]["turn_id"] for request in sent}
    assert len(ids) == 3


async def test_metadata_is_of_the_request_and_not_of_the_connection(
    responses: MockResponses, codex: Codex
) -> None:
    """Kind and turn change from frame to frame; a frame says when it was sent."""
    responses.reply(message("hi"))
    thread = await wired(codex).start()
    extras = {"mine": "1"}
    given = UserInput(items=user_text("hello").items, responsesapi_client_metadata=extras)
    turn = await thread.submit_op(given)
    await thread.wait_for(of_type("task_complete"))
    (warm,), (sent,) = warm_ups(responses), frames(responses)
    told = [
        json.loads(each.body["client_metadata"]["x-codex-turn-metadata"]) for each in (warm, sent)
    ]
    assert [each["request_kind"] for each in told] == ["prewarm", "turn"]
    assert [each["turn_id"] for each in told] == ["", turn]
    assert "turn_started_at_unix_ms" not in told[0]
    assert told[1]["mine"] == "1"
    assert "mine" not in sent.body["client_metadata"]
    for each in (warm, sent):
        assert int(each.body["client_metadata"]["x-codex-ws-stream-request-start-ms"]) > 0


async def test_an_agent_without_websockets_never_asks_for_one(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The provider's setting decides."""
    responses.reply(message("hi"))
    thread = await codex.start()
    assert await thread.run("hello") == "hi"
    assert not upgrades(journal)
    assert len(posts(responses)) == 1


async def test_a_response_that_broke_off_is_asked_for_whole_and_anew(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The next frame is on another connection and names no response; what was done is in it."""
    responses.reply(
        stream(
            created(),
            output_item_added(message("part")),
            text_delta("part"),
            output_item_done(),
            cut(),
        )
    )
    responses.reply(message("whole"))
    responses.reply(message("next"))
    thread = await wired(codex).start()
    assert await thread.run("go") == "whole"
    assert await thread.run("go on") == "next"
    assert len(upgrades(journal)) == 2
    broken, again, following = frames(responses)
    assert [goes_on(each) for each in (broken, again, following)] == [True, False, True]
    assert again.texts("assistant") == ["part"]
    assert not [event for event in thread.events if event.type == "stream_error"]


BREAKS: dict[str, tuple[Any, ...]] = {
    "the connection is cut": (stream(created(), cut()),),
    "the connection is reset": (stream(created(), reset()),),
    "the response failed": (stream(created(), failed("server_error", "sorry")),),
    "an error frame": (error_frame(500, message="broken"),),
    "the connection is full": (connection_limit_reached(),),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_every_break_costs_the_connection_and_one_retry(
    responses: MockResponses, codex: Codex, journal: Journal, name: str
) -> None:
    """A second attempt, on another connection, completes the turn; nobody is told of the first."""
    responses.reply(*BREAKS[name])
    responses.reply(message("there"))
    thread = await wired(codex, retries=1).start()
    assert await thread.run("go") == "there"
    assert len(upgrades(journal)) == 2
    assert [goes_on(each) for each in frames(responses)] == [True, False]
    assert not posts(responses)
    assert not [e for e in thread.events if e.type in ("stream_error", "warning")]


async def test_the_second_break_is_told(responses: MockResponses, codex: Codex) -> None:
    """From the second repetition on the user hears of it, with the reason."""
    for _ in range(2):
        responses.reply(stream(created(), failed("server_error", "sorry")))
    responses.reply(message("there"))
    thread = await wired(codex, retries=3).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "there"
    (told,) = [event for event in turn.events if event.type == "stream_error"]
    assert told.get("message") == "Reconnecting... 2/3"
    assert "sorry" in told.get("additional_details")
    pauses = [event.get("seconds") for event in responses.journal.select(of_type("sleep"))]
    assert pauses == [0.2, 0.4]


async def test_what_cannot_help_is_not_repeated(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """An error that would only come again ends the turn at once, without a fallback."""
    responses.reply(error_frame(400, message="no such thing"))
    responses.reply(message("fine"))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await turn.ended()
    (error,) = [event for event in turn.events if event.type == "error"]
    assert "no such thing" in error.get("message")
    assert len(frames(responses)) == 1
    assert await thread.run("again") == "fine"
    assert len(upgrades(journal)) == 2
    assert not goes_on(frames(responses)[-1])


async def test_limits_are_told_by_events_of_the_socket(
    responses: MockResponses, codex: Codex
) -> None:
    """`codex.rate_limits` fills the account; the turn's last count has it."""
    limits = rate_limits(primary=window(42, window_minutes=60, reset_at=1_900_000_000))
    responses.reply(codex_rate_limits(limits), message("hi"))
    thread = await wired(codex).start()
    turn = await thread.submit("hello")
    await turn.completed()
    counts = [event for event in turn.events if event.type == "token_count"]
    assert counts[-1].get("rate_limits.primary.used_percent") == 42


async def test_what_the_server_says_between_two_turns_counts(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Limits are taken in with the next request; remains of the last response are not."""
    for text in ("one", "two"):
        responses.reply(message(text))
    thread = await wired(codex).start()
    await thread.run("first")
    (opened,) = upgrades(journal)
    limits = rate_limits(primary=window(77, window_minutes=60, reset_at=1_900_000_000))
    await responses.push(opened, codex_rate_limits(limits))
    turn = await thread.submit("second")
    assert await turn.completed() == "two"
    counts = [event for event in turn.events if event.type == "token_count"]
    assert counts[-1].get("rate_limits.primary.used_percent") == 77
    assert len(upgrades(journal)) == 1


async def test_a_connection_that_was_closed_between_two_turns_costs_nothing(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The next turn opens another at once: no retry, and the whole input."""
    for text in ("one", "two"):
        responses.reply(message(text))
    thread = await wired(codex, retries=0).start()
    await thread.run("first")
    (opened,) = upgrades(journal)
    await responses.push(opened, close(1000))
    await journal.wait_for(kind("frame") & head("close") & direction("in") & on(opened.conn))
    assert await thread.run("second") == "two"
    assert len(upgrades(journal)) == 2
    assert [goes_on(each) for each in frames(responses)] == [True, False]


async def test_agents_have_connections_of_their_own(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Two threads, two sockets, two chains of responses."""
    threads = [await wired(codex).start() for _ in range(2)]
    for number, thread in enumerate(threads):
        responses.reply(message(f"to {number}"))
        assert await thread.run("go") == f"to {number}"
    assert len(upgrades(journal)) == 2
    conns = {request.conn for request in frames(responses)}
    assert len(conns) == 2


@pytest.mark.parametrize("frames_are", ["deflated", "plain"])
async def test_compression_is_the_servers_choice(
    responses: MockResponses, codex: Codex, frames_are: str
) -> None:
    """With or without permessage-deflate the same turn."""
    responses.websocket_compression = frames_are == "deflated"
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("done " * 2000))
    thread = await wired(codex).start()
    assert await thread.run("go " * 2000) == "done " * 2000


async def test_a_shutdown_ends_the_connection(codex: Codex, journal: Journal) -> None:
    """Nothing of it stays open, used or not."""
    thread = await wired(codex).start()
    await journal.wait_for(of_type("response.completed"))
    await codex.stop()
    assert thread.events[-1].type == "shutdown_complete"
    (opened,) = upgrades(journal)
    await journal.wait_for(kind("close") & on(opened.conn))


@pytest.mark.parametrize(
    "marks", [(), (is_prewarm,)], ids=["during the handshake", "during the warm-up"]
)
async def test_the_stage_ends_beside_a_warm_up(marks: tuple[Mark, ...]) -> None:
    """An agent that is stopped while it warms up leaves no task and no connection behind."""
    async with Stage() as stage:
        gate = stage.responses.gate("held")
        if marks:
            stage.responses.reply(gate, when=is_prewarm)
        else:
            stage.responses.greet(before=gate)
        await wired(stage.codex()).start()
        await gate.reached()
        stage.waive("unanswered")


async def test_a_message_that_declines_is_told_and_not_kept(
    responses: MockResponses, codex: Codex
) -> None:
    """The next request goes on from the response without it, as the reference client's does."""
    responses.reply(stream(created(), DECLINED, completed()))
    responses.reply(message("fine"))
    thread = await wired(codex, retries=0).start()
    assert await thread.run("go") == SAID
    assert await thread.run("go on") == "fine"
    second = frames(responses)[1]
    assert goes_on(second)
    assert [each["role"] for each in second.body["input"]] == ["user"]


@pytest.mark.explore(0)  # its matter is size, not order
async def test_a_response_of_ten_megabytes_comes_whole(
    responses: MockResponses, codex: Codex
) -> None:
    """One long delta, and an item as long."""
    text = "x" * 10_000_000
    responses.reply(message(text))
    thread = await wired(codex).start()
    assert await thread.run("go") == text


async def test_the_shortest_response_is_enough(responses: MockResponses, codex: Codex) -> None:
    """An item that is done, and a completion: no deltas, not even the item's beginning."""
    responses.reply(minimal(message("short")))
    thread = await wired(codex).start()
    assert await thread.run("go") == "short"
