"""Stand-ins for the world of `codex_core`: a transport that plays replies, tools that wait."""

import asyncio
import dataclasses
import json
import signal
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from codex_core import Codex, Command, Config, Event, ModelProvider, Runtime
from codex_core.model_client.metadata import Lineage
from codex_core.model_client.transport import Reply, TransportError
from codex_core.protocol.truncation import TruncationPolicy
from codex_core.runtime import Process
from codex_core.session.outlet import EventCallback
from codex_core.session.thread import Thread
from codex_core.tools.session import Tell
from codex_core.tools.session_store import SessionStore
from codex_core.tools.tool import Call, Tool, ToolContext

PATIENCE = 5.0
Json = dict[str, Any]
Chunk = bytes | asyncio.Event | Exception

DEEP = pytest.param('{"more": ' + "[" * 20_000, id="nested without end")
"""The arguments of a call, as a parameter of a test."""


def sse(*events: Json) -> bytes:
    """Events as the body of a stream."""
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def added(item: Json) -> Json:
    return {"type": "response.output_item.added", "item": item}


def done(item: Json) -> Json:
    return {"type": "response.output_item.done", "item": item}


def message(text: str, **fields: str) -> Json:
    content = [{"type": "output_text", "text": text}]
    return {"type": "message", "role": "assistant", "content": content, **fields}


def call(call_id: str, name: str, **arguments: Any) -> Json:
    text = json.dumps(arguments)
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": text}


def delta(text: str) -> Json:
    return {"type": "response.output_text.delta", "delta": text}


def completed(**fields: Any) -> Json:
    usage = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
    return {"type": "response.completed", "response": {"id": "resp_1", "usage": usage, **fields}}


def failed(code: str, text: str = "no") -> Json:
    error = {"code": code, "message": text}
    return {"type": "response.failed", "response": {"error": error}}


