"""The official client's realtime connection runs against a session without a script."""

import base64
from typing import Any

import pytest

from agent_rehearsal import Stage
from mock_realtime import function_call, speech
from suites.realtime.told import objections

pytestmark = pytest.mark.explore


async def until(connection: Any, type: str) -> Any:
    """The next event of a type; each before it is one of the official types, and complete."""
    async for event in connection:
        assert objections(event.to_dict()) == []
        if event.type == type:
            return event
    raise AssertionError(f"the connection ended before {type}")


async def test_a_conversation_with_text_sound_and_a_tool(live: Stage) -> None:
    """Settings, items, audio, a call with its output, and what the model says."""
    live.realtime.reply(function_call("weather", {"city": "Rome"}, call_id="c1"))
    live.realtime.reply(speech("Sunny", b"\1\2", "."))
    async with live.openai().realtime.connect(model="gpt-realtime") as connection:
        created = await until(connection, "session.created")
        assert created.session.model == "gpt-realtime"
        audio: Any = {"input": {"transcription": {"model": "whisper-1"}, "turn_detection": None}}
        await connection.session.update(session={"type": "realtime", "audio": audio})
        updated = await until(connection, "session.updated")
        assert updated.session.audio.input.transcription.model == "whisper-1"
        await connection.input_audio_buffer.append(audio=base64.b64encode(bytes(4800)).decode())
        await connection.input_audio_buffer.commit()
        await until(connection, "conversation.item.done")
        await connection.response.create()
        call = (await until(connection, "response.done")).response.output[0]
        output: Any = {"type": "function_call_output", "call_id": call.call_id, "output": "25"}
        await connection.conversation.item.create(item=output)
        await connection.response.create()
        delta = await until(connection, "response.output_audio.delta")
        assert base64.b64decode(delta.delta) == b"\1\2"
        done = await until(connection, "response.done")
    assert done.response.output[0].content[0].transcript == "Sunny."
    assert done.response.usage.output_tokens > 0
    live.assert_no_findings()


async def test_a_user_who_is_heard_is_answered(live: Stage) -> None:
    """Turn detection on request: the client sees what it would see of the API."""
    async with live.openai().realtime.connect(model="gpt-realtime") as connection:
        audio: Any = {"input": {"transcription": {"model": "whisper-1"}}}
        await connection.session.update(session={"type": "realtime", "audio": audio})
        await until(connection, "session.updated")
        session = await live.realtime.session()
        await session.say("What is the time?", audio=bytes(48_000))
        stopped = await until(connection, "input_audio_buffer.speech_stopped")
        assert stopped.audio_end_ms == 1000
        name = "conversation.item.input_audio_transcription.completed"
        assert (await until(connection, name)).transcript == "What is the time?"
        assert (await until(connection, "response.done")).response.status == "completed"
