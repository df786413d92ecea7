"""What of a conversation comes in a promised order, and what does not."""

import asyncio
import base64
from itertools import pairwise

import pytest

from agent_rehearsal import (
    Entry,
    Journal,
    assert_unordered,
    before,
    direction,
    kind,
    like,
    of_type,
    on,
    source,
)
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.protocol.realtime import AudioFrame, Version
from codex_core.protocol.realtime_ops import (
    RealtimeConversationAudio,
    RealtimeConversationSpeech,
    RealtimeConversationStart,
    RealtimeConversationText,
    WebRtc,
)
from mock_realtime import MockRealtime, RealtimeSession, call_answer, heard, v1_events
from mock_responses import MockResponses, message
from suites.realtime.talking import (
    CLOSED,
    CREATE,
    STARTED,
    closes,
    errors,
    sent,
    talk,
    texts,
    told,
)

pytestmark = pytest.mark.explore
MANY = 30
QUIET = b"\x01\x00" * 24
LOUD = b"\x00\x40" * 24


def frames(journal: Journal, entry: Entry) -> list[str | None]:
    """The types of what came on the connection of an entry."""
    assert entry.conn is not None
    found = journal.select(on(entry.conn) & kind("frame") & direction("in"))
    return [frame.type for frame in found]


async def test_the_settings_are_the_first_message_once(
    realtime: MockRealtime, codex: Codex, journal: Journal
) -> None:
    """On every connection; a text that is handed in right behind the start comes after them."""
    thread = await codex.start()
    cases: tuple[tuple[Version, str], ...] = (("v1", "one"), ("v2", "[USER] two"))
    for version, text in cases:
        start = RealtimeConversationStart(version=version)
        typed = RealtimeConversationText(text=text)
        await asyncio.gather(thread.submit_op(start), thread.submit_op(typed))
        found = await realtime.wait_for(like({"item": {"content": [{"text": text}]}}))
        assert frames(journal, found.entry) == ["session.update", "conversation.item.create"]


async def test_a_call_is_told_before_it_is_joined(
    realtime: MockRealtime, codex: Codex, journal: Journal
) -> None:
    """Started, the answer, the join, the settings, what the session tells: in this order."""
    realtime.reply_call(call_answer("v=answer", id="rtc_1"))
    thread = await codex.start(realtime={"transport": WebRtc(sdp="v=offer")})
    await thread.wait_for(told("session_updated"))
    steps = [
        STARTED,
        of_type("realtime_conversation_sdp"),
        kind("open") & source("realtime"),
        of_type("session.update") & direction("in"),
        told("session_updated"),
    ]
    for first, second in pairwise(steps):
        before(journal, first, second)


async def test_each_kind_is_in_the_order_in_which_it_came(
    realtime: MockRealtime, codex: Codex
) -> None:
    """Texts among themselves, and sound; between the two nothing is promised."""
    thread, session = await talk(codex, realtime, version="v1")
    sounds = [bytes([number, 0]) for number in range(MANY)]
    for number in range(MANY):
        await thread.say_audio(sounds[number])
        await thread.say_text(f"text {number}")
    await thread.say_audio(b"\xff\xff")
    await session.wait_for(like({"audio": base64.b64encode(b"\xff\xff").decode()}))
    await session.wait_for(like({"item": {"content": [{"text": f"text {MANY - 1}"}]}}))
    assert texts(session) == [f"text {number}" for number in range(MANY)]
    assert session.audio == b"".join([*sounds, b"\xff\xff"])


async def test_text_and_sound_come_in_any_order(realtime: MockRealtime, codex: Codex) -> None:
    """Both come, whichever is first."""
    thread, session = await talk(codex, realtime)
    sound = RealtimeConversationAudio(frame=AudioFrame(data=base64.b64encode(QUIET).decode()))
    typed = RealtimeConversationText(text="hi")
    await asyncio.gather(thread.submit_op(sound), thread.submit_op(typed))
    both = [of_type("input_audio_buffer.append"), of_type("conversation.item.create")]
    for each in both:
        await session.wait_for(each)
    assert_unordered([view.entry for view in session.received()][1:], both)


