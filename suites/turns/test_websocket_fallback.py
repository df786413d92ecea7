"""When WebSockets do not work: what is tried again, and how a thread goes over to HTTP for good."""

import pytest

from agent_rehearsal import Journal, cut, delay, of_type, stall
from agent_rehearsal.face.agent import Codex, Turn
from mock_responses import MockResponses, created, is_prewarm, message, status, stream
from suites.turns.compacting import AUTO, FULL, asked
from suites.turns.wires import FELL_BACK, frames, goes_on, posts, upgrades, warm_ups, wired

pytestmark = pytest.mark.explore


def told(turn: Turn, kind: str) -> list[str]:
    return [event.get("message") for event in turn.events if event.type == kind]


async def test_a_server_that_wants_no_websockets_is_asked_once(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """426 to the warm-up: the turn goes over HTTP, without a pause, a retry or a word about it."""
    responses.websockets = False
    for text in ("one", "two"):
        responses.reply(message(text))
    thread = await wired(codex).start()
    turn = await thread.submit("first")
    assert await turn.completed() == "one"
    assert await thread.run("second") == "two"
    assert len(upgrades(journal)) == 1
    assert len(posts(responses)) == 2
    assert told(turn, "warning") == told(turn, "stream_error") == []
    assert not journal.select(of_type("sleep"))


async def test_a_server_that_changes_its_mind_within_a_turn_gets_the_same_request(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """426 to a reconnect: the request that was to be sent goes over HTTP, whole."""
    responses.reply(stream(created(), cut()))
    responses.reply(message("over http"))
    responses.greet(before=delay(0))
    responses.greet(status(426))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "over http"
    (framed,), (posted,) = frames(responses), posts(responses)
    assert posted.input == framed.logical_input
    assert len(upgrades(journal)) == 2
    assert told(turn, "warning") == []


async def test_when_retries_are_used_up_the_thread_falls_back(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """One attempt to warm up, three for the turn, then HTTP with a warning; it stays there."""
    responses.greet(status(500), times=4)
    for text in ("one", "two"):
        responses.reply(message(text))
    thread = await wired(codex, retries=2).start()
    turn = await thread.submit("first")
    assert await turn.completed() == "one"
    assert await thread.run("second") == "two"
    assert len(upgrades(journal)) == 4
    assert len(posts(responses)) == 2
    assert told(turn, "stream_error") == ["Reconnecting... 2/2"]
    (warned,) = told(turn, "warning")
    assert warned.startswith(FELL_BACK)
    pauses = [entry.get("seconds") for entry in journal.select(of_type("sleep"))]
    assert pauses == [0.2, 0.4]


async def test_http_has_a_budget_of_its_own(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """After the fallback retries are counted anew, and each is told."""
    responses.reply(stream(created(), cut()), times=3)
    responses.reply(message("at last"))
    thread = await wired(codex, retries=1).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "at last"
    assert len(frames(responses)) == 2
    assert len(posts(responses)) == 2
    assert told(turn, "stream_error") == ["Reconnecting... 1/1"]
    assert len(told(turn, "warning")) == 1


async def test_when_http_fails_too_the_turn_fails(responses: MockResponses, codex: Codex) -> None:
    """There is no way back: the last error ends the turn, and the next one goes over HTTP."""
    responses.reply(stream(created(), cut()), times=2)
    responses.reply(message("next"))
    thread = await wired(codex, retries=0).start()
    turn = await thread.submit("go")
    await turn.ended()
    assert len(told(turn, "error")) == 1
    assert await thread.run("again") == "next"
    assert len(frames(responses)) == 1
    assert len(posts(responses)) == 2


REFUSALS = {
    "with 200": (200, "unexpected status 200"),
    "with 401": (401, "unexpected status 401"),
    "with 404": (404, "unexpected status 404"),
    "with 502": (502, "unexpected status 502"),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refused_handshake_is_tried_again(
    responses: MockResponses, codex: Codex, journal: Journal, name: str
) -> None:
    """Each refusal costs one retry; the reason is told, with the socket's address."""
    code, text = REFUSALS[name]
    responses.greet(status(code), times=3)
    responses.reply(message("there"))
    thread = await wired(codex, retries=2).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "there"
    assert len(upgrades(journal)) == 4
    assert len(frames(responses)) == 1
    (event,) = [event for event in turn.events if event.type == "stream_error"]
    assert text in event.get("additional_details")
    assert "url: ws://127.0.0.1:" in event.get("additional_details")


async def test_a_refusal_that_will_not_change_ends_the_turn(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """400: no retry and no fallback; its text is the error."""
    responses.greet(status(400, message="nope"), times=2)
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await turn.ended()
    (error,) = told(turn, "error")
    assert "nope" in error
    assert len(upgrades(journal)) == 2
    assert not posts(responses)


async def test_a_dropped_handshake_is_tried_again(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """A connection that ends without an answer is a connection that broke."""
    responses.greet(before=cut(), times=2)
    responses.reply(message("there"))
    thread = await wired(codex, retries=1).start()
    assert await thread.run("go") == "there"
    assert len(upgrades(journal)) == 3


async def test_a_handshake_without_an_answer_has_an_end(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """After the connect timeout it is given up, and in the end all of it."""
    responses.greet(before=stall(), times=2, optional=True)
    responses.reply(message("there"))
    thread = await wired(codex, retries=0, websocket_connect_timeout_ms=50).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "there"
    assert len(upgrades(journal)) <= 2
    assert told(turn, "warning") == [f"{FELL_BACK}request timed out"]
    assert len(posts(responses)) == 1


async def test_a_slow_handshake_is_waited_for(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The first turn takes the warm-up's connection, however long that took."""
    gate = responses.gate("accepting")
    responses.greet(before=gate)
    responses.reply(message("warm"))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await gate.reached()
    gate.open()
    assert await turn.completed() == "warm"
    assert len(upgrades(journal)) == 1
    assert len(warm_ups(responses)) == 1
    assert all(map(goes_on, frames(responses)))


async def test_a_warm_up_that_is_never_answered_is_given_up(
    responses: MockResponses, codex: Codex
) -> None:
    """The first turn waits as long as for a connection, then goes on cold on another one."""
    responses.reply(stall(), when=is_prewarm, optional=True)
    responses.reply(message("cold"))
    thread = await wired(codex, websocket_connect_timeout_ms=500).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "cold"
    (cold,) = frames(responses)
    assert not goes_on(cold)
    assert cold.conn not in [warm.conn for warm in warm_ups(responses)]
    assert told(turn, "warning") == told(turn, "stream_error") == []


async def test_a_warm_up_that_fails_costs_the_turn_nothing(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Its error is nobody's: the turn opens a connection and has all its retries."""
    responses.reply(stream(created(), cut()), when=is_prewarm)
    responses.reply(message("cold"))
    thread = await wired(codex, retries=0).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "cold"
    assert len(upgrades(journal)) == 2
    assert told(turn, "warning") == []


async def test_a_warm_up_that_is_answered_with_a_message_is_nothing_to_go_on_from(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The turn's input does not begin with it: the frame is whole, the connection the same."""
    responses.reply(message("who asked?"), when=is_prewarm)
    responses.reply(message("real"))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "real"
    assert len(upgrades(journal)) == 1
    assert [goes_on(each) for each in frames(responses)] == [False]
    assert "who asked?" not in told(turn, "agent_message")


async def test_silence_on_the_socket_has_an_end(responses: MockResponses, codex: Codex) -> None:
    """Without a message for the idle timeout the response is given up with its connection."""
    responses.reply(stream(created(), stall()))
    responses.reply(message("there"))
    thread = await wired(codex, retries=1, stream_idle_timeout_ms=500).start()
    assert await thread.run("go") == "there"
    silent, there = frames(responses)
    assert silent.conn != there.conn
    assert not goes_on(there)


async def test_a_compaction_falls_back_too(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """It has a connection of its own; where that is not to be had the thread goes over to HTTP."""
    responses.reply(message("done"), FULL)
    responses.reply(message("we did one"))
    responses.reply(message("hello"))
    thread = await codex(websockets=True, config=AUTO, provider={"stream_max_retries": 0}).start()
    await thread.run("one")
    responses.greet(status(500))
    assert await thread.run("two") == "hello"
    assert [each.entry.kind for each in asked(responses)] == ["frame", "request", "request"]
    assert len(upgrades(journal)) == 2
