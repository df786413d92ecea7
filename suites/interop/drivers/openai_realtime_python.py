"""Drives the realtime connection of the openai SDK for Python, 2.x and 3.x alike."""

import base64
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from openai import AsyncOpenAI

from suites.interop.drivers.turns import (
    ASK,
    GREET,
    MODEL,
    PLAYED_MS,
    TOOL,
    VOICE,
    Dictionary,
    Told,
    drive,
)

FUNCTION = {name: value for name, value in TOOL.items() if name != "strict"}
"""The tool as this API takes it."""
WORDS = (
    "response.output_text.delta",
    "response.output_audio_transcript.delta",
    "response.text.delta",
)
"""The events with words of the model, GA's and the one of the beta."""


class Talk:
    """One connection, and what was said on it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.deltas: list[str] = []
        self.sound = b""

    async def until(self, *types: str) -> Any:
        """The next event of one of these types; what is said before it is kept."""
        async for event in self.connection:
            if event.type == "error":
                raise AssertionError(event.error.message)
            if event.type in WORDS:
                self.deltas.append(event.delta)
            if event.type == "response.output_audio.delta":
                self.sound += base64.b64decode(event.delta)
            if event.type in types:
                return event
        raise AssertionError(f"the connection ended before {types}")

    async def respond(self) -> Any:
        """Ask for a response; it, when it is done."""
        await self.connection.response.create()
        return (await self.until("response.done")).response

    async def write(self, text: str) -> None:
        """Put a text of the user into the conversation."""
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": "user", "content": content}
        await self.connection.conversation.item.create(item=item)

    def told(self, text: str, words: list[str] | None = None) -> Told:
        """What the driver tells of it."""
        sound = base64.b64encode(self.sound).decode()
        return Told(text=text, deltas=self.deltas, tool_runs=words or [], sound=sound)


@asynccontextmanager
async def talk(**session: Any) -> AsyncIterator[Talk]:
    """A session with these settings."""
    async with (
        AsyncOpenAI(max_retries=0) as client,
        client.realtime.connect(model=MODEL) as connection,
    ):
        made = Talk(connection)
        await made.until("session.created")
        settings: Any = {"type": "realtime", **session}
        await connection.session.update(session=settings)
        await made.until("session.updated")
        yield made


async def written() -> Told:
    """A text, answered in writing."""
    async with talk(output_modalities=["text"]) as session:
        await session.write(GREET)
        response = await session.respond()
    return session.told(response.output[0].content[0].text)


async def spoken() -> Told:
    """Audio without turn detection, committed and answered in speech."""
    async with talk(audio={"input": {"turn_detection": None}}) as session:
        await append(session.connection)
        await session.connection.input_audio_buffer.commit()
        await session.until("conversation.item.done")
        response = await session.respond()
    return session.told(response.output[0].content[0].transcript)


async def tool() -> Told:
    """A call whose output is answered in speech; the loop is ours, as users write it."""
    dictionary = Dictionary()
    async with talk(tools=[FUNCTION]) as session:
        await session.write(ASK)
        while True:
            response = await session.respond()
            calls = [item for item in response.output if item.type == "function_call"]
            outputs = dictionary.answer((call.call_id, call.arguments) for call in calls)
            if not outputs:
                return session.told(response.output[0].content[0].transcript, dictionary.words)
            for output in outputs:
                await session.connection.conversation.item.create(item=output)


async def interrupted() -> Told:
    """Turn detection: the user is answered, begins to speak, and the answer is cut short."""
    async with talk(audio={"input": {"transcription": {"model": "whisper-1"}}}) as session:
        await append(session.connection)
        heard = await session.until("conversation.item.input_audio_transcription.completed")
        sound = await session.until("response.output_audio.delta")
        await append(session.connection)
        await session.until("input_audio_buffer.speech_started")
        await session.connection.conversation.item.truncate(
            item_id=sound.item_id, content_index=0, audio_end_ms=PLAYED_MS
        )
        await session.until("conversation.item.truncated")
    return session.told(heard.transcript)


async def call() -> Told:
    """A call made with a client secret, joined over a WebSocket and hung up; tells the answer."""
    session: Any = {"type": "realtime", "output_modalities": ["text"]}
    async with AsyncOpenAI(max_retries=0) as client:
        secret = await client.realtime.client_secrets.create(session=session)
        async with AsyncOpenAI(max_retries=0, api_key=secret.value) as caller:
            made = await caller.realtime.calls.with_raw_response.create(sdp=os.environ["OFFER"])
        id = made.headers["location"].rpartition("/")[2]
        async with client.realtime.connect(call_id=id) as connection:
            joined = Talk(connection)
            await joined.until("session.created")
            await joined.write(GREET)
            await joined.respond()
        await client.realtime.calls.hangup(id)
    return Told(text=made.text, deltas=joined.deltas)


async def append(connection: Any) -> None:
    """Say something, in two pieces."""
    half = len(VOICE) // 2
    for piece in (VOICE[:half], VOICE[half:]):
        await connection.input_audio_buffer.append(audio=base64.b64encode(piece).decode())


async def beta() -> Told:
    """The shape before GA, which the SDK still has: `client.beta.realtime`."""
    async with (
        AsyncOpenAI(max_retries=0) as client,
        client.beta.realtime.connect(model=MODEL) as connection,
    ):
        session = Talk(connection)
        await session.until("session.created")
        await connection.session.update(session={"modalities": ["text"]})
        await session.until("session.updated")
        await session.write(GREET)
        response = await session.respond()
        return session.told(response.output[0].content[0].text)


if __name__ == "__main__":
    turns: dict[str, Callable[[], Any]] = {
        "written": written,
        "spoken": spoken,
        "tool": tool,
        "interrupted": interrupted,
        "call": call,
        "beta": beta,
    }
    drive("openai", turns)
