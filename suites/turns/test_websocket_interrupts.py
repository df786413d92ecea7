"""Interrupts and input over a WebSocket, at every stage: no request after an abort, no tool after a
cancel, and every input answered or given back.
"""

import asyncio

import pytest

from agent_rehearsal import Entry, Journal, kind, of_type, on
from agent_rehearsal.face.agent import AgentThread, Codex, Turn
from mock_responses import (
    MockResponses,
    RequestView,
    asks,
    is_prewarm,
    message,
    shell_call,
    status,
)
from suites.turns.balance import assert_balanced
from suites.turns.points import POINTS, kept, read_up_to, split
from suites.turns.wires import frames, goes_on, posts, upgrades, warm_ups, wired

pytestmark = pytest.mark.explore


async def go_on(thread: AgentThread, responses: MockResponses, turn: Turn) -> RequestView:
    """The next turn works and its request is the first after the abort; returns that request."""
    responses.reply(message("going on"))
    assert await thread.run("go on") == "going on"
    last: RequestView = responses.requests[-1]
    aborted = await turn.wait_for(of_type("turn_aborted"))
    after = [r for r in responses.requests if r.entry.seq > aborted.seq and not is_prewarm(r.entry)]
    assert [request.entry for request in after] == [last.entry]
    assert_balanced(last.logical_input)
    assert last.texts("user")[-1] == "go on"
    return last


def given_back(ended: Entry) -> list[str]:
    """The texts that a turn ended without having told them to the model."""
    unconsumed = ended.get("unconsumed_input") or ()
    return [item["text"] for given in unconsumed for item in given["items"]]


@pytest.mark.parametrize("point", POINTS)
async def test_an_interrupt_ends_a_turn_at_every_point_of_a_response(
    responses: MockResponses, codex: Codex, journal: Journal, point: str
) -> None:
    """The items that were done are kept; the next request is whole, and on a connection of its own
    where the response still runs.
    """
    at = POINTS[point]
    gate = responses.gate(point)
    responses.reply(split(at, gate))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await read_up_to(turn, gate, at)
    await thread.interrupt()
    assert (await turn.ended()).get("reason") == "interrupted"
    (opened,) = upgrades(journal)
    request = await go_on(thread, responses, turn)
    await journal.wait_for(kind("close") & on(opened.conn))
    assert not goes_on(request)
    assert len(upgrades(journal)) == 2
    first = frames(responses)[0].logical_input
    assert request.input[: len(first)] == first
    new = [item["type"] for item in request.input[len(first) :]]
    assert new == [*kept(at), "message", "message"]


