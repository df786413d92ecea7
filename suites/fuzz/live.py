"""A live mock that is asked by one example after the other, and what it must never do meanwhile.

The stage is renewed now and then, so that a hundred thousand examples fit into memory.
"""

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from agent_rehearsal import ALWAYS, Stage
from agent_rehearsal.journal import Entry
from mock_responses import asks, carries_output_of, message
from mock_responses.aimock import read_fixtures
from suites.wire.raw_client import RawClient

EXAMPLES = 250
"""How many examples one stage serves."""
LIMIT = 20.0
"""Seconds that one example may take; it takes about two thousandths."""
GREETING = "still here"
FIXTURES = b"""{"fixtures": [
  {"match": {"userMessage": "a", "systemMessage": ["b"], "model": "m", "turnIndex": 1},
   "response": {"content": "c"}},
  {"match": {"toolCallId": "c1", "toolResultContains": "x", "toolName": "t",
   "hasToolResult": true, "responseFormat": "text", "context": "z", "sequenceIndex": 0},
   "response": {"content": "d"}}
]}"""
"""Conditions that look at every part of a request."""

Example = Callable[[Stage], Awaitable[None]]


class Live:
    """Runs examples against a stage; what went wrong unseen fails the example."""

    def __init__(self, runner: asyncio.Runner, errors: "Errors") -> None:
        self._runner = runner
        self._errors = errors
        self._stage: Stage | None = None
        self._served = 0

    def run(self, example: Example) -> None:
        """One example, bounded in time."""
        self._runner.run(self._bounded(example))
        assert self._errors.take() == []

    async def _bounded(self, example: Example) -> None:
        async with asyncio.timeout(LIMIT):
            if self._stage is None or self._served == EXAMPLES:
                await self.stop()
                self._stage = await started()
            self._served += 1
            await example(self._stage)

    async def stop(self) -> None:
        """Stop the stage: no task and no socket of a client may hold it up."""
        stage, self._stage, self._served = self._stage, None, 0
        if stage is not None:
            await stage.stop()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            assert not others, others


class Errors(logging.Handler):
    """What the loop, asyncio and aiohttp complain of behind everybody's back."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a logged error."""
        self._found.append(self.format(record))

    def note(self, _: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """Keep what the loop was told."""
        self._found.append(repr(dict(context)))

    def take(self) -> list[str]:
        """What was found since the last time."""
        found, self._found = self._found, []
        return found


@contextmanager
def live() -> Iterator[Live]:
    """A mock to fuzz."""
    errors = Errors()
    root = logging.getLogger()
    root.addHandler(errors)
    try:
        with asyncio.Runner() as runner:
            runner.get_loop().set_exception_handler(errors.note)
            fuzzing = Live(runner, errors)
            try:
                yield fuzzing
            finally:
                runner.run(fuzzing.stop())
    finally:
        root.removeHandler(errors)


async def started() -> Stage:
    """A stage whose conditions look at all that comes, and which has an answer to anything."""
    stage = Stage(strict="off")
    await stage.start()
    for condition in (asks("a"), carries_output_of("c1")):
        stage.responses.reply(message("by condition"), when=condition, times=ALWAYS)
    stage.responses.reply(message(GREETING), times=ALWAYS)
    stage.realtime.reply({"type": "pong"}, times=ALWAYS)
    read_fixtures({"f.json": FIXTURES}).reply_on(stage.responses)
    return stage


@asynccontextmanager
async def client(stage: Stage) -> AsyncIterator[RawClient]:
    """A connection that is gone at once when it is left, and takes up no port afterwards."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    own: socket.socket = writer.get_extra_info("socket")
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw = RawClient(reader, writer)
    try:
        yield raw
    finally:
        await raw.leave()


async def still_serves(stage: Stage) -> None:
    """A well-formed request is answered as ever."""
    async with client(stage) as raw:
        status, _, body = await raw.ask({"model": "m", "input": "hello"})
    assert status == 200
    assert GREETING.encode() in body


def raised(made: Iterable[Entry]) -> list[str]:
    """The findings of replies and conditions that raised."""
    found = (entry for entry in made if entry.kind == "finding")
    return [entry.get("text") for entry in found if "raised" in entry.head]
