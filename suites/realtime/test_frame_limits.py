"""Frames that are too long: what the server refuses, what ends a conversation of the agent."""

import pytest

from agent_rehearsal import Stage, direction, kind, of_type
from agent_rehearsal.face.agent import Codex
from codex_core.model_client import websocket_transport
from mock_realtime import MockRealtime, v1_events
from suites.realtime.dialogue import GA, dialogue
from suites.realtime.talking import CLOSED, closes, errors, talk, told

pytestmark = pytest.mark.explore
LONG = "A" * 4000


async def test_the_error_names_the_limit_and_the_journal_has_the_frame(live: Stage) -> None:
    """Whole, as it came; the session goes on, and the audio in it was not heard."""
    live.realtime.max_audio = 1000
    async with dialogue(live) as client:
        error = await client.ask("input_audio_buffer.append", "error", audio=LONG, event_id="e1")
        empty = await client.ask("input_audio_buffer.commit", "error")
        await client.ask("session.update", "session.updated", session=GA)
    assert error["error"]["event_id"] == "e1"
    assert "3000 bytes in one event; at most 1000 are taken" in error["error"]["message"]
    assert empty["error"]["code"] == "input_audio_buffer_commit_empty"
    (view,) = live.realtime.select(of_type("input_audio_buffer.append"))
    assert view.json["audio"] == LONG


async def test_a_long_frame_that_is_no_audio_is_taken(live: Stage) -> None:
    """The API tells a limit for audio alone."""
    live.realtime.max_audio = 1000
    async with dialogue(live) as client:
        updated = {**GA, "instructions": LONG}
        shown = await client.ask("session.update", "session.updated", session=updated)
    assert shown["session"]["instructions"] == LONG


async def test_a_frame_over_the_agent_s_limit_ends_its_conversation(
    realtime: MockRealtime, codex: Codex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one error that names the limit, and one end; what was sent is in the journal."""
    monkeypatch.setattr(websocket_transport, "_LONGEST_MESSAGE", 2000)
    thread, session = await talk(codex, realtime, version="v1")
    await session.send(v1_events.OutputTranscriptDelta(delta=LONG))
    await thread.wait_for(told("error"))
    await thread.wait_for(CLOSED)
    (error,) = errors(thread)
    assert "failed to read websocket message: WebSocket protocol error:" in error
    assert "limit of 2000 bytes" in error
    assert closes(thread) == ["error"]
    spoken = kind("frame") & direction("out") & of_type("conversation.output_transcript.delta")
    assert [entry.json["delta"] for entry in realtime.journal.select(spoken)] == [LONG]
