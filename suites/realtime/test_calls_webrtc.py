"""Calls with a true peer at both ends: events, audio both ways, and their end."""

import asyncio
import base64
import json
from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from agent_rehearsal import Stage, close, cut, direction, head, kind, of_type, on, split_utf8
from agent_rehearsal.wire import within
from mock_realtime import peers
from suites.realtime.offers import OFFER, call, multipart, post

if TYPE_CHECKING:
    from suites.realtime.peer import Client

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        find_spec(peers.LIBRARY) is None, reason="needs aiortc: install agent-rehearsal[webrtc]"
    ),
]
HEARD = kind("frame") & direction("in") & head("audio")


def dial(stage: Stage, session: str = "{}") -> "AbstractAsyncContextManager[Client]":
    """A client that has made a call."""
    from suites.realtime.peer import connected

    return connected(stage, session)


async def until(client: "Client", type: str) -> Any:
    """The next event of this type."""
    while (event := json.loads(await client.received()))["type"] != type:
        pass
    return event


async def test_events_cross_the_data_channel(stage: Stage) -> None:
    """They are recorded as frames of one connection, which the request of the call has opened."""
    stage.realtime.reply({"type": "answered", "text": "é"}, when=of_type("asked"))
    async with dial(stage) as client:
        client.events.send('{"type": "asked"}')
        assert (await until(client, "answered"))["text"] == "é"
    asked = await stage.realtime.wait_for(of_type("asked"))
    assert asked.text == '{"type": "asked"}'
    (made,) = stage.realtime.calls
    assert asked.conn.opened is made.entry is not None
    assert asked.entry.re == made.entry.seq
    sent = stage.journal.select(on(asked.conn) & direction("out") & of_type("answered"))
    assert [entry.head for entry in sent] == ["text"]


async def test_the_session_of_the_call_is_that_of_the_channel(stage: Stage) -> None:
    """What stood in the form is what the first event tells."""
    stage.realtime.reactive = True
    asked = {"type": "realtime", "instructions": "be brief"}
    async with dial(stage, json.dumps(asked)) as client:
        created = await until(client, "session.created")
    assert created["session"]["instructions"] == "be brief"


async def test_what_the_client_says_is_recorded(stage: Stage) -> None:
    """As PCM of 24 kHz, a frame of the same connection for each 20 ms."""
    from suites.realtime.peer import TONE

    async with dial(stage) as client:
        client.microphone.play(TONE)
        view = await stage.realtime.wait_for(HEARD & loud, timeout=20)
    assert len(view.entry.raw) == 2 * 480
    assert view.conn.opened is stage.realtime.calls[0].entry


def loud(entry: Any) -> bool:
    """Whether there is more than silence in a piece of audio."""
    return max(map(abs, memoryview(entry.raw).cast("h"))) > 500


async def test_audio_of_a_reply_is_played(stage: Stage) -> None:
    """On a call it goes out as media, not as an event; the events around it go their way."""
    from suites.realtime.peer import TONE

    delta = base64.b64encode(TONE).decode()
    stage.realtime.reply(
        {"type": "response.output_audio.delta", "delta": delta},
        {"type": "said"},
        when=of_type("speak"),
    )
    async with dial(stage) as client:
        client.events.send('{"type": "speak"}')
        seen = [json.loads(await client.received())["type"]]
        while seen[-1] != "said":
            seen.append(json.loads(await client.received())["type"])
        assert await client.loudest() > 500
    assert "response.output_audio.delta" not in seen
    (played,) = stage.journal.select(kind("frame") & direction("out") & head("audio"))
    assert played.raw == TONE


async def test_hanging_up_ends_the_connection(stage: Stage) -> None:
    """The client's channel closes."""
    async with dial(stage) as client:
        (made,) = stage.realtime.calls
        assert (await post(stage, f"calls/{made.id}/hangup"))[0] == 200
        async with asyncio.timeout(20):
            await client.closed.wait()


@pytest.mark.parametrize("end", [close(), cut()], ids=["close", "cut"])
async def test_a_reply_can_end_it(stage: Stage, end: object) -> None:
    """In good order or not, the channel closes."""
    stage.realtime.reply(end, when=of_type("end"))
    async with dial(stage) as client:
        client.events.send('{"type": "end"}')
        async with asyncio.timeout(20):
            await client.closed.wait()


async def test_a_client_that_leaves_ends_the_call(stage: Stage) -> None:
    """It is recorded, and nobody can join any more."""
    async with dial(stage):
        (made,) = stage.realtime.calls
    left = await stage.journal.wait_for(kind("close") & head("client left"), timeout=20)
    assert made.entry is not None
    assert left.re == made.entry.seq
    assert made.state == "left by the client"


async def test_binary_messages_and_parts_of_one(stage: Stage) -> None:
    """Bytes are bytes both ways; what is divided arrives in one message."""
    stage.realtime.reply(
        within(split_utf8(), at=3), {"type": "answered", "text": "é"}, when=of_type("asked")
    )
    async with dial(stage) as client:
        client.events.send(b'{"type": "asked"}')
        assert (await until(client, "answered"))["text"] == "é"
    asked = await stage.realtime.wait_for(of_type("asked"))
    assert asked.entry.head == "binary"


async def test_the_formal_answer_is_one_that_a_peer_accepts(stage: Stage) -> None:
    """Nobody is behind it, but its form is right."""
    from suites.realtime.peer import Client

    stage.realtime.webrtc = False
    client = Client()
    try:
        headers, body = multipart(sdp=("application/sdp", await client.offer()))
        status, _, text = await post(stage, "calls", body, **headers)
        assert status == 201
        await client.accept(text)
    finally:
        await client.pc.close()


async def test_a_peer_can_be_demanded(stage: Stage) -> None:
    """Then an offer to which nobody could connect is refused."""
    stage.realtime.webrtc = True
    status, _, text = await post(stage, "calls", OFFER, content_type="application/sdp")
    assert (status, json.loads(text)["error"]["code"]) == (400, "invalid_offer")
    assert "lacks ice-ufrag" in json.loads(text)["error"]["message"]
    assert stage.realtime.calls == []


async def test_an_offer_that_the_peer_cannot_take_is_refused(stage: Stage) -> None:
    """With what it said; no call comes of it, and the next one is as good as ever."""
    keys = "a=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 AA\r\n"
    broken = OFFER.replace("t=0 0\r\n", f"t=0 0\r\n{keys}").replace("opus/48000/2", "x/1/1")
    broken = broken.replace("PCMA", "y")
    status, _, text = await post(stage, "calls", broken, content_type="application/sdp")
    assert (status, json.loads(text)["error"]["code"]) == (400, "invalid_offer")
    assert "the peer cannot take it" in json.loads(text)["error"]["message"]
    assert await call(stage)


async def test_a_missing_library_is_named_with_its_extra(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a peer is demanded; otherwise the answer is right in form only."""
    monkeypatch.setattr(peers, "LIBRARY", "not_installed_anywhere")
    with pytest.raises(ModuleNotFoundError, match=r"agent-rehearsal\[webrtc\]"):
        stage.realtime.webrtc = True
    assert stage.realtime.webrtc is None
    assert await call(stage)