class FakeReply:
    """A reply made of chunks; an event among them holds the rest back, an error is raised."""

    def __init__(
        self, *chunks: Chunk, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.headers = dict(headers or {})
        self.closed = False
        self.blocked = asyncio.Event()
        self._chunks = list(chunks)

    async def read(self) -> bytes:
        while self._chunks:
            chunk = self._chunks.pop(0)
            if isinstance(chunk, bytes):
                return chunk
            if isinstance(chunk, Exception):
                raise chunk
            self.blocked.set()
            await chunk.wait()
        return b""

    def close(self) -> None:
        self.closed = True


def reply(*events: Json, headers: Mapping[str, str] | None = None) -> FakeReply:
    """A whole stream."""
    return FakeReply(sse(*events), headers=headers)


def answer(text: str) -> FakeReply:
    """The simplest response."""
    return reply(done(message(text)), completed())


@dataclasses.dataclass
class Post:
    """A request that was sent."""

    url: str
    headers: Mapping[str, str]
    body: Json

    @property
    def input(self) -> list[Json]:
        items: list[Json] = self.body["input"]
        return items

    @property
    def texts(self) -> list[str]:
        """The user's and the assistant's texts, context left out."""
        parts = [part["text"] for item in self.input for part in item.get("content", [])]
        return [text for text in parts if not text.startswith("<")]


class FakeTransport:
    """Plays replies in order and keeps the requests."""

    def __init__(self, *replies: FakeReply | TransportError) -> None:
        self.replies = list(replies)
        self.posts: list[Post] = []
        self.closed = False

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        self.posts.append(Post(url, headers, json.loads(body)))
        if not self.replies:
            raise AssertionError(f"request {len(self.posts)} was not expected")
        chosen = self.replies.pop(0)
        if isinstance(chosen, TransportError):
            raise chosen
        return chosen

    async def close(self) -> None:
        self.closed = True


class Sleeper:
    """A sleep that takes no time and remembers."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))


class WaitingTool:
    """A tool whose calls wait until they are released; it tells which calls have started."""

    def __init__(self, name: str, *, parallel: bool) -> None:
        self.name = name
        self.parallel = parallel
        self.spec: Mapping[str, Any] = {"type": "function", "name": name}
        self.started: list[str] = []
        self.ended: list[str] = []
        self.changed = asyncio.Event()
        self.releases: dict[str, asyncio.Event] = {}

    async def run(self, call: Call, context: ToolContext) -> str:
        self.started.append(call.call_id)
        self.changed.set()
        try:
            await self.gate(call.call_id).wait()
        finally:
            self.ended.append(call.call_id)
            self.changed.set()
        return f"answer to {call.call_id}"

    def gate(self, call_id: str) -> asyncio.Event:
        return self.releases.setdefault(call_id, asyncio.Event())

    async def until_started(self, *call_ids: str) -> None:
        await self._until(self.started, call_ids)

    async def until_ended(self, *call_ids: str) -> None:
        await self._until(self.ended, call_ids)

    async def _until(self, seen: list[str], call_ids: tuple[str, ...]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not set(call_ids) <= set(seen):
                self.changed.clear()
                await self.changed.wait()


class FakeProcess:
    """A process that wrote its output and ended, or that runs until something ends it.

    A signal does, with its number; a deaf one heeds a kill alone.
    """

    strays = False

    def __init__(self, output: Iterable[bytes], code: int, *, endless: bool, deaf: bool) -> None:
        self.typed: list[bytes] = []
        self.signals: list[int] = []
        self._output: asyncio.Queue[bytes] = asyncio.Queue()
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._deaf = deaf
        for chunk in output:
            self.show(chunk)
        if not endless:
            self.exit(code)

    def show(self, chunk: bytes) -> None:
        """It writes something."""
        if chunk:
            self._output.put_nowait(chunk)

    def exit(self, code: int) -> None:
        """It ends by itself."""
        if not self._code.done():
            self._code.set_result(code)
            self._output.put_nowait(b"")

    async def read(self) -> bytes:
        data = await self._output.get()
        if not data:
            self._output.put_nowait(data)
        return data

    async def wait(self) -> int:
        return await asyncio.shield(self._code)

    async def write(self, data: bytes) -> None:
        self.typed.append(data)

    def interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        self.signals.append(number)
        if number == signal.SIGKILL or not self._deaf:
            self.exit(-number)


class FakeRunner:
    """Starts one scripted process after the other."""

    def __init__(
        self,
        *output: bytes,
        code: int = 0,
        endless: bool = False,
        deaf: bool = False,
        error: OSError | None = None,
        problem: str | None = None,
    ) -> None:
        self.commands: list[Command] = []
        self.tried: list[Command] = []
        self.problem = problem
        self.processes: list[FakeProcess] = []
        self.error = error
        self._output, self._code, self._endless, self._deaf = output, code, endless, deaf

    async def start(self, command: Command) -> Process:
        self.commands.append(command)
        if self.error is not None:
            raise self.error
        process = FakeProcess(self._output, self._code, endless=self._endless, deaf=self._deaf)
        self.processes.append(process)
        return process

    async def try_out(self, command: Command) -> str | None:
        self.tried.append(command)
        return self.problem

    def find(self, program: str, env: Mapping[str, str]) -> str | None:
        return f"{env['PATH']}/{program}" if "PATH" in env else None


def tool_context(
    *,
    runtime: Runtime | None = None,
    tell: Tell = lambda *_: None,
    cwd: Path = Path("/"),
    output_tokens: int = 100,
) -> ToolContext:
    """What a tool gets from the turn `turn` of the thread `thread`."""
    world = runtime or Runtime.deterministic()
    return ToolContext(
        runtime=world,
        sessions=SessionStore(world, tell),
        emit=lambda msg: tell("turn", msg),
        cwd=cwd,
        thread_id="thread",
        turn_id="turn",
        truncation=TruncationPolicy(mode="tokens", limit=output_tokens),
    )


def make_config(**settings: Any) -> Config:
    """A configuration that points at a provider without retries."""
    provider = {
        "name": "mock",
        "base_url": "http://mock.test/v1",
        "request_max_retries": 0,
        "stream_max_retries": 0,
        **settings.pop("provider", {}),
    }
    given = {
        "model": "mock-model",
        "sandbox_mode": "danger-full-access",
        "approval_policy": "never",
        "git_metadata": False,
        **settings,
    }
    providers = {"mock": ModelProvider(**provider)}
    return Config(model_provider="mock", providers=providers, **given)


@asynccontextmanager
async def running(
    transport: FakeTransport,
    *,
    runtime: Runtime | None = None,
    tools: Iterable[Tool] | None = None,
    on_event: EventCallback | None = None,
    lineage: Lineage | None = None,
    **settings: Any,
) -> AsyncIterator[Thread]:
    """A thread over a fake transport."""
    world = runtime or Runtime.deterministic(root=Path("/"))
    core = Codex(
        make_config(**settings),
        runtime=world,
        transport=transport,
        tools=tools,
        on_event=on_event,
    )
    async with core as codex:
        yield await codex.start_thread(lineage=lineage)


async def events_until(thread: Thread, *types: str) -> list[Event]:
    """The events up to the first of one of these types."""
    events: list[Event] = []
    async with asyncio.timeout(PATIENCE):
        while not events or events[-1].type not in types:
            events.append(await thread.next_event())
    return events


async def turn_end(thread: Thread) -> list[Event]:
    """The events up to the end of a turn."""
    return await events_until(thread, "task_complete", "turn_aborted")


def types(events: Iterable[Event]) -> list[str]:
    return [event.type for event in events]


def only(events: Iterable[Event], type_: str) -> Any:
    """The message of the one event of a type."""
    found = [event.msg for event in events if event.type == type_]
    assert len(found) == 1, f"{len(found)} events of type {type_}"
    return found[0]
