"""The session of a call is one: on its sidebands, one after the other, and on its data channel."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from agent_rehearsal import Stage, close, direction, head, on
from mock_realtime import RealtimeSession, function_call, joins, message
from suites.realtime.dialogue import GA, Dialogue
from suites.realtime.offers import OFFER, call, multipart, post

pytestmark = pytest.mark.explore


@asynccontextmanager
async def sideband(stage: Stage, id: str) -> AsyncIterator[Dialogue]:
    """A WebSocket that joins a call."""
    async with connect(f"{stage.realtime.websocket_url}?call_id={id}") as client:
        yield Dialogue(client)


async def left(stage: Stage) -> RealtimeSession:
    """The session, once the first who joined it has left."""
    (session,) = stage.realtime.sessions
    await stage.journal.wait_for(on(session.conn) & head("close") & direction("out"))
    return session


async def test_the_sideband_alone_is_the_session(live: Stage) -> None:
    """It begins with what the call asked for, and is told of as any session."""
    asked = json.dumps({**GA, "instructions": "be brief"})
    headers, body = multipart(sdp=("application/sdp", OFFER), session=("application/json", asked))
    _, found, _ = await post(live, "calls", body, **headers)
    async with sideband(live, found["location"].rpartition("/")[2]) as client:
        created = await client.hear("session.created")
        assert created["session"]["instructions"] == "be brief"
        await client.tell("response.create")
        await client.hear("response.done")
        (session,) = live.realtime.sessions
        assert session is await live.realtime.session(joins())
        assert [item["role"] for item in session.items] == ["assistant"]


async def test_a_sideband_that_comes_back_finds_the_session_as_it_was(live: Stage) -> None:
    """Its id, its settings, its items; there is one session, with all that came on either."""
    id = await call(live)
    async with sideband(live, id) as first:
        begun = await first.hear("session.created")
        updated = {**GA, "instructions": "mind the gap"}
        await first.ask("session.update", "session.updated", session=updated)
        await first.say("hello")
        await first.hear("conversation.item.done")
    session = await left(live)
    async with sideband(live, id) as second:
        shown = (await second.hear("session.created"))["session"]
        assert (shown["id"], shown["instructions"]) == (begun["session"]["id"], "mind the gap")
        asked = await second.ask("response.create", "response.done")
        assert asked["response"]["status"] == "completed"
        assert live.realtime.sessions == [session]
        assert [item["role"] for item in session.items] == ["user", "assistant"]
    types = [view.type for view in session.received()]
    assert types == ["session.update", "conversation.item.create", "response.create"]
    assert len(session.conns) == 2


async def test_a_response_goes_on_without_whoever_asked_for_it(live: Stage) -> None:
    """The one that comes back hears the rest of it, and that one is active until then."""
    gate = live.realtime.gate("half way")
    live.realtime.reply(message("a", gate, "b"))
    id = await call(live)
    async with sideband(live, id) as first:
        begun = await first.ask("response.create", "response.output_audio_transcript.delta")
        await gate.reached()
    await left(live)
    async with sideband(live, id) as second:
        refused = await second.ask("response.create", "error")
        assert begun["response_id"] in refused["error"]["message"]
        gate.open()
        done = await second.hear("response.done")
    assert done["response"]["id"] == begun["response_id"]


async def test_a_response_ends_with_its_call(live: Stage) -> None:
    """Though it is held at a gate that never opens."""
    live.realtime.reply(message("a", live.realtime.gate("never"), "b"))
    id = await call(live)
    async with sideband(live, id) as client:
        await client.ask("response.create", "response.created")
        assert (await post(live, f"calls/{id}/hangup"))[0] == 200
    (session,) = live.realtime.sessions
    assert session.active_response is None


async def test_a_response_that_is_held_ends_with_the_stage() -> None:
    """Though its call goes on, and nobody takes part in it any more."""
    async with Stage() as stage:
        stage.realtime.reply(message("a", stage.realtime.gate("never"), "b"))
        async with sideband(stage, await call(stage)) as client:
            await client.ask("response.create", "response.created")
        await left(stage)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("how", ["by the session", "by a mark"])
async def test_an_end_that_the_test_makes_is_for_who_is_there(live: Stage, how: str) -> None:
    """The first has left already."""
    id = await call(live)
    async with sideband(live, id) as first:
        await first.hear("session.created")
    session = await left(live)
    async with sideband(live, id) as second:
        await second.hear("session.created")
        await (session.close(4001) if how == "by the session" else session.send(close(4001)))
        await second.client.wait_closed()
    assert second.client.close_code == 4001


async def test_what_the_test_says_goes_to_who_is_there(live: Stage) -> None:
    """Also when the first has left."""
    id = await call(live)
    async with sideband(live, id) as first:
        await first.hear("session.created")
    session = await left(live)
    with pytest.raises(ConnectionError):
        await session.send({"type": "lost"})
    async with sideband(live, id) as second:
        await second.hear("session.created")
        await session.send({"type": "told"})
        await second.hear("told")


async def test_a_greeting_is_for_who_comes(live: Stage) -> None:
    """One that ends the connection ends that alone; the call can be joined again."""
    live.realtime.greet(close(4000), when=joins())
    id = await call(live)
    async with sideband(live, id) as first:
        with pytest.raises(ConnectionClosed):
            await first.hear("anything")
    async with sideband(live, id) as second:
        await second.hear("session.created")


async def test_a_conduct_is_of_the_session(live: Stage) -> None:
    """What the first sideband was told, the second knows: it answers the call of a function."""
    live.realtime.reply(function_call("f", {}, call_id="c1"))
    id = await call(live)
    async with sideband(live, id) as first:
        await first.ask("response.create", "response.done")
    await left(live)
    async with sideband(live, id) as second:
        item = {"type": "function_call_output", "call_id": "c1", "output": "1"}
        await second.ask("conversation.item.create", "conversation.item.done", item=item)
    live.assert_no_findings("unknown-call")
