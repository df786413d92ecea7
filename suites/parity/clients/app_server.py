"""The Codex CLI's app server as a process: JSON-RPC, one object a line, over its stdin and stdout.

It knows no scenario. Requests have one deadline each; notifications are kept and never consumed.
"""

import asyncio
import itertools
import json
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

LINE_LIMIT = 1 << 26
"""Bytes of the longest line: a thread that is read back is one line."""
DEADLINE = 30.0
"""Seconds that any answer or notification may take."""

Message = dict[str, Any]


class Refused(AssertionError):
    """The app server answered with an error, or ended."""


class AppServer:
    """A running app server; an async context manager, whose end is the process's."""

    def __init__(self, program: Path, *, cwd: Path, env: Mapping[str, str]) -> None:
        self.told: list[Message] = []
        """Every notification so far."""
        self._start = (program, cwd, env)
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._news = asyncio.Event()
        self._process: asyncio.subprocess.Process
        self._reader: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        program, cwd, env = self._start
        self._process = await asyncio.create_subprocess_exec(
            program,
            "app-server",
            cwd=cwd,
            env=dict(env),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LINE_LIMIT,
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(DEADLINE):
                await self._process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
            await self._reader

    async def call(self, method: str, **params: Any) -> Any:
        """The result of a request. Raises Refused for an error, TimeoutError after the deadline."""
        assert self._process.stdin is not None
        if self._reader.done():
            raise Refused(f"{method}: the app server has ended")
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, "method": method, "params": params})
        self._process.stdin.write(line.encode() + b"\n")
        async with asyncio.timeout(DEADLINE):
            message = await answer
        if "error" in message:
            raise Refused(f"{method}: {message['error']['message']}")
        return message["result"]

    async def wait_for(self, test: Callable[[Message], bool], *, count: int = 1) -> Message:
        """The notification that is the `count`th to pass `test`, past or future."""
        async with asyncio.timeout(DEADLINE):
            while len(found := [message for message in self.told if test(message)]) < count:
                if self._reader.done():
                    raise Refused("the app server ended while it was waited for")
                self._news.clear()
                await self._news.wait()
        return found[count - 1]

    async def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            async for line in self._process.stdout:
                self._take(json.loads(line))
        finally:
            for answer in self._answers.values():
                answer.set_exception(Refused("the app server ended without an answer"))
            asyncio.get_running_loop().call_soon(self._news.set)

    def _take(self, message: Message) -> None:
        if "method" in message:
            self.told.append(message)
            self._news.set()
        elif (answer := self._answers.pop(message["id"], None)) is not None:
            answer.set_result(message)
