"""The Codex CLI as a user's client: its app server, started offline in a home of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from suites.interop.codex_cli import program
from suites.parity.clients.app_server import AppServer, Message
from suites.parity.clients.user import Place, Turn, User
from suites.parity.clients.voice import News, Role, Sound
from suites.parity.settings import ORIGINATOR, Own, config_toml, environment

VERSION = "0.142.0"
NAME = f"cli-{VERSION}"
SIMPLE = {
    "model": "model",
    "effort": "effort",
    "summary": "summary",
    "service_tier": "serviceTier",
    "approval_policy": "approvalPolicy",
    "schema": "outputSchema",
}
"""Fields of a turn that the app server takes as they are, and its names for them."""


class CliUser(User):
    """A thread of an app server."""

    def __init__(self, server: AppServer, thread_id: str) -> None:
        super().__init__()
        self._server = server
        self._thread_id = thread_id
        self._turn_id = ""
        self._begun = 0

    async def submit(self, turn: Turn) -> None:
        """As the user's."""
        started = await self._call("turn/start", **_input(turn), **_overrides(turn))
        self._turn_id = started["turn"]["id"]
        self._begun += 1

    async def join(self, turn: Turn) -> None:
        """As the user's."""
        await self._call("turn/steer", expectedTurnId=self._turn_id, **_input(turn))

    async def interrupt(self) -> None:
        """As the user's."""
        await self._call("turn/interrupt", turnId=self._turn_id)
        await self.ended()

    async def compact(self) -> None:
        """As the user's."""
        self._begun += 1
        await self._call("thread/compact/start")
        await self.ended()

    async def ended(self) -> None:
        """As the user's."""
        await self._server.wait_for(_is_end, count=self._begun)

    async def start_talk(self, fields: dict[str, Any]) -> None:
        """As the user's."""
        given = {"outputModality": "audio", **{_camel(key): fields[key] for key in fields}}
        if "sdp" in given:
            given["transport"] = {"type": "webrtc", "sdp": given.pop("sdp")}
        await self._call("thread/realtime/start", **given)

    async def write(self, text: str, role: Role = "user") -> None:
        """As the user's."""
        await self._call("thread/realtime/appendText", text=text, role=role)

    async def sound(self, sound: Sound) -> None:
        """As the user's."""
        audio = {"data": sound.data, "sampleRate": sound.rate, "numChannels": sound.channels}
        if sound.samples is not None:
            audio["samplesPerChannel"] = sound.samples
        await self._call("thread/realtime/appendAudio", audio=audio)

    async def speak(self, text: str) -> None:
        """As the user's."""
        await self._call("thread/realtime/appendSpeech", text=text)

    async def hang_up(self) -> None:
        """As the user's."""
        await self._call("thread/realtime/stop")

    async def told(self, news: News, *, count: int = 1) -> None:
        """As the user's."""
        method = f"thread/realtime/{news}"
        await self._server.wait_for(lambda message: bool(message["method"] == method), count=count)

    async def told_of(self, item_id: str) -> None:
        """As the user's."""
        await self._server.wait_for(lambda message: _item_of(message) == item_id)

    async def follow(self) -> None:
        """As the user's."""
        self._begun += 1
        started = await self._server.wait_for(_is_start, count=self._begun)
        self._turn_id = started["params"]["turn"]["id"]

    async def _call(self, method: str, **params: Any) -> Any:
        return await self._server.call(method, threadId=self._thread_id, **params)


@asynccontextmanager
async def open_cli(place: Place) -> AsyncIterator[CliUser]:
    """Start the CLI's app server and one thread of it."""
    home = place.codex_home
    (home / "config.toml").write_text(
        config_toml(place.settings, place.base_url, own=Own()), "utf-8"
    )
    env = environment(place.settings, place.home, home)
    async with AppServer(program(VERSION), cwd=place.work, env=env) as server:
        await server.call(
            "initialize",
            clientInfo={"name": ORIGINATOR, "version": "1"},
            capabilities={"experimentalApi": True},
        )
        started = await server.call("thread/start", cwd=str(place.work), threadSource="user")
        yield CliUser(server, started["thread"]["id"])


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _item_of(message: Message) -> Any:
    added = message["method"] == "thread/realtime/itemAdded"
    return message["params"]["item"].get("id") if added else None


def _is_start(message: Message) -> bool:
    return bool(message["method"] == "turn/started")


def _is_end(message: Message) -> bool:
    return bool(message["method"] == "turn/completed")


def _input(turn: Turn) -> Mapping[str, Any]:
    images = [{"type": "image", "url": url} for url in turn.images]
    files = [{"type": "localImage", "path": str(path)} for path in turn.files]
    given: dict[str, Any] = {"input": [{"type": "text", "text": turn.text}, *images, *files]}
    if turn.metadata is not None:
        given["responsesapiClientMetadata"] = dict(turn.metadata)
    if turn.context:
        given["additionalContext"] = {
            key: {"kind": kind, "value": value} for key, (kind, value) in turn.context.items()
        }
    return given


def _overrides(turn: Turn) -> Mapping[str, Any]:
    fields = {ours: getattr(turn, ours) for ours in SIMPLE}
    given = {SIMPLE[name]: value for name, value in fields.items() if value is not None}
    if turn.cwd is not None:
        given["cwd"] = str(turn.cwd)
    return given