async def test_events_are_told_in_the_server_s_order(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Around a handoff as well."""
    responses.reply(message("done"))
    thread, session = await talk(codex, realtime, version="v1")
    await session.send(
        heard("a"),
        v1_events.OutputTranscriptDelta(delta="b"),
        v1_events.HandoffRequested(handoff_id="h", item_id="i", input_transcript="go"),
        v1_events.OutputAudioDelta(delta="AQID", samples_per_channel=480),
        v1_events.OutputTranscriptDelta(delta="c"),
    )
    await thread.wait_for(told("output_transcript_delta", delta="c"))
    await thread.wait_for(of_type("task_complete"))
    assert [e.get("payload.type") for e in thread.events if e.get("payload.type")][1:] == [
        "input_transcript_delta",
        "input_transcript_done",
        "output_transcript_delta",
        "handoff_requested",
        "audio_out",
        "output_transcript_delta",
    ]


async def test_one_response_is_asked_for_at_a_time(realtime: MockRealtime, codex: Codex) -> None:
    """What wants one meanwhile shares the next; each text stands before the request for its own."""
    gate = realtime.gate("the first response")
    realtime.reply(gate, {"type": "response.done", "response": {"id": "r"}}, when=like(CREATE))
    thread, session = await talk(codex, realtime)
    for text in "abc":
        await thread.submit_op(RealtimeConversationSpeech(text=text))
    await session.wait_for(like({"item": {"content": [{"text": "[BACKEND] c"}]}}))
    await gate.reached()
    assert [frame["type"] for frame in sent(session)].count("response.create") == 1
    gate.open()
    await thread.wait_for(told("response_done", response_id="r"))
    await realtime.wait_count(like(CREATE), 2)
    kinds = ["text" if "item" in frame else "create" for frame in sent(session)]
    assert kinds == ["text", "create", "text", "text", "create"]


async def test_a_late_end_of_a_cancelled_response_is_not_the_newer_one_s(
    realtime: MockRealtime, codex: Codex
) -> None:
    """The newer one is still active, so what wants a response waits for it."""
    realtime.reactive = False
    thread = await codex.start(realtime={"prompt": "p", "include_startup_context": False})
    session = await realtime.session(of_type("session.update"))
    await session.send(
        {"type": "response.created", "response": {"id": "old"}},
        {"type": "response.cancelled", "response": {"id": "old"}},
    )
    await thread.wait_for(told("response_cancelled"))
    await thread.submit_op(RealtimeConversationSpeech(text="a"))
    await session.wait_for(like(CREATE))
    await session.send(
        {"type": "response.created", "response": {"id": "new"}},
        {"type": "response.done", "response": {"id": "old"}},
    )
    await thread.wait_for(told("response_done", response_id="old"))
    await thread.submit_op(RealtimeConversationSpeech(text="b"))
    await session.wait_for(like({"item": {"content": [{"text": "[BACKEND] b"}]}}))
    await session.send({"type": "response.done", "response": {"id": "new"}})
    await realtime.wait_count(like(CREATE), 2)
    kinds = ["text" if "item" in frame else "create" for frame in sent(session)]
    assert kinds == ["text", "create", "text", "create"]


async def test_a_stop_and_the_server_s_close_meet(realtime: MockRealtime, codex: Codex) -> None:
    """Either may be first; there is one end of the session, and another for the stop if it came
    after that.
    """
    thread, session = await talk(codex, realtime)
    await asyncio.gather(session.close(), thread.stop_realtime())
    assert closes(thread) in (["requested"], ["transport_closed", "requested"])
    assert errors(thread) == []


async def test_a_start_and_late_events_of_the_one_before(
    realtime: MockRealtime, codex: Codex
) -> None:
    """What the old session still says is nobody's once the new one is told of."""
    thread, old = await talk(codex, realtime, version="v1")

    async def chatter() -> None:
        for number in range(5):
            await old.send(v1_events.OutputTranscriptDelta(delta=str(number)))

    try:
        await asyncio.gather(chatter(), thread.start_realtime(version="v1"))
    except ConnectionError:
        await thread.wait_for(STARTED)
    await thread.stop_realtime()
    started = [event.seq for event in thread.events if STARTED(event)]
    late = [event for event in thread.events if told("output_transcript_delta")(event)]
    assert all(event.seq < started[1] for event in late)
    assert closes(thread) == ["requested"]


async def test_a_handoff_and_a_close_meet(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """The turn, if it began, goes on to its end; nothing is told after the end of the session."""
    responses.reply(message("done"), optional=True)
    thread, session = await talk(codex, realtime, version="v1")
    handoff = v1_events.HandoffRequested(handoff_id="h", item_id="i", input_transcript="go")
    await asyncio.gather(session.send(handoff), thread.stop_realtime())
    closed = await thread.wait_for(CLOSED)
    if any(event.type == "task_started" for event in thread.events):
        await thread.wait_for(of_type("task_complete"))
    assert not [e for e in thread.events if e.seq > closed.seq and e.get("payload.type")]


async def playing(realtime: MockRealtime, codex: Codex) -> tuple[AgentThread, RealtimeSession]:
    """A conversation in which the model's sound plays for a minute."""
    thread, session = await talk(codex, realtime)
    await session.send(
        {
            "type": "response.output_audio.delta",
            "delta": "AQID",
            "samples_per_channel": 24_000 * 60,
            "item_id": "item_a",
        }
    )
    await thread.wait_for(told("audio_out"))
    return thread, session


async def test_quiet_sound_is_held_back_while_the_model_s_plays(
    realtime: MockRealtime, codex: Codex
) -> None:
    """Speech is not, nor what follows it at once; when the user speaks, the model's is cut off,
    long before its end.
    """
    thread, session = await playing(realtime, codex)
    await thread.say_audio(QUIET)
    await thread.say_audio(LOUD)
    await thread.say_audio(QUIET)
    await realtime.wait_count(of_type("input_audio_buffer.append"), 2)
    await session.barge_in()
    cut = await session.wait_for(of_type("conversation.item.truncate"))
    assert cut.get("item_id") == "item_a"
    assert 0 <= cut.get("audio_end_ms") < 60_000
    assert session.audio == LOUD + QUIET


async def test_v1_neither_holds_back_nor_cuts_off(realtime: MockRealtime, codex: Codex) -> None:
    """The server does both."""
    thread, session = await talk(codex, realtime, version="v1")
    await session.send(v1_events.OutputAudioDelta(delta="AQID", samples_per_channel=24_000 * 60))
    await thread.wait_for(told("audio_out"))
    await thread.say_audio(QUIET)
    await session.wait_for(of_type("input_audio_buffer.append"))
    assert sent(session) == []
