"""Realtime sessions and calls: the examples of `docs/realtime.md`."""

import ssl
from contextlib import asynccontextmanager

import pytest
from openai import AsyncOpenAI, InternalServerError
from websockets.asyncio.client import connect

from agent_rehearsal import Stage, header, of_type, refuse
from mock_realtime import (
    events,
    function_call,
    heard,
    joins,
    message,
    opened,
    says,
    speech,
    usual,
)

pytestmark = pytest.mark.asyncio
OFFER = "\r\n".join(
    [
        *("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"),
        *("m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0"),
        *("a=setup:actpass", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", ""),
    ]
)
"""What a browser offers, without what it takes to connect."""


@asynccontextmanager
async def voice_agent(base_url, **options):
    """Stands for your agent: it sets its session up, and takes what the server says."""
    async with (
        AsyncOpenAI(base_url=base_url, api_key="test") as client,
        client.realtime.connect(model="gpt-realtime", **options) as connection,
    ):
        await connection.session.update(session={"type": "realtime", "instructions": "Be brief."})
        yield connection


async def hear(connection, type):
    async for event in connection:
        if event.type == type:
            return event


async def test_a_session_answers_by_itself(realtime):
    async with voice_agent(realtime.base_url) as agent:
        await agent.response.create()
        done = await hear(agent, "response.done")
    assert done.response.output[0].content[0].transcript == "This is the mock speaking."
    session = await realtime.session()
    assert session.settings["instructions"] == "Be brief."


async def test_the_model_calls_a_function(realtime):
    realtime.reply(function_call("weather", {"city": "Rome"}, call_id="c1"))
    realtime.reply(speech("Sunny"))
    async with voice_agent(realtime.base_url) as agent:
        await agent.response.create()
        call = (await hear(agent, "response.done")).response.output[0]
        output = {"type": "function_call_output", "call_id": call.call_id, "output": "25 degrees"}
        await agent.conversation.item.create(item=output)
        await agent.response.create()
        done = await hear(agent, "response.done")
    assert done.response.output[0].content[0].transcript == "Sunny"
    assert (await realtime.wait_for(says("25"))).call_id == "c1"


async def test_the_user_asks(realtime):
    async with voice_agent(realtime.base_url) as agent:
        session = await realtime.session()
        await session.say("What time is it?")
        await hear(agent, "input_audio_buffer.speech_stopped")
        assert (await hear(agent, "response.done")).response.status == "completed"


async def test_the_user_interrupts(realtime):
    gate = realtime.gate("half way")
    realtime.reply(speech("A long ", gate, "story"))
    async with voice_agent(realtime.base_url) as agent:
        await agent.response.create()
        await gate.reached()
        session = await realtime.session()
        await session.barge_in()
        done = await hear(agent, "response.done")
        gate.open()
    assert done.response.status_details.reason == "turn_detected"


async def test_the_model_speaks_first(realtime):
    async with voice_agent(realtime.base_url) as agent:
        session = await realtime.session()
        await session.respond(message("Hello, how can I help?"))
        await hear(agent, "response.done")
    assert [item["role"] for item in session.items] == ["assistant"]


async def test_a_reply_goes_before_the_usual_answer(realtime):
    realtime.reply(usual(), heard("Hello?"), when=of_type("session.update"))
    async with voice_agent(realtime.base_url) as agent:
        await hear(agent, "session.updated")
        await hear(agent, "response.done")


async def test_two_sessions(realtime):
    anns = opened(header("agent", "ann")) & of_type("response.create")
    realtime.reply(speech("Hello, Ann"), when=anns)
    async with (
        voice_agent(realtime.base_url, extra_headers={"agent": "ann"}) as ann,
        voice_agent(realtime.base_url, extra_headers={"agent": "bob"}),
    ):
        await ann.response.create()
        await hear(ann, "response.done")
        bob = await realtime.session(header("agent", "bob"))
    assert bob.items == []


async def test_nothing_but_the_script(realtime):
    realtime.reactive = False
    realtime.greet(events.SessionCreated(session={"id": "sess_mine"}))
    async with connect(realtime.websocket_url) as client:
        assert "sess_mine" in await client.recv()


async def test_a_call_and_its_sideband(realtime):
    async with AsyncOpenAI(base_url=realtime.base_url, api_key="test") as client:
        made = await client.realtime.calls.create(sdp=OFFER, session={"type": "realtime"})
    id = made.response.headers["location"].rpartition("/")[2]
    async with connect(f"{realtime.websocket_url}?call_id={id}"):
        await realtime.wait_for(joins(id))
        assert realtime.calls[0].taken


async def test_a_call_is_refused(realtime):
    realtime.reply_call(refuse(503))
    async with AsyncOpenAI(base_url=realtime.base_url, api_key="test", max_retries=0) as client:
        with pytest.raises(InternalServerError):
            await client.realtime.calls.create(sdp=OFFER)


async def test_over_tls():
    async with Stage(tls=True) as stage:
        trust = ssl.create_default_context(cafile=stage.ca_file)
        async with connect(stage.realtime.websocket_url, ssl=trust) as client:
            assert "session.created" in await client.recv()
