"""A thread of the Codex CLI's app server with a realtime conversation: what is asked of it, and
what it tells.
"""

import os
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from suites.interop.codex_cli import program
from suites.parity.clients.app_server import AppServer

NAME = "interop"
"""The client that the app server takes us for."""


class Talk:
    """One thread. Every request is answered at once; what comes of it is told later."""

    def __init__(self, server: AppServer, thread: str) -> None:
        self.thread = thread
        self._server = server

    async def start(self, **options: Any) -> None:
        """Begin a conversation, with a prompt and nothing else in the instructions."""
        given = {"prompt": "Be brief.", "includeStartupContext": False, "outputModality": "audio"}
        await self._ask("start", **{**given, **options})

    async def text(self, text: str, **options: Any) -> None:
        """Say something in writing."""
        await self._ask("appendText", text=text, **options)

    async def audio(self, sound: bytes) -> None:
        """Say something, as PCM of 24 kHz."""
        chunk = {
            "data": b64encode(sound).decode(),
            "sampleRate": 24_000,
            "numChannels": 1,
            "samplesPerChannel": len(sound) // 2,
        }
        await self._ask("appendAudio", audio=chunk)

    async def speech(self, text: str) -> None:
        """Have the model say something."""
        await self._ask("appendSpeech", text=text)

    async def stop(self) -> None:
        """End the conversation."""
        await self._ask("stop")

    async def told(self, name: str, **wanted: Any) -> Mapping[str, Any]:
        """The first notification of this name, past or future, that has these parameters."""
        method = f"thread/realtime/{name}"
        message = await self._server.wait_for(
            lambda told: told["method"] == method and wanted.items() <= told["params"].items()
        )
        return {key: value for key, value in message["params"].items() if key != "threadId"}

    def names(self) -> list[str]:
        """The names of what was told of the conversation so far, in order.

        Without those of the items that version 0.169.0 makes of the conversation itself.
        """
        methods = (message["method"].partition("thread/realtime/") for message in self._server.told)
        return [name for _, found, name in methods if found and not name.startswith("item/")]

    async def turn(self, text: str) -> None:
        """Take a turn in writing, to its end."""
        await self._server.call(
            "turn/start", threadId=self.thread, input=[{"type": "text", "text": text}]
        )
        await self.turn_ended()

    async def turn_ended(self) -> None:
        """Wait for the end of a turn."""
        await self._server.wait_for(lambda told: bool(told["method"] == "turn/completed"))

    async def _ask(self, name: str, **params: Any) -> None:
        await self._server.call(f"thread/realtime/{name}", threadId=self.thread, **params)


@asynccontextmanager
async def talking(version: str, *, work: Path, env: Mapping[str, str]) -> AsyncIterator[Talk]:
    """An app server and one thread of it."""
    given = {"PATH": os.environ["PATH"], **env}
    async with AppServer(program(version), cwd=work, env=given) as server:
        await server.call(
            "initialize",
            clientInfo={"name": NAME, "version": "1"},
            capabilities={"experimentalApi": True},
        )
        started = await server.call("thread/start", cwd=str(work))
        yield Talk(server, started["thread"]["id"])
