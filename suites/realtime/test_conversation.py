"""A realtime conversation beside the agent's turns: started, spoken into, ended."""

import asyncio
from typing import Any

import pytest

from agent_rehearsal import (
    Journal,
    assert_unordered,
    carries,
    kind,
    like,
    of_type,
    refuse,
    reset,
    stall,
)
from agent_rehearsal.face.agent import AgentFailed, Codex
from codex_core.protocol.realtime_ops import (
    RealtimeConversationListVoices,
    RealtimeConversationSpeech,
    RealtimeConversationStart,
)
from mock_realtime import MockRealtime, events, speech
from mock_responses import MockResponses, message
from suites.realtime.talking import (
    CLOSED,
    CREATE,
    IDLE,
    STARTED,
    append,
    closes,
    errors,
    incoming,
    item,
    sent,
    talk,
    told,
    upgrades,
)

pytestmark = pytest.mark.explore

NOISE = b"\x01\x00" * 240


async def test_the_first_message_carries_the_instructions(
    realtime: MockRealtime, codex: Codex
) -> None:
    """Whatever connection it comes on, it is found by what it carries."""
    await codex.start(realtime=True)
    update = await realtime.wait_for(carries("session.instructions"))
    assert "[BACKEND]" in (update.instructions or "")


async def test_v1_from_start_to_close(realtime: MockRealtime, codex: Codex) -> None:
    """The handshake says who asks; text and sound both arrive, in whatever order."""
    thread, session = await talk(codex, realtime, version="v1", model="rt")
    (opened,) = upgrades(realtime)
    assert opened.query == {"intent": "quicksilver", "model": "rt"}
    assert opened.header("x-session-id") == thread.id
    assert opened.header("openai-alpha") == "quicksilver=v1"
    assert opened.header("authorization") == "Bearer test"
    assert opened.header("sec-websocket-extensions") is None
    update = session.received()[0].session
    assert (update["type"], update["audio"]["output"]) == ("quicksilver", {"voice": "cove"})
    await thread.say_audio(NOISE)
    await thread.say_text("hi")
    heard = of_type("input_audio_buffer.append")
    read = of_type("conversation.item.create")
    await session.wait_for(heard)
    await session.wait_for(read)
    assert_unordered(realtime.journal.select(incoming(heard | read)), [heard, read])
    assert sent(session) == [item("user", "hi")]
    await session.respond(speech("hello", NOISE))
    await thread.wait_for(told("audio_out"))
    await thread.stop_realtime()
    assert closes(thread) == ["requested"]


async def test_the_defaults_are_v2_and_its_model(realtime: MockRealtime, codex: Codex) -> None:
    """An operation that says nothing is of version 2, with its model and its voice."""
    thread, session = await talk(codex, realtime)
    (opened,) = upgrades(realtime)
    assert opened.query == {"model": "gpt-realtime-1.5"}
    assert opened.header("openai-alpha") is None
    update = session.received()[0].session
    assert update["instructions"] == "p"
    assert update["audio"]["output"]["voice"] == "marin"
    assert [tool["name"] for tool in update["tools"]] == ["background_agent", "remain_silent"]
    started = await thread.wait_for(STARTED)
    assert (started.get("version"), started.get("realtime_session_id")) == ("v2", thread.id)


async def test_texts_by_role(realtime: MockRealtime, codex: Codex) -> None:
    """The user's own words are marked on v2, and no text asks for an answer."""
    thread, session = await talk(codex, realtime)
    await thread.say_text("hello")
    await thread.say_text("know this", role="developer")
    await thread.say_text("as I said", role="assistant")
    await session.wait_for(like({"item": {"role": "assistant"}}))
    assert sent(session) == [
        item("user", "[USER] hello"),
        item("developer", "know this"),
        item("assistant", "as I said"),
    ]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("v1", [append("codex", "speak me")]),
        ("v2", [item("user", "[BACKEND] speak me"), CREATE]),
    ],
)
async def test_speech_is_asked_for(
    realtime: MockRealtime, codex: Codex, version: str, expected: list[dict[str, Any]]
) -> None:
    """On v2 the text is an item of its own and a response is asked for; a blank one is nothing."""
    thread, session = await talk(codex, realtime, version=version)
    await thread.submit_op(RealtimeConversationSpeech(text=" "))
    await thread.submit_op(RealtimeConversationSpeech(text="speak me"))
    await session.wait_for(like(expected[-1]))
    assert sent(session) == expected


