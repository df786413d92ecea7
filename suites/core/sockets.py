"""Stand-ins for WebSockets: each plays what arrives, and keeps what was sent."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from codex_core import Runtime
from codex_core.config.models import ModelInfo
from codex_core.model_client.auth import Auth, StaticAuth
from codex_core.model_client.client import ResponseStream, TurnClient
from codex_core.model_client.events import ResponseEvent
from codex_core.model_client.http import HttpClient
from codex_core.model_client.input_items import InputItems
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.model_client import ModelClient
from codex_core.model_client.request import Prompt
from codex_core.model_client.websocket import Arrival, Lost, OpenWebSocket, Text, WebSocket
from codex_core.session.history import History
from suites.core.fakes import FakeTransport, Json, done, make_config, message

IDENTITY = RequestIdentity(installation_id="i", session_id="t", thread_id="t", turn_id="u")
Script = Json | Arrival


def created(response_id: str) -> Json:
    return {"type": "response.created", "response": {"id": response_id}}


def completed(response_id: str) -> Json:
    return {"type": "response.completed", "response": {"id": response_id}}


def as_arrival(part: Script) -> Arrival:
    return Text(json.dumps(part).encode()) if isinstance(part, dict) else part


class FakeSocket:
    """A socket whose server answers each message with the next of its scripts."""

    def __init__(
        self,
        *scripts: Sequence[Script],
        at_once: Sequence[Script] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.headers: Mapping[str, str] = headers or {}
        self.sent: list[Json] = []
        self.dropped = False
        self.stuck = False
        """Does it take no more?"""
        self._scripts = deque(scripts)
        self._arrived: deque[Arrival] = deque(map(as_arrival, at_once))
        self._news = asyncio.Event()

    def arrive(self, *parts: Script) -> None:
        """The server says something."""
        self._arrived.extend(map(as_arrival, parts))
        self._news.set()

    async def send(self, text: bytes) -> None:
        if self.stuck:
            await asyncio.Event().wait()
        self.sent.append(json.loads(text))
        if self._scripts:
            self.arrive(*self._scripts.popleft())

    async def receive(self) -> Arrival:
        while not self._arrived:
            self._news.clear()
            await self._news.wait()
        return self._arrived.popleft()

    def poll(self) -> Arrival | None:
        return self._arrived.popleft() if self._arrived else None

    def drop(self) -> None:
        self.dropped = True
        self.arrive(Lost("dropped"))


class Opener:
    """Opens the sockets in order, or raises what stands in the place of one."""

    def __init__(self, *outcomes: FakeSocket | Exception) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self._outcomes = deque(outcomes)

    async def __call__(self, url: str, headers: Mapping[str, str]) -> WebSocket:
        self.asked.append((url, headers))
        if not self._outcomes:
            raise AssertionError(f"socket {len(self.asked)} was not expected")
        outcome = self._outcomes.popleft()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def model_client(
    opener: OpenWebSocket,
    *,
    transport: FakeTransport | None = None,
    auth: Auth | None = None,
    **provider: Any,
) -> ModelClient:
    """The client of a thread over these sockets."""
    config = make_config(provider={"supports_websockets": True, **provider})
    http = HttpClient(
        provider=config.provider,
        transport=transport or FakeTransport(),
        runtime=Runtime.deterministic(),
        auth=auth or StaticAuth("token"),
    )
    history = History(policy=ModelInfo().truncation)
    return ModelClient(http, encode=history.encode_item, open_socket=opener)


SAID = [done(message("hi")), completed("resp_1")]
"""A whole response."""


def prompt(*texts: str, tools: bytes = b"[]") -> Prompt:
    items = [msgspec.Raw(msgspec.json.encode(user(text))) for text in texts]
    return Prompt(instructions="be good", input=InputItems(items), tools=msgspec.Raw(tools))


def user(text: str) -> Json:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def turn(client: ModelClient) -> TurnClient:
    return client.turn(IDENTITY, make_config())


async def ask(turn: TurnClient, *texts: str, **fields: Any) -> list[ResponseEvent]:
    """Sends a request and reads its response to the end; raises `ModelError`."""
    stream = await turn.stream(prompt(*texts, **fields))
    try:
        return await read_all(stream)
    finally:
        stream.close()


async def read_all(stream: ResponseStream) -> list[ResponseEvent]:
    events: list[ResponseEvent] = []
    async with asyncio.timeout(5):
        while more := await stream.read():
            events += more
    return events
