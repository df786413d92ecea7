"""The realtime conversations of the Codex CLI's app server, on both protocols and over WebRTC.

The session answers as the API does; what the model and the user say is told by the test.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agent_rehearsal import like, of_type, refuse
from mock_realtime import MessageView, MockRealtime, RealtimeSession, call_answer, speech, text
from mock_responses import MockResponses, message
from suites.interop.codex_cli import VERSIONS
from suites.interop.codex_realtime import Talk, talking
from suites.interop.table import CLI
from suites.realtime.offers import BOUNDARY, OFFER

SOUND = b"\1\2\3\4" * 240
PROTOCOLS = ("v1", "v2")
KINDS = {"v1": "quicksilver", "v2": "realtime"}
"""Protocol -> type of the session that the CLI asks for."""
QUERIES = {
    "v1": {"intent": "quicksilver", "model": "gpt-realtime-1.5"},
    "v2": {"model": "gpt-realtime-1.5"},
}

SAID_TYPE = "conversation.item.create"
SAID = of_type(SAID_TYPE) & like({"item": {"type": "message"}})
HANDED_BACK = of_type("conversation.handoff.append")
RETURNED = {
    "v1": HANDED_BACK,
    "v2": like({"item": {"type": "function_call_output"}}),
}
"""How a session is told of the end of a task."""
SPOKEN = {"v1": HANDED_BACK, "v2": of_type("response.create")}
"""What asks a session to speak."""

pytestmark = [pytest.mark.interop, pytest.mark.parametrize("version", VERSIONS)]
both = pytest.mark.parametrize("protocol", PROTOCOLS)


@pytest.fixture
def env(responses: MockResponses, home: Path) -> Mapping[str, str]:
    """What the CLI finds both mocks by."""
    return responses.codex_home(home)


async def opened(talk: Talk, realtime: MockRealtime, protocol: str) -> RealtimeSession:
    """The session, once both sides say that it has begun."""
    told = await talk.told("started")
    assert told == {"realtimeSessionId": talk.thread, "version": protocol}
    session = await realtime.session(of_type("session.update"))
    assert session.shape == protocol
    assert session.opened.header("authorization") == "Bearer test"
    assert session.opened.header("x-session-id") == talk.thread
    return session


def texts(views: list[MessageView]) -> list[str | None]:
    """What messages say."""
    return [view.said for view in views]


@both
async def test_a_realtime_conversation_on_v1_and_v2(
    version: str,
    protocol: str,
    realtime: MockRealtime,
    env: Mapping[str, str],
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """Text and sound go in, sound and its transcript come out, the end is told once."""
    realtime.answer = (speech("hello", SOUND, " there"),)
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version=protocol)
        session = await opened(talk, realtime, protocol)
        assert session.opened.query == QUERIES[protocol]
        await talk.text("typed")
        await talk.text("from us", role="developer")
        await talk.audio(SOUND)
        await session.wait_for(of_type("input_audio_buffer.append"))
        await session.say("how are you?")
        heard = await talk.told("transcript/done", role="user")
        if protocol == "v1":
            await session.respond(speech("hello", SOUND, " there"))
        sound = (await talk.told("outputAudio/delta"))["audio"]
        await talk.told("transcript/delta", role="assistant", delta=" there")
        await talk.stop()
        closed = await talk.told("closed")

    assert heard["text"] == "how are you?"
    assert (sound["data"], sound["sampleRate"]) == (b64encode(SOUND).decode(), 24_000)
    assert closed == {"reason": "requested"}
    assert talk.names().count("closed") == 1
    first, *rest = session.received()
    assert (first.type, first.session["type"]) == ("session.update", KINDS[protocol])
    assert first.instructions == "Be brief."
    said = texts([view for view in rest if view.item])
    assert said == ["[USER] typed" if protocol == "v2" else "typed", "from us"]
    assert session.audio == SOUND
    works(CLI, version)


async def test_a_realtime_conversation_in_writing(
    version: str,
    realtime: MockRealtime,
    env: Mapping[str, str],
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """On v2 the model may write instead; its deltas are told, and the whole text once."""
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version="v2", outputModality="text")
        session = await opened(talk, realtime, "v2")
        assert session.settings["output_modalities"] == ["text"]
        await session.respond(text("hello", " there"))
        await talk.told("transcript/delta", delta=" there")
        done = await talk.told("transcript/done", role="assistant")
        await talk.stop()
        await talk.told("closed")
    assert done["text"] == "hello there"
    assert talk.names().count("transcript/delta") == 2
    works(CLI, version)


@both
async def test_a_handoff_to_the_agent_and_back(
    version: str,
    protocol: str,
    realtime: MockRealtime,
    responses: MockResponses,
    env: Mapping[str, str],
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """What the model hands over becomes a turn; the agent's answer goes back into the session."""
    responses.reply(message("it is", " done"))
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version=protocol)
        session = await opened(talk, realtime, protocol)
        await session.hand_off("tidy up", id="h1")
        await talk.turn_ended()
        back = await session.wait_for(RETURNED[protocol])
        await talk.stop()
        await talk.told("closed")

    (request,) = responses.requests
    assert "<input>tidy up</input>" in request.texts("user")[-1]
    if protocol == "v1":
        assert back.get("handoff_id") == "h1"
        assert str(back.said).endswith("it is done")
    else:
        assert (back.call_id, texts(session.received(SAID))) == ("h1", ["[BACKEND] it is done"])
    works(CLI, version)