async def test_the_server_closes(realtime: MockRealtime, codex: Codex) -> None:
    """An end in good order is no error."""
    thread, session = await talk(codex, realtime)
    await session.close()
    closed = await thread.wait_for(CLOSED)
    assert (closed.get("reason"), errors(thread)) == ("transport_closed", [])
    await thread.say_text("too late")
    refused = await thread.wait_for(of_type("error"))
    assert (refused.get("message"), refused.get("codex_error_info")) == (IDLE, "bad_request")


async def test_the_server_has_an_error(realtime: MockRealtime, codex: Codex) -> None:
    """One error, one end, and nothing of the session after that."""
    thread, session = await talk(codex, realtime)
    await session.send(
        {"type": "error", "error": {"message": "upstream boom"}},
        {"type": "error", "error": {"message": "again"}},
        events.SpeechStarted(item_id="i", audio_start_ms=0),
    )
    await thread.wait_for(told("error"))
    closed = await thread.wait_for(CLOSED)
    assert (errors(thread), closes(thread)) == (["upstream boom"], ["error"])
    assert not [e for e in thread.events if e.seq > closed.seq]


async def test_the_connection_breaks(realtime: MockRealtime, codex: Codex) -> None:
    """A reset is an error of the connection, told once, then the end."""
    thread, session = await talk(codex, realtime)
    await session.send(reset())
    error = await thread.wait_for(told("error"))
    await thread.wait_for(CLOSED)
    assert error.get("payload.message").startswith("stream disconnected before completion: failed")
    assert closes(thread) == ["error"]


async def test_a_close_without_a_conversation(realtime: MockRealtime, codex: Codex) -> None:
    """It is told each time that it is asked for."""
    thread = await codex.start()
    await thread.stop_realtime()
    await thread.stop_realtime()
    assert closes(thread) == ["requested", "requested"]


async def test_sound_before_the_start_is_refused(codex: Codex) -> None:
    """It goes nowhere, and whoever sent it is told so."""
    thread = await codex.start()
    await thread.say_audio(NOISE)
    refused = await thread.wait_for(of_type("error"))
    assert (refused.get("message"), refused.get("codex_error_info")) == (IDLE, "bad_request")


async def test_a_start_without_a_key_is_an_error_only(codex: Codex) -> None:
    """Nothing was started, so nothing is closed."""
    keyless = codex(provider={"experimental_bearer_token": None, "env_key": "NO_SUCH_KEY"})
    thread = await keyless.start()
    with pytest.raises(AgentFailed, match="Missing environment variable: `NO_SUCH_KEY`"):
        await thread.start_realtime()
    assert (len(errors(thread)), closes(thread)) == (1, [])


async def test_a_refused_handshake_is_an_error_only(realtime: MockRealtime, codex: Codex) -> None:
    """The status is told, and it is not tried again."""
    realtime.greet(refuse(401))
    thread = await codex.start()
    with pytest.raises(AgentFailed, match="HTTP error: 401 Unauthorized"):
        await thread.start_realtime()
    assert (len(errors(thread)), closes(thread), len(upgrades(realtime))) == (1, [], 1)


async def test_a_second_start_replaces_the_first(realtime: MockRealtime, codex: Codex) -> None:
    """The first one heard no more than its settings, and its end is not told."""
    thread, first = await talk(codex, realtime, prompt="one")
    await thread.start_realtime(
        prompt="two", include_startup_context=False, realtime_session_id="s2"
    )
    second = await realtime.session(like({"session": {"instructions": "two"}}))
    await thread.say_audio(NOISE)
    await second.wait_for(of_type("input_audio_buffer.append"))
    assert (sent(first), first.audio, second.audio) == ([], b"", NOISE)
    assert upgrades(realtime)[1].header("x-session-id") == "s2"
    assert closes(thread) == []