async def test_an_interrupt_during_the_handshake_gives_the_input_back(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Nothing of the turn was said to anybody; the next one takes the warm-up over."""
    gate = responses.gate("accepting")
    responses.greet(before=gate)
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await gate.reached()
    await thread.interrupt()
    ended = await turn.ended()
    assert given_back(ended) == ["go"]
    gate.open()
    request = await go_on(thread, responses, turn)
    assert "go" not in request.texts("user")
    assert len(upgrades(journal)) == 1
    assert len(warm_ups(responses)) == 1


async def test_an_interrupt_during_the_warm_up_gives_the_input_back(
    responses: MockResponses, codex: Codex
) -> None:
    """The warm-up goes on; what joined the turn meanwhile comes back with it."""
    gate = responses.gate("warming")
    responses.reply(gate, message("warm"), when=is_prewarm)
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await gate.reached()
    assert (await thread.submit("and more")).id == turn.id
    await thread.interrupt()
    assert given_back(await turn.ended()) == ["go", "and more"]
    gate.open()
    request = await go_on(thread, responses, turn)
    assert "and more" not in request.texts("user")


async def test_an_interrupt_during_a_reconnect_sends_nothing(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The handshake is given up with its connection; the input stays in history."""
    gate = responses.gate("accepting")
    responses.greet(status(400))
    responses.greet(before=gate)
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await gate.reached()
    await thread.interrupt()
    assert given_back(await turn.ended()) == []
    assert not responses.requests
    request = await go_on(thread, responses, turn)
    assert "go" in request.texts("user")


async def test_an_interrupt_between_a_tool_and_its_follow_up_keeps_the_connection(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """No response was under way: the socket is good, and what the server knows still holds."""
    responses.reply(shell_call("c1", "slow"))
    running = responses.gate("running")
    thread = await wired(codex)(commands={"slow": running}).start()
    turn = await thread.submit("go")
    await running.reached()
    await thread.interrupt()
    request = await go_on(thread, responses, turn)
    assert goes_on(request)
    assert request.output_of("c1").startswith("aborted by user after ")
    assert len(upgrades(journal)) == 1
    running.open()


async def test_an_interrupt_ends_the_pause_before_a_reconnect(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The request is not repeated, and HTTP is not tried."""
    responses.reply(status(500))
    thread = await wired(codex)(backoff=1000).start()
    turn = await thread.submit("go")
    await journal.wait_for(of_type("sleep"))
    await thread.interrupt()
    assert len(frames(responses)) == 1
    await go_on(thread, responses, turn)
    assert not posts(responses)


async def test_input_during_the_warm_up_joins_the_turn(
    responses: MockResponses, codex: Codex
) -> None:
    """The turn's own input is asked first; what joined it is answered next."""
    gate = responses.gate("accepting")
    responses.greet(before=gate)
    responses.reply(message("one"))
    responses.reply(message("both"), when=asks("and the other"))
    thread = await wired(codex).start()
    turn = await thread.submit("the one")
    await gate.reached()
    assert (await thread.submit("and the other")).id == turn.id
    gate.open()
    assert await turn.completed() == "both"
    first, second = frames(responses)
    assert first.texts("user")[-1] == "the one"
    assert second.texts("user")[-2:] == ["the one", "and the other"]


async def test_input_during_a_response_goes_on_from_it(
    responses: MockResponses, codex: Codex
) -> None:
    """The response is ended first; then one frame more, which has the input alone."""
    rest = responses.gate("rest")
    responses.reply(message("working", rest, " on it"))
    responses.reply(message("both done"), when=asks("and the other"))
    thread = await wired(codex).start()
    turn = await thread.submit("do the one")
    await rest.reached()
    await thread.submit("and the other")
    rest.open()
    assert await turn.completed() == "both done"
    last = frames(responses)[-1]
    assert goes_on(last)
    assert len(last.input) == 1
    assert last.texts("assistant") == ["working on it"]


async def test_input_during_a_pause_is_in_the_repeated_request(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """It joins the turn, and is answered: by the repetition or by one request more."""
    responses.reply(status(500))
    responses.reply(message("one"), optional=True)
    responses.reply(message("both"), when=asks("and more"))
    thread = await wired(codex)(backoff=0.01).start()
    turn = await thread.submit("go")
    await journal.wait_for(of_type("sleep"))
    assert (await thread.submit("and more")).id == turn.id
    assert await turn.completed() == "both"


@pytest.mark.parametrize("entry", range(2, 26, 3))
async def test_an_interrupt_at_any_entry_of_the_journal_is_clean(
    responses: MockResponses, codex: Codex, journal: Journal, entry: int
) -> None:
    """However far the turn has come, it is complete or aborted, and the next one works."""
    old, new = asks("make it"), asks("leave it")
    responses.reply(shell_call("c1", "ls"), when=old, optional=True)
    responses.reply(message("done"), when=old, optional=True)
    responses.reply(message("left"), when=new)
    thread = await wired(codex).start()
    interrupts: list[asyncio.Task[None]] = []

    def interrupt(found: Entry) -> None:
        if found.seq >= entry and not interrupts:
            interrupts.append(asyncio.ensure_future(thread.interrupt()))

    stop = journal.observe(interrupt)
    turn = await thread.submit("make it")
    ending = await turn.ended()
    stop()
    await asyncio.gather(*interrupts)
    assert await thread.run("leave it") == "left"
    late = [request for request in responses.select(old) if request.entry.seq > ending.seq]
    assert len(late) <= 1
    (request,) = responses.select(new)
    assert_balanced(request.logical_input)
    assert ("make it" in request.texts("user")) == (given_back(ending) == [])
