"""`codex_core` as a user's client: the library in this process, over real sockets.

Its clock counts, so that each turn has a time of its own; delays before a retry are not waited for.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from msgspec.structs import replace

import codex_core
from codex_core.config.loader import load_config
from codex_core.protocol import ops
from codex_core.protocol.additional_context import AdditionalContext, ContextEntry
from codex_core.protocol.inputs import ImageInput, InputItem, LocalImageInput, TextInput
from codex_core.protocol.realtime import AudioFrame, ConversationItemAdded, RealtimeError
from codex_core.protocol.realtime_events import RealtimeConversationRealtime
from codex_core.protocol.realtime_ops import (
    RealtimeConversationAudio,
    RealtimeConversationClose,
    RealtimeConversationSpeech,
    RealtimeConversationStart,
    RealtimeConversationText,
    WebRtc,
)
from suites.parity.clients.user import LIMIT, Place, Turn, User
from suites.parity.clients.voice import News, Role, Sound
from suites.parity.settings import Own, config_toml, environment

NAME = "codex_core"
OWN = Own(
    provider={"honor_retry_after": False},
    realtime=dict.fromkeys(
        (
            "mirror_user_text",
            "mark_replaced",
            "label_output",
            "playback_aware",
            "ask_again",
            "answer_all",
        ),
        False,
    ),
)
"""The reference does not wait as it is told, and does less in a realtime conversation."""
START = "task_started"
ENDINGS = ("task_complete", "turn_aborted")
END = "end"
NEWS: Mapping[News, str] = {
    "started": "realtime_conversation_started",
    "sdp": "realtime_conversation_sdp",
    "error": "error of a conversation",
    "closed": "realtime_conversation_closed",
}
EPOCH = 1_750_000_000


class CoreUser(User):
    """A thread of the library."""

    def __init__(self) -> None:
        super().__init__()
        self.thread: codex_core.Thread
        self._begun = 0
        self._seen = Counter[str]()
        self._news = asyncio.Event()

    def note(self, thread_id: str, event: codex_core.Event) -> None:
        """Take an event of the library."""
        self._seen[_name(event)] += 1
        self._news.set()

    async def submit(self, turn: Turn) -> None:
        """As the user's."""
        self._begun += 1
        await self.thread.submit(_operation(turn))

    async def join(self, turn: Turn) -> None:
        """As the user's."""
        await self.thread.submit(_operation(turn))

    async def interrupt(self) -> None:
        """As the user's."""
        await self.thread.submit(ops.Interrupt())
        await self.ended()

    async def compact(self) -> None:
        """As the user's."""
        self._begun += 1
        await self.thread.submit(ops.Compact())
        await self.ended()

    async def ended(self) -> None:
        """As the user's."""
        await self._wait(END, self._begun)

    async def start_talk(self, fields: dict[str, Any]) -> None:
        """As the user's."""
        given = dict(fields)
        if "sdp" in given:
            given["transport"] = WebRtc(sdp=given.pop("sdp"))
        await self.thread.submit(RealtimeConversationStart(**given))

    async def write(self, text: str, role: Role = "user") -> None:
        """As the user's."""
        await self.thread.submit(RealtimeConversationText(text=text, role=role))

    async def sound(self, sound: Sound) -> None:
        """As the user's."""
        frame = AudioFrame(
            data=sound.data,
            sample_rate=sound.rate,
            num_channels=sound.channels,
            samples_per_channel=sound.samples,
        )
        await self.thread.submit(RealtimeConversationAudio(frame=frame))

    async def speak(self, text: str) -> None:
        """As the user's."""
        await self.thread.submit(RealtimeConversationSpeech(text=text))

    async def hang_up(self) -> None:
        """As the user's."""
        await self.thread.submit(RealtimeConversationClose())

    async def told(self, news: News, *, count: int = 1) -> None:
        """As the user's."""
        await self._wait(NEWS[news], count)

    async def told_of(self, item_id: str) -> None:
        """As the user's."""
        await self._wait(f"item {item_id}", 1)

    async def follow(self) -> None:
        """As the user's."""
        self._begun += 1
        await self._wait(START, self._begun)

    async def _wait(self, what: str, count: int) -> None:
        async with asyncio.timeout(LIMIT):
            while self._seen[what] < count:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def open_core(place: Place) -> AsyncIterator[CoreUser]:
    """Start the library and one thread of it."""
    file = place.codex_home / "config.toml"
    file.write_text(config_toml(place.settings, place.base_url, own=OWN), "utf-8")
    user = CoreUser()
    runtime = _runtime(place)
    config = load_config(runtime)
    async with codex_core.Codex(config, runtime=runtime, on_event=user.note) as core:
        user.thread = await core.start_thread()
        yield user


def _name(event: codex_core.Event) -> str:
    """What an event is waited for as."""
    match event.msg:
        case RealtimeConversationRealtime(payload=ConversationItemAdded(item=item)):
            return f"item {item.get('id')}"
        case RealtimeConversationRealtime(payload=RealtimeError()):
            return NEWS["error"]
    return END if event.type in ENDINGS else event.type


def _runtime(place: Place) -> codex_core.Runtime:
    env = environment(place.settings, place.home, place.codex_home)
    plain = codex_core.Runtime.deterministic(env=env, root=place.work)
    return replace(plain, now=itertools.count(EPOCH).__next__, sleep=_at_once)


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


def _context(turn: Turn) -> AdditionalContext:
    return {
        key: ContextEntry(kind=kind, value=value) for key, (kind, value) in turn.context.items()
    }


def _operation(turn: Turn) -> ops.UserInput:
    images = (ImageInput(image_url=url) for url in turn.images)
    files = (LocalImageInput(path=str(path)) for path in turn.files)
    items: tuple[InputItem, ...] = (TextInput(text=turn.text), *images, *files)
    fields: dict[str, Any] = {
        "responsesapi_client_metadata": turn.metadata and dict(turn.metadata),
        "approval_policy": turn.approval_policy,
        "model": turn.model,
        "effort": turn.effort,
        "summary": turn.summary,
        "service_tier": turn.service_tier,
        "cwd": turn.cwd and str(turn.cwd),
        "output_schema": turn.schema,
        "additional_context": _context(turn) or None,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return ops.UserInput(items=items, **given)
