"""A realtime session over a socket that is not real: queues, limits, credentials, one end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import msgspec
import pytest

from codex_core import Codex, Event, Runtime
from codex_core.model_client.transport import TransportError
from codex_core.protocol.ops import user_text
from codex_core.protocol.realtime import AudioFrame
from codex_core.protocol.realtime_ops import (
    RealtimeConversationAudio,
    RealtimeConversationClose,
    RealtimeConversationListVoices,
    RealtimeConversationSpeech,
    RealtimeConversationStart,
    RealtimeConversationText,
)
from codex_core.realtime.inbox import AUDIO_LIMIT, LIMIT, Inbox
from codex_core.realtime.output import OutputRules, Said
from codex_core.realtime.session import Session
from codex_core.realtime.wire_v1 import V1
from codex_core.realtime.wire_v2 import V2
from codex_core.session.thread import Thread
from suites.core.fakes import FakeTransport, events_until, make_config
from suites.core.sockets import FakeSocket, Opener

pytestmark = pytest.mark.explore


@asynccontextmanager
async def thread_over(
    *outcomes: FakeSocket | Exception,
    env: Mapping[str, str] | None = None,
    provider: Mapping[str, Any] | None = None,
    **settings: Any,
) -> AsyncIterator[tuple[Thread, Opener]]:
    """A thread whose realtime sockets are these."""
    opener = Opener(*outcomes)
    given = provider or {"experimental_bearer_token": "key"}
    config = make_config(provider=given, **settings)
    core = Codex(
        config,
        runtime=Runtime.deterministic(env=env),
        transport=FakeTransport(),
        open_socket=opener,
    )
    async with core:
        yield await core.start_thread(), opener


async def told(thread: Thread, last: str) -> list[Event]:
    return [event for event in await events_until(thread, last) if "realtime" in event.type]


async def test_sound_beyond_the_limit_is_dropped() -> None:
    """The oldest is kept, in order."""
    inbox, session = Inbox(), Session(V2(), OutputRules())
    for number in range(AUDIO_LIMIT + 9):
        inbox.put_audio(AudioFrame(data=str(number)))
    while work := inbox.take():
        work(session)
    kept = [frame["audio"] for frame in session.frames]
    assert kept == [str(number) for number in range(AUDIO_LIMIT)]
    assert inbox.dropped == 9


async def test_the_three_queues_take_turns() -> None:
    """However much sound waits, a text and a message of the agent are soon sent."""
    inbox, session = Inbox(), Session(V1(), OutputRules())
    for _ in range(9):
        inbox.put_audio(AudioFrame(data=""))
    inbox.put_text(partial(Session.text, role="user", text="text"))
    inbox.put_output(partial(Session.output, said=Said(text="output")))
    for _ in range(3):
        work = inbox.take()
        assert work is not None
        work(session)
    types = {frame["type"] for frame in session.frames}
    assert len(types) == 3


async def test_whoever_brings_too_many_texts_waits() -> None:
    """Until there is room, or the session is over; the thread itself goes on."""
    socket = FakeSocket()
    async with thread_over(socket) as (thread, _):
        await thread.submit(RealtimeConversationStart())
        socket.stuck = True
        for number in range(LIMIT):
            await thread.submit(RealtimeConversationText(text=str(number)))
        late = asyncio.ensure_future(thread.submit(RealtimeConversationText(text="late")))
        await thread.submit(RealtimeConversationListVoices())
        await told(thread, "realtime_conversation_list_voices_response")
        assert not late.done()
        await thread.submit(RealtimeConversationClose())
        await late


@pytest.mark.parametrize(
    ("provider", "env", "expected"),
    [
        ({"experimental_bearer_token": "literal"}, {}, "Bearer literal"),
        ({"env_key": "MINE"}, {"MINE": "from-env"}, "Bearer from-env"),
        ({"name": "OpenAI", "requires_openai_auth": True}, {"OPENAI_API_KEY": "k"}, "Bearer k"),
    ],
)
async def test_the_key(provider: dict[str, Any], env: dict[str, str], expected: str) -> None:
    """The provider's own, else the environment's where the provider is OpenAI."""
    async with thread_over(FakeSocket(), provider=provider, env=env) as (thread, opener):
        await thread.submit(RealtimeConversationStart())
        ((_, headers),) = opener.asked
    assert headers["authorization"] == expected


@pytest.mark.parametrize(
    ("provider", "problem"),
    [
        ({"name": "other"}, "realtime conversation requires API key auth"),
        ({"env_key": "MINE"}, "Missing environment variable: `MINE`."),
    ],
)
async def test_no_key(provider: dict[str, Any], problem: str) -> None:
    """One error, and no session; the environment's key is not for other providers."""
    env = {"OPENAI_API_KEY": "k"}
    async with thread_over(provider=provider, env=env) as (thread, opener):
        await thread.submit(RealtimeConversationStart())
        (event,) = await told(thread, "realtime_conversation_realtime")
    assert event.msg.payload.message == problem  # type: ignore[union-attr]
    assert opener.asked == []


async def test_a_connection_that_fails_is_an_error_only() -> None:
    """It says what the network said."""
    async with thread_over(TransportError("no route")) as (thread, _):
        await thread.submit(RealtimeConversationStart())
        (event,) = await told(thread, "realtime_conversation_realtime")
    message = event.msg.payload.message  # type: ignore[union-attr]
    assert message == (
        "stream disconnected before completion: failed to connect realtime websocket: no route"
    )


@pytest.mark.parametrize("data", ["no base64", "AQI"])
async def test_sound_that_is_no_base64_is_refused(data: str) -> None:
    """Whoever brings it is told what to bring."""
    async with thread_over() as (thread, _):
        with pytest.raises(ValueError, match="is no base64"):
            await thread.submit(RealtimeConversationAudio(frame=AudioFrame(data=data)))


@pytest.mark.parametrize("field", ["sample_rate", "num_channels"])
async def test_sound_of_no_format_is_refused(field: str) -> None:
    """A rate and a channel are needed to tell how long it lasts."""
    async with thread_over() as (thread, _):
        frame = msgspec.structs.replace(AudioFrame(data="AQID"), **{field: 0})
        with pytest.raises(ValueError, match=rf"frame\.{field} is 0"):
            await thread.submit(RealtimeConversationAudio(frame=frame))


HALF: list[Any] = [
    RealtimeConversationText(text="\ud83d"),
    RealtimeConversationSpeech(text="\ud83d"),
    RealtimeConversationStart(prompt="\ud83d"),
    user_text("\ud83d"),
]


@pytest.mark.parametrize("op", HALF, ids=lambda op: op.__struct_config__.tag)
async def test_half_a_character_is_refused(op: Any) -> None:
    """By name, to whoever hands it in; the session goes on."""
    socket = FakeSocket()
    async with thread_over(socket) as (thread, _):
        await thread.submit(RealtimeConversationStart())
        named = rf"^{op.__struct_config__.tag}: a text has '\\ud83d', half of a character"
        with pytest.raises(ValueError, match=named):
            await thread.submit(op)
        assert not socket.dropped


async def test_a_replaced_socket_is_dropped() -> None:
    """Without a closing handshake, and without a word to the client."""
    first, second = FakeSocket(), FakeSocket()
    async with thread_over(first, second) as (thread, _):
        await thread.submit(RealtimeConversationStart())
        await thread.submit(RealtimeConversationStart())
        assert (first.dropped, second.dropped) == (True, False)
    assert second.dropped
