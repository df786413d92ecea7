"""A conversation over a call: the client's offer is handed on, and the call is joined beside it."""

import json
from typing import Any

import pytest

from agent_rehearsal import Entry, header, kind, of_type, path, refuse
from agent_rehearsal.face.agent import AgentFailed, Codex
from codex_core.config.realtime import RealtimeSettings
from codex_core.protocol.realtime_ops import WebRtc
from mock_realtime import MockRealtime, call_answer, joins
from suites.realtime.talking import (
    CLOSED,
    IDLE,
    STARTED,
    closes,
    errors,
    item,
    sent,
    talk,
    told,
    upgrades,
)

pytestmark = pytest.mark.explore

OFFER = WebRtc(sdp="v=offer\r\n")
SDP = of_type("realtime_conversation_sdp")
CALLS = kind("request") & path("/v1/realtime/calls")


def fields_of(call: Entry) -> dict[str, str]:
    """The parts of a multipart body by name."""
    boundary = (call.header("content-type") or "").partition("boundary=")[2]
    parts = call.raw.decode().split(f"--{boundary}")[1:-1]
    heads = (part.partition("\r\n\r\n") for part in parts)
    return {head.split('name="')[1].split('"')[0]: body[:-2] for head, _, body in heads}


async def test_a_call_is_made_and_joined(realtime: MockRealtime, codex: Codex) -> None:
    """The offer and the settings go with the request; the join names the call and says who asks."""
    realtime.reply_call(call_answer("v=answer\r\n", id="rtc_1"))
    thread, session = await talk(codex, realtime, transport=OFFER)
    (call,) = realtime.journal.select(CALLS)
    assert call.query == {"intent": "quicksilver", "architecture": "avas"}
    assert call.header("content-type") == (
        "multipart/form-data; boundary=codex-realtime-call-boundary"
    )
    assert call.header("x-session-id") == thread.id
    fields = fields_of(call)
    assert list(fields) == ["sdp", "session"]
    assert fields["sdp"] == "v=offer\r\n"
    settings = session.received()[0].session
    assert json.loads(fields["session"]) == {**settings, "model": "gpt-realtime-1.5"}
    assert settings["type"] == "quicksilver"
    (joined,) = upgrades(realtime)
    assert joined.query == {"intent": "quicksilver", "call_id": "rtc_1"}
    assert header("openai-alpha", "quicksilver=v1")(joined)
    assert header("authorization")(joined)


async def test_the_answer_is_told_before_the_call_is_joined(
    realtime: MockRealtime, codex: Codex
) -> None:
    """Started, then the answer; what is said meanwhile is sent after the settings."""
    gate = realtime.gate("the join")
    realtime.reply_call(call_answer("v=answer\r\n", id="rtc_1"))
    realtime.greet(before=gate, when=joins("rtc_1"))
    thread = await codex.start(realtime={"transport": OFFER, "prompt": "p"})
    answer = await thread.wait_for(SDP)
    started = await thread.wait_for(STARTED)
    assert answer.get("sdp") == "v=answer\r\n"
    assert (started.get("version"), started.seq < answer.seq) == ("v1", True)
    await thread.say_text("meanwhile")
    gate.open()
    session = await realtime.session(of_type("conversation.item.create"))
    assert sent(session) == [item("user", "meanwhile")]


@pytest.mark.parametrize("location", ["/v1/realtime/rtc_7", "/v1/realtime/calls/calls/rtc_7?x=1"])
async def test_calls_may_have_an_address_of_their_own(
    realtime: MockRealtime, codex: Codex, location: str
) -> None:
    """And their id is wherever the answer's Location has it."""
    realtime.reply_call(call_answer("v=answer\r\n", id="rtc_7", location=location))
    settings = {"experimental_realtime_webrtc_call_base_url": f"{realtime.base_url}/"}
    elsewhere = codex(
        config={**settings, "experimental_realtime_ws_base_url": realtime.websocket_url}
    )
    await talk(elsewhere, realtime, transport=OFFER)
    assert upgrades(realtime)[0].query["call_id"] == "rtc_7"


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"version": "v2"}, {}, "AVAS realtime calls require realtime v1"),
    ({}, {"type": "transcription"}, "AVAS realtime calls require conversational realtime"),
]


@pytest.mark.parametrize(("fields", "settings", "expected"), REFUSED)
async def test_what_no_call_can_be(
    realtime: MockRealtime, codex: Codex, fields: Any, settings: Any, expected: str
) -> None:
    """Found before anything is sent."""
    thread = await codex(config={"realtime": RealtimeSettings(**settings)}).start()
    with pytest.raises(AgentFailed, match=expected):
        await thread.start_realtime(transport=OFFER, **fields)
    assert realtime.journal.select(CALLS) == []


async def test_an_address_that_is_none(realtime: MockRealtime, codex: Codex) -> None:
    """It is told by its key; the conversation that runs goes on."""
    base = {"experimental_realtime_webrtc_call_base_url": "example.com/v1"}
    thread, session = await talk(codex(config=base), realtime)
    with pytest.raises(AgentFailed, match="`experimental_realtime_webrtc_call_base_url` is 'exam"):
        await thread.start_realtime(transport=OFFER)
    await thread.say_text("still here")
    await session.wait_for(of_type("conversation.item.create"))


async def test_a_refused_call_is_an_error_only(realtime: MockRealtime, codex: Codex) -> None:
    """Nothing was started; one that a repetition may help is repeated first."""
    realtime.reply_call(refuse(503), times=3)
    thread = await codex(provider={"request_max_retries": 2}).start()
    with pytest.raises(AgentFailed, match="503"):
        await thread.start_realtime(transport=OFFER)
    assert (len(realtime.journal.select(CALLS)), closes(thread)) == (3, [])


async def test_an_answer_without_an_id_is_an_error(realtime: MockRealtime, codex: Codex) -> None:
    """The place where it should be is told."""
    realtime.reply_call(call_answer("v=answer\r\n", location="/v1/x/abc"))
    thread = await codex.start()
    with pytest.raises(AgentFailed, match="does not contain a call id: /v1/x/abc"):
        await thread.start_realtime(transport=OFFER)


async def test_a_join_that_fails_ends_the_conversation(
    realtime: MockRealtime, codex: Codex
) -> None:
    """One error, one end; after that nothing runs."""
    realtime.reply_call(call_answer("v=answer\r\n", id="rtc_1"))
    realtime.greet(refuse(500), when=joins("rtc_1"), times=3)
    thread = await codex(provider={"request_max_retries": 2}).start()
    await thread.start_realtime(transport=OFFER)
    error = await thread.wait_for(told("error"))
    await thread.wait_for(CLOSED)
    assert "HTTP error: 500" in error.get("payload.message")
    assert (len(errors(thread)), closes(thread), len(upgrades(realtime))) == (1, ["error"], 3)
    await thread.say_text("nobody there")
    assert (await thread.wait_for(of_type("error"))).get("message") == IDLE


async def test_a_close_drops_a_join_under_way(realtime: MockRealtime, codex: Codex) -> None:
    """Nothing of it is told later."""
    gate = realtime.gate("the join")
    realtime.reply_call(call_answer("v=answer\r\n", id="rtc_1"))
    realtime.greet(before=gate, when=joins("rtc_1"))
    thread = await codex.start(realtime={"transport": OFFER})
    await gate.reached()
    await thread.stop_realtime()
    gate.open()
    assert (errors(thread), closes(thread)) == ([], ["requested"])
    await thread.say_text("nobody there")
    assert (await thread.wait_for(of_type("error"))).get("message") == IDLE
    assert not realtime.journal.select(of_type("session.update"))