async def test_a_start_that_cannot_be_leaves_the_other_alone(
    realtime: MockRealtime, codex: Codex
) -> None:
    """What is wrong with the operation itself is found before anything is ended."""
    thread, session = await talk(codex, realtime)
    with pytest.raises(AgentFailed, match="realtime voice `cove` is not supported for v2"):
        await thread.start_realtime(voice="cove")
    await thread.say_text("still here")
    await session.wait_for(of_type("conversation.item.create"))
    assert len(upgrades(realtime)) == 1


async def test_a_start_that_fails_has_ended_the_other(realtime: MockRealtime, codex: Codex) -> None:
    """A refused connection comes after the end of what it was to replace."""
    thread, _ = await talk(codex, realtime)
    realtime.greet(refuse(500))
    with pytest.raises(AgentFailed, match="HTTP error: 500"):
        await thread.start_realtime()
    await thread.say_text("nobody there")
    refused = await thread.wait_for(of_type("error"))
    assert (refused.get("message"), closes(thread)) == (IDLE, [])


async def test_a_start_that_hangs_is_given_up_by_a_close(
    realtime: MockRealtime, codex: Codex, journal: Journal
) -> None:
    """The close does not wait for the server, and nothing of the start is told later."""
    realtime.greet(before=stall())
    thread = await codex.start()
    starting = asyncio.ensure_future(thread.submit_op(RealtimeConversationStart()))
    await journal.wait_for(kind("open"))
    await thread.stop_realtime()
    await starting
    assert (closes(thread), errors(thread)) == (["requested"], [])
    assert not [event for event in thread.events if STARTED(event)]


async def test_every_start_before_a_close_is_given_up(
    realtime: MockRealtime, codex: Codex, journal: Journal
) -> None:
    """One that waits behind another that hangs too; one after the close is none of them."""
    realtime.greet(before=stall())
    thread = await codex.start()
    starts = [
        asyncio.ensure_future(thread.submit_op(RealtimeConversationStart())) for _ in range(2)
    ]
    await journal.wait_for(kind("open"))
    await thread.stop_realtime()
    await asyncio.gather(*starts)
    assert (closes(thread), errors(thread)) == (["requested"], [])
    assert len(upgrades(realtime)) == 1
    await thread.start_realtime()
    assert len(upgrades(realtime)) == 2


async def test_the_voices_are_listed(codex: Codex) -> None:
    """Each version has its own, and its usual one."""
    thread = await codex.start()
    await thread.submit_op(RealtimeConversationListVoices())
    listed = await thread.wait_for(of_type("realtime_conversation_list_voices_response"))
    voices = listed.get("voices")
    assert (voices["default_v1"], voices["default_v2"]) == ("cove", "marin")
    assert (len(voices["v1"]), len(voices["v2"])) == (9, 10)


async def test_a_shutdown_ends_the_conversation(realtime: MockRealtime, codex: Codex) -> None:
    """Its end is told, before the thread's."""
    thread, _ = await talk(codex, realtime)
    await codex.stop()
    assert [event.type for event in thread.events][-2:] == [
        "realtime_conversation_closed",
        "shutdown_complete",
    ]


async def test_the_realtime_address_is_of_realtime_alone(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """The keys of realtime do not touch the requests of turns, and the other way round."""
    base = f"{realtime.base_url}/realtime?extra=1"
    settings = {"experimental_realtime_ws_base_url": base, "experimental_realtime_ws_model": "m"}
    responses.reply(message("hi"))
    thread, session = await talk(codex(config=settings), realtime)
    await thread.run("hello")
    await session.wait_for(like(CREATE))
    assert upgrades(realtime)[0].query == {"extra": "1", "model": "m"}
    assert responses.requests[0].model == "mock-model"
