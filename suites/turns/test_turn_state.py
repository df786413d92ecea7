"""The server's state of a turn: the first value wins, lives for one logical turn, and travels over
whichever transport the turn uses.
"""

import pytest

from agent_rehearsal import Journal, cut
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    completed,
    created,
    is_prewarm,
    message,
    response_metadata,
    shell_call,
    status,
    stream,
)
from mock_responses.items import Item
from mock_responses.structs import Event
from suites.turns.wires import COMMANDS, posts, turn_states, upgrades, wired

pytestmark = pytest.mark.explore

NAME = "x-codex-turn-state"


def says(value: str) -> Event:
    """The event by which a WebSocket tells a turn state."""
    return response_metadata(headers={NAME: value})


def calls(call_id: str) -> Item:
    return shell_call(call_id, "ls")


async def test_over_http_it_is_a_header_of_the_turns_later_requests(
    responses: MockResponses, codex: Codex
) -> None:
    """None before it was said, then always, and none in the next turn."""
    responses.reply(calls("c1"), turn_state="ts-1")
    responses.reply(message("done"))
    responses.reply(message("next"))
    thread = await codex(commands=COMMANDS).start()
    await thread.run("go")
    await thread.run("go on")
    assert turn_states(responses.requests) == [None, "ts-1", None]


async def test_over_a_websocket_it_is_in_the_metadata_of_the_turns_later_frames(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The same, though all of it is one connection; the warm-up said nothing."""
    responses.reply(says("ts-1"), calls("c1"))
    responses.reply(message("done"))
    responses.reply(message("next"))
    thread = await wired(codex).start()
    await thread.run("go")
    await thread.run("go on")
    assert turn_states(responses.requests) == [None, None, "ts-1", None]
    assert len(upgrades(journal)) == 1


async def test_the_first_turn_has_that_of_the_warm_up(
    responses: MockResponses, codex: Codex
) -> None:
    """What the warm-up was told is the first turn's, and no other's."""
    responses.reply(stream(says("ts-warm"), created(), completed()), when=is_prewarm)
    responses.reply(message("one"))
    responses.reply(message("two"))
    thread = await wired(codex).start()
    await thread.run("go")
    await thread.run("go on")
    assert turn_states(responses.requests) == [None, "ts-warm", None]


@pytest.mark.parametrize("over", ["http", "websocket"])
async def test_later_values_are_not_heard(
    responses: MockResponses, codex: Codex, over: str
) -> None:
    """However often the server says another one, the turn keeps its first."""
    for number, call_id in enumerate(("c1", "c2"), start=1):
        responses.reply(calls(call_id), turn_state=f"ts-{number}")
    responses.reply(message("done"), turn_state="ts-3")
    responses.reply(message("next"))
    agent = wired(codex) if over == "websocket" else codex(commands=COMMANDS)
    thread = await agent.start()
    await thread.run("go")
    await thread.run("go on")
    said = turn_states(responses.requests)
    assert said[-4:] == [None, "ts-1", "ts-1", None]


async def test_it_survives_a_reconnect(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """It belongs to the turn: another connection is told it as well, and replaces nothing."""
    responses.reply(stream(says("ts-1"), created(), cut()))
    responses.reply(says("ts-2"), calls("c1"))
    responses.reply(message("done"))
    thread = await wired(codex).start()
    assert await thread.run("go") == "done"
    assert turn_states(responses.requests) == [None, None, "ts-1", "ts-1"]
    assert len(upgrades(journal)) == 2


async def test_it_survives_the_fallback_to_http(responses: MockResponses, codex: Codex) -> None:
    """What was said over the WebSocket is a header from then on."""
    responses.reply(stream(says("ts-1"), created(), cut()))
    responses.reply(calls("c1"), turn_state="ts-2")
    responses.reply(message("done"))
    thread = await wired(codex, retries=0).start()
    assert await thread.run("go") == "done"
    assert turn_states(posts(responses)) == ["ts-1", "ts-1"]


async def test_it_survives_a_retry_over_http(responses: MockResponses, codex: Codex) -> None:
    """A response that breaks off has said it all the same; a refusal has not."""
    responses.reply(status(500, headers={NAME: "ts-0"}))
    responses.reply(stream(created(), cut()), turn_state="ts-1")
    responses.reply(message("done"))
    provider = {"stream_max_retries": 2, "request_max_retries": 0}
    thread = await codex(provider=provider).start()
    assert await thread.run("go") == "done"
    assert turn_states(responses.requests) == [None, None, "ts-1"]


async def test_http_hears_it_in_headers_alone(responses: MockResponses, codex: Codex) -> None:
    """The WebSocket's event says nothing there."""
    responses.reply(says("ts-1"), calls("c1"))
    responses.reply(message("done"))
    thread = await codex(commands=COMMANDS).start()
    await thread.run("go")
    assert turn_states(responses.requests) == [None, None]


async def test_a_handshake_does_not_say_it(responses: MockResponses, codex: Codex) -> None:
    """A connection outlives the turn, so what its handshake says is no turn's."""
    responses.greet(headers={NAME: "ts-socket"})
    responses.reply(calls("c1"))
    responses.reply(message("done"))
    thread = await wired(codex).start()
    await thread.run("go")
    assert turn_states(responses.requests) == [None, None, None]
