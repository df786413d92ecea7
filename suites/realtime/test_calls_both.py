"""A call with a true peer and a sideband: one session, of which both are told everything."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import connect

from agent_rehearsal import Stage, close, direction, head, kind, of_type
from mock_realtime import joins, message, peers, speech
from suites.realtime.dialogue import GA, Dialogue

if TYPE_CHECKING:
    from suites.realtime.peer import Client

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        find_spec(peers.LIBRARY) is None, reason="needs aiortc: install agent-rehearsal[webrtc]"
    ),
]
AUDIO = "response.output_audio.delta"


def dial(stage: Stage) -> "AbstractAsyncContextManager[Client]":
    """A client that has made a call."""
    from suites.realtime.peer import connected

    return connected(stage, json.dumps(GA))


@asynccontextmanager
async def both(stage: Stage) -> AsyncIterator[tuple["Client", Dialogue]]:
    """The data channel of a call, and its sideband, on which nothing is compressed; both have been
    greeted.
    """
    async with dial(stage) as client:
        (made,) = stage.realtime.calls
        url = f"{stage.realtime.websocket_url}?call_id={made.id}"
        async with connect(url, compression=None) as socket:
            sideband = Dialogue(socket)
            await sideband.hear("session.created")
            await until(client, "session.created")
            yield client, sideband


async def until(client: "Client", type: str) -> list[Any]:
    """The next events on the data channel, up to the first of this type."""
    found = [json.loads(await client.received())]
    while found[-1]["type"] != type:
        found.append(json.loads(await client.received()))
    return found


async def test_there_is_one_session(live: Stage) -> None:
    """Each is greeted with its id, and is told what the other has done; what came is of both."""
    async with both(live) as (client, sideband):
        (session,) = live.realtime.sessions
        assert sideband.came[0]["session"]["id"] == session.id
        updated = {**GA, "instructions": "be brief"}
        await sideband.ask("session.update", "session.updated", session=updated)
        (told,) = await until(client, "session.updated")
        assert told["session"]["instructions"] == "be brief"
        client.events.send(json.dumps({"type": "response.create"}))
        heard = await until(client, "response.done")
        done = await sideband.hear("response.done")
        assert done == heard[-1]
        assert session is await live.realtime.session(joins())
        assert session is await live.realtime.session(of_type("response.create"))
        assert [item["id"] for item in session.items] == [done["response"]["output"][0]["id"]]
    assert [view.type for view in session.received()] == ["session.update", "response.create"]


async def test_both_hear_the_same_in_the_same_order(live: Stage) -> None:
    """Whoever asked; sound is played to the peer, and is no event on either."""
    live.realtime.reply(speech("one ", b"\1\0" * 480, "two"))
    async with both(live) as (client, sideband):
        await sideband.ask("response.create", "response.done")
        client.events.send(json.dumps({"type": "input_audio_buffer.clear"}))
        heard = await until(client, "input_audio_buffer.cleared")
        await sideband.hear("input_audio_buffer.cleared")
    assert [event["event_id"] for event in heard] == [e["event_id"] for e in sideband.came[1:]]
    assert AUDIO not in {event["type"] for event in heard}
    assert len(live.journal.select(kind("frame") & direction("out") & head("audio"))) == 1


async def test_an_answer_that_was_given_often_is_for_both(live: Stage) -> None:
    """It is composed each time, and said to each of them."""
    async with both(live) as (client, sideband):
        for _ in range(4):
            done = await sideband.ask("response.create", "response.done")
            assert (await until(client, "response.done"))[-1] == done


async def test_the_test_ends_all_of_it(live: Stage) -> None:
    """A session that is closed is closed for each."""
    async with both(live) as (client, sideband):
        await (await live.realtime.session()).close(4001)
        async with asyncio.timeout(20):
            await sideband.client.wait_closed()
            await client.closed.wait()
    assert sideband.client.close_code == 4001


async def test_one_may_stop_what_the_other_asked_for(live: Stage) -> None:
    """There is one active response for both."""
    live.realtime.reply(message("a", live.realtime.gate("never"), "b"))
    async with both(live) as (client, sideband):
        client.events.send(json.dumps({"type": "response.create"}))
        await sideband.hear("response.created")
        refused = await sideband.ask("response.create", "error")
        assert refused["error"]["code"] == "conversation_already_has_active_response"
        await sideband.tell("response.cancel")
        done = (await until(client, "response.done"))[-1]
    assert done["response"]["status"] == "cancelled"


async def test_what_the_peer_says_is_in_the_buffer(live: Stage) -> None:
    """The sideband may make an item of it."""
    from suites.realtime.peer import TONE

    async with both(live) as (client, sideband):
        manual = {**GA, "audio": {"input": {"turn_detection": None}}}
        await sideband.ask("session.update", "session.updated", session=manual)
        client.microphone.play(TONE)
        spoken = kind("frame") & direction("in") & head("audio")
        await live.journal.wait_count(spoken, 10, timeout=20)
        item = await sideband.ask("input_audio_buffer.commit", "conversation.item.added")
        assert item["item"]["content"][0]["type"] == "input_audio"
    live.assert_no_findings("empty-commit")


async def test_an_end_of_the_sideband_is_its_own(live: Stage) -> None:
    """The call goes on without it."""
    live.realtime.reply(close(4000), when=of_type("leave"))
    async with both(live) as (client, sideband):
        await sideband.tell("leave")
        await sideband.client.wait_closed()
        client.events.send(json.dumps({"type": "response.create"}))
        await until(client, "response.done")
        assert not live.realtime.calls[0].taken


async def test_the_end_of_the_call_is_the_sideband_s_too(live: Stage) -> None:
    """It is closed in good order when the client has left."""
    async with dial(live) as client:
        (made,) = live.realtime.calls
        socket = await connect(f"{live.realtime.websocket_url}?call_id={made.id}")
        sideband = Dialogue(socket)
        await sideband.hear("session.created")
        await client.pc.close()
        async with asyncio.timeout(20):
            await socket.wait_closed()
    assert (socket.close_code, socket.close_reason) == (1000, "the call was left by the client")
    assert made.ended