@both
async def test_speech_that_the_app_asks_for(
    version: str,
    protocol: str,
    realtime: MockRealtime,
    env: Mapping[str, str],
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """v1 hands it to the session; v2 makes an item and asks for a response, which is given."""
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version=protocol)
        session = await opened(talk, realtime, protocol)
        await talk.speech("ready")
        asked = await session.wait_for(SPOKEN[protocol])
        if protocol == "v2":
            assert await talk.told("transcript/done", role="assistant")
            assert texts(session.received(SAID)) == ["[BACKEND] ready"]
        else:
            assert (asked.get("handoff_id"), asked.said) == ("codex", "ready")
        await talk.stop()
        await talk.told("closed")
    works(CLI, version)


async def test_a_call_over_webrtc_with_its_sideband(
    version: str,
    realtime: MockRealtime,
    env: Mapping[str, str],
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """The offer goes into a form, the answer comes back as it was given, a WebSocket joins."""
    answer = "v=0\r\nthe answer\r\n"
    realtime.reply_call(call_answer(answer, id="rtc_1"))
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version="v1", transport={"type": "webrtc", "sdp": OFFER})
        session = await opened(talk, realtime, "v1")
        assert await talk.told("sdp") == {"sdp": answer}
        await talk.text("typed")
        await session.wait_for(SAID)
        await talk.stop()
        assert await talk.told("closed") == {"reason": "requested"}

    (made,) = realtime.calls
    assert made.entry is not None
    assert made.entry.query == {"intent": "quicksilver", "architecture": "avas"}
    assert made.entry.header("content-type") == f"multipart/form-data; boundary={BOUNDARY}"
    assert made.offered is not None
    assert made.offered.sdp == OFFER
    assert made.session["type"] == KINDS["v1"]
    assert session.opened.query == {"intent": "quicksilver", "call_id": "rtc_1"}
    assert [view.type for view in session.received()] == ["session.update", SAID_TYPE]
    assert talk.names()[:2] == ["started", "sdp"]
    works(CLI, version)


async def test_errors_that_end_a_realtime_conversation(
    version: str,
    realtime: MockRealtime,
    env: Mapping[str, str],
    work: Path,
    works: Callable[[str, str], None],
) -> None:
    """What the API refuses is told once, then the end; a refused upgrade is told and no end."""
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version="v2")
        session = await opened(talk, realtime, "v2")
        await session.send({"type": "error", "error": {"message": "no more of this"}})
        assert (await talk.told("error"))["message"] == "no more of this"
        assert await talk.told("closed") == {"reason": "error"}
    assert talk.names() == ["started", "error", "closed"]

    realtime.greet(refuse(401))
    async with talking(version, work=work, env=env) as talk:
        await talk.start(version="v2")
        assert "401 Unauthorized" in (await talk.told("error"))["message"]
    assert talk.names() == ["error"]
    works(CLI, version)
