"""Conversations over WebRTC: the request that makes the call, and the WebSocket that joins it."""

from typing import Any

from agent_rehearsal import refuse
from mock_realtime import RealtimeSession, call_answer, joins
from mock_responses import message
from suites.parity.clients.user import User
from suites.parity.families.realtime import (
    API_KEY,
    PROMPT,
    QUERIED,
    SIGNED,
    UPDATE,
    ended,
    got,
    refused,
    talks,
)
from suites.parity.scenario import Scene
from suites.parity.settings import BASE_URL, HOST_URL

SDP = "v=offer\r\n"
ANSWER = "v=answer\r\n"
JOINED = joins("rtc_1")
CALL: dict[str, Any] = {"sdp": SDP, "prompt": PROMPT, "include_startup_context": False}


async def called(scene: Scene, **fields: Any) -> tuple[User, RealtimeSession]:
    """A user with a call that was joined."""
    scene.realtime.reactive = False
    if not scene.realtime.unused():
        scene.realtime.reply_call(call_answer(ANSWER, id="rtc_1"))
    user = await scene.open()
    await user.talk(**{**CALL, **fields})
    return user, await scene.realtime.session(UPDATE)


async def whole(scene: Scene, **fields: Any) -> None:
    """A call that is made, joined and ended."""
    user, session = await called(scene, **fields)
    await ended(scene, user, session, so_far=1)


@talks()
async def realtime_call(scene: Scene) -> None:
    """A call."""
    await whole(scene)


@talks(config={"realtime": {"version": "v2", "voice": "breeze"}})
async def realtime_call_configured(scene: Scene) -> None:
    """A call is of version 1 whatever the settings say; of the rest it has what they say."""
    await whole(scene, model="mock-realtime-2", realtime_session_id="own-7")


@talks()
async def realtime_call_v2(scene: Scene) -> None:
    """A call of version 2: nothing is sent."""
    await refused(scene, sdp=SDP, version="v2")


@talks(config={"realtime": {"type": "transcription"}})
async def realtime_call_transcription(scene: Scene) -> None:
    """A call of which nothing but a transcript is wanted: nothing is sent."""
    await refused(scene, sdp=SDP)


@talks()
async def realtime_call_meanwhile(scene: Scene) -> None:
    """What is typed while a call is joined is sent after the settings."""
    gate = scene.realtime.gate("join")
    scene.realtime.reactive = False
    scene.realtime.reply_call(call_answer(ANSWER, id="rtc_1"))
    scene.realtime.greet(before=gate, when=JOINED)
    user = await scene.open()
    await user.talk(**CALL)
    await user.told("sdp")
    await gate.reached()
    await user.write("typed meanwhile")
    gate.open()
    session = await scene.realtime.session(UPDATE)
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)


@talks()
async def realtime_call_given_up(scene: Scene) -> None:
    """A call that is ended while it is joined."""
    gate = scene.realtime.gate("join")
    scene.realtime.reply_call(call_answer(ANSWER, id="rtc_1"))
    scene.realtime.greet(before=gate, when=JOINED)
    user = await scene.open()
    await user.talk(**CALL)
    await gate.reached()
    await user.hang_up()
    await user.told("closed")
    gate.open()


@talks()
async def realtime_call_handoff(scene: Scene) -> None:
    """A call hands work over as any conversation of version 1 does."""
    scene.mock.reply(message("it is done"))
    user, session = await called(scene)
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await user.ended()
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)


@talks(
    config={
        "experimental_realtime_webrtc_call_base_url": f"{BASE_URL}/",
        "experimental_realtime_ws_base_url": f"{BASE_URL}/realtime",
    },
    provider={"base_url": "http://127.0.0.1:9/v1"},
)
async def realtime_call_base_url(scene: Scene) -> None:
    """Addresses of their own; the id of the call is wherever the answer has it."""
    scene.realtime.reply_call(
        call_answer(ANSWER, id="rtc_1", location="/v1/realtime/calls/calls/rtc_1?x=rtc_2")
    )
    await whole(scene)


@talks(provider={"query_params": QUERIED})
async def realtime_call_query_params(scene: Scene) -> None:
    """The provider's query."""
    await whole(scene)


@talks(provider=SIGNED, home=API_KEY)
async def realtime_call_api_key(scene: Scene) -> None:
    """The key that was signed in with."""
    await whole(scene)


@talks(provider={**SIGNED, "name": "OpenAI"}, signed_in=True)
async def realtime_call_signed_in(scene: Scene) -> None:
    """A sign-in is enough for a call."""
    await whole(scene)


@talks(provider={"env_key": None})
async def realtime_call_no_key(scene: Scene) -> None:
    """A call is made without a key, if there is none."""
    await whole(scene)


@talks(
    config={"experimental_realtime_webrtc_call_base_url": f"{HOST_URL}/backend-api/codex"},
    provider=SIGNED,
    signed_in=True,
)
async def realtime_call_of_the_backend(scene: Scene) -> None:
    """The backend of the makers takes JSON and no form."""
    await refused(scene, sdp=SDP)


async def not_made(scene: Scene, *parts: Any, times: int = 1) -> None:
    """A call that the server does not make."""
    scene.realtime.reply_call(*parts, times=times)
    await refused(scene, sdp=SDP)


@talks()
async def realtime_call_bad_location(scene: Scene) -> None:
    """An answer without an id of a call: nobody joins."""
    await not_made(scene, call_answer(ANSWER, location="/v1/x/abc"))


@talks(provider={"request_max_retries": 2})
async def realtime_call_refused_401(scene: Scene) -> None:
    """It is not asked for again without the right to it."""
    await not_made(scene, refuse(401))


@talks(provider={"request_max_retries": 2})
async def realtime_call_refused_429(scene: Scene) -> None:
    """Nor where it was asked for too often."""
    await not_made(scene, refuse(429))


@talks(provider={"request_max_retries": 2})
async def realtime_call_refused_503(scene: Scene) -> None:
    """It is where the server cannot make it now."""
    await not_made(scene, refuse(503), times=3)


@talks(provider={"request_max_retries": 2})
async def realtime_call_join_refused(scene: Scene) -> None:
    """A join is tried again, and given up."""
    scene.realtime.reply_call(call_answer(ANSWER, id="rtc_1"))
    scene.realtime.greet(refuse(500), when=JOINED, times=3)
    user = await scene.open()
    await user.talk(**CALL)
    await user.told("closed")
    await user.write("is anybody there?")


@talks(provider={"request_max_retries": 2})
async def realtime_call_joined_at_last(scene: Scene) -> None:
    """A join that succeeds in the end."""
    scene.realtime.reactive = False
    scene.realtime.reply_call(call_answer(ANSWER, id="rtc_1"))
    scene.realtime.greet(refuse(500), when=JOINED, times=2)
    user = await scene.open()
    await user.talk(**CALL)
    session = await scene.realtime.session(UPDATE)
    await ended(scene, user, session, so_far=1)
