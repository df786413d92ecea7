"""Drives openai-agents: `RealtimeRunner` over the Realtime API, with a function tool."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from agents import Tool, function_tool
from agents.realtime import (
    RealtimeAgent,
    RealtimePlaybackTracker,
    RealtimeRunner,
    RealtimeSession,
)

from suites.interop.drivers.turns import (
    ASK,
    GREET,
    MODEL,
    PLAYED_MS,
    VOICE,
    Dictionary,
    Told,
    drive,
)


class Talk:
    """One session, and what its events handed over."""

    def __init__(self, session: RealtimeSession, played: RealtimePlaybackTracker) -> None:
        self.session = session
        self.played = played
        self.deltas: list[str] = []
        self.sound = b""
        self.answer = ""

    async def until(self, type: str) -> Any:
        """The next event of a type, of the session or of the model below it."""
        async for event in self.session:
            assert event.type != "error", event.error
            found = event.data if event.type == "raw_model_event" else event
            self._keep(found)
            if found.type == type:
                return found
        raise AssertionError(f"the session ended before {type}")

    async def speak(self) -> None:
        """Say something, in two pieces."""
        half = len(VOICE) // 2
        await self.session.send_audio(VOICE[:half])
        await self.session.send_audio(VOICE[half:])

    def told(self, text: str, words: list[str] | None = None) -> Told:
        """What the driver tells of it."""
        sound = base64.b64encode(self.sound).decode()
        return Told(text=text, deltas=self.deltas, tool_runs=words or [], sound=sound)

    def _keep(self, event: Any) -> None:
        if event.type in ("transcript_delta", "output_text_delta"):
            self.deltas.append(event.delta)
        elif event.type == "audio" and not hasattr(event, "audio"):
            self.sound += event.data
        elif event.type == "item_updated" and getattr(event.item, "role", "") == "assistant":
            parts: list[Any] = event.item.content
            said = (getattr(part, "transcript", None) or part.text for part in parts)
            self.answer = "".join(said) if event.item.status == "completed" else ""


@asynccontextmanager
async def talk(*tools: Tool, **settings: Any) -> AsyncIterator[Talk]:
    """A session with these settings."""
    agent: RealtimeAgent[None] = RealtimeAgent(
        name="reader", instructions="Be brief.", tools=[*tools]
    )
    base = os.environ["OPENAI_BASE_URL"].replace("http", "ws", 1)
    played = RealtimePlaybackTracker()
    config: Any = {
        "url": f"{base}/realtime?model={MODEL}",
        "initial_model_settings": {"model_name": MODEL, **settings},
        "playback_tracker": played,
    }
    async with await RealtimeRunner(agent).run(model_config=config) as session:
        yield Talk(session, played)


async def written() -> Told:
    """A text, answered in writing."""
    async with talk(output_modalities=["text"]) as opened:
        await opened.session.send_message(GREET)
        await opened.until("turn_ended")
    return opened.told(opened.answer)


async def spoken() -> Told:
    """Audio without turn detection, committed and answered in speech."""
    async with talk(turn_detection=None) as opened:
        await opened.speak()
        await opened.session.send_audio(b"", commit=True)
        await opened.session.send_message(GREET)
        await opened.until("turn_ended")
    return opened.told(opened.answer)


async def tool() -> Told:
    """A call, which the session answers by itself, and the speech that follows."""
    dictionary = Dictionary()
    async with talk(function_tool(dictionary.look_up)) as opened:
        await opened.session.send_message(ASK)
        await opened.until("tool_end")
        await opened.until("audio_end")
        await opened.until("turn_ended")
    return opened.told(opened.answer, dictionary.words)


async def interrupted() -> Told:
    """Turn detection: the user is answered, begins to speak, and the session cuts what was said."""
    async with talk() as opened:
        await opened.speak()
        heard = await opened.until("input_audio_transcription_completed")
        sound = await opened.until("audio")
        opened.played.on_play_ms(sound.item_id, sound.content_index, PLAYED_MS)
        await opened.speak()
        await opened.until("audio_interrupted")
        await opened.until("turn_ended")
    return opened.told(heard.transcript)


if __name__ == "__main__":
    drive(
        "openai-agents",
        {"written": written, "spoken": spoken, "tool": tool, "interrupted": interrupted},
    )
