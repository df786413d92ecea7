"""A server that talks nonsense: what the agent's conversation passes over, and what ends it."""

from typing import Any

import pytest

from agent_rehearsal import like
from agent_rehearsal.face.agent import Codex
from agent_rehearsal.wire import Raw
from mock_realtime import MockRealtime
from suites.realtime.talking import CLOSED, closes, errors, item, talk, told

pytestmark = pytest.mark.explore
PASSED_OVER: list[Any] = [
    Raw(b"{"),
    Raw(b"[1]"),
    Raw(b'{"type": 7}'),
    {"type": "nothing.known"},
    {"type": "session.updated", "session_id": "sess_1"},
    {"type": "response.output_audio.delta"},
    {"type": "conversation.item.done", "item": {}},
    {"type": "error"},
]
OUT_OF_ORDER: list[Any] = [
    {"type": "response.done", "response": {"id": "r9"}},
    {"type": "response.cancelled"},
    {"type": "conversation.item.done", "item": {"id": "i9", "type": "message"}},
    {"type": "input_audio_buffer.speech_started", "item_id": "i9"},
    {"type": "response.output_audio.delta", "delta": "no base64!", "item_id": "i9"},
    {"type": "input_audio_buffer.speech_started", "item_id": "i9"},
    {"type": "response.created"},
    {"type": "response.created", "response": {"id": "r9"}},
]


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("said", [PASSED_OVER, OUT_OF_ORDER], ids=["nonsense", "out of order"])
async def test_the_conversation_goes_on(
    realtime: MockRealtime, codex: Codex, said: list[Any], version: str
) -> None:
    """Nothing of it is an error, and what comes and goes after it is as ever."""
    thread, session = await talk(codex, realtime, version=version)
    await session.send(*said)
    added = {"type": "conversation.item.added", "item": {"id": "after"}}
    await session.send(added)
    await thread.wait_for(told("conversation_item_added", item={"id": "after"}))
    await thread.say_text("still here", role="developer")
    await session.wait_for(like(item("developer", "still here")))
    assert (errors(thread), closes(thread)) == ([], [])


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_a_binary_message_ends_it(realtime: MockRealtime, codex: Codex, version: str) -> None:
    """With one error and one end."""
    thread, session = await talk(codex, realtime, version=version)
    await session.send(Raw(b"\xff\xfe"))
    await thread.wait_for(told("error"))
    await thread.wait_for(CLOSED)
    assert errors(thread) == ["unexpected binary realtime websocket event"]
    assert closes(thread) == ["error"]


async def test_a_wrong_message_of_ours_is_told_as_the_server_words_it(
    realtime: MockRealtime, codex: Codex
) -> None:
    """The mock refuses what the API refuses; the reference ends a session with any error."""
    thread, _ = await talk(codex, realtime, version="v2", model="m")
    realtime.max_audio = 0
    second = await thread.start_realtime(prompt="q", include_startup_context=False)
    assert second.get("version") == "v2"
    await thread.say_audio(b"\x00\x40" * 24)
    await thread.wait_for(told("error"))
    await thread.wait_for(CLOSED)
    assert errors(thread) == ["'audio': 48 bytes in one event; at most 0 are taken."]
    assert closes(thread) == ["error"]
