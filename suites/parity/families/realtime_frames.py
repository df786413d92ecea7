"""What goes over a conversation: texts, sound, speech that is asked for, and what is cut off."""

import base64

from agent_rehearsal import raw
from mock_realtime import RealtimeSession, text
from suites.parity.clients.user import User
from suites.parity.clients.voice import Role, Sound
from suites.parity.families.realtime import ended, got, opened, settled, talks
from suites.parity.scenario import Scene

ROLES: tuple[Role, ...] = ("user", "developer", "assistant")
QUIET = base64.b64encode(bytes(960)).decode()
"""20 ms of sound at 24 kHz, one channel."""


async def all_kinds(scene: Scene, user: User, session: RealtimeSession) -> None:
    """A text of each role, sound, and an end."""
    for count, role in enumerate(ROLES, start=2):
        await user.write(f"typed as {role}", role)
        await got(scene, session, count)
    await user.sound(Sound(data=QUIET, samples=480))
    await got(scene, session, 5)
    await ended(scene, user, session, so_far=5)


@talks()
async def realtime_v1_text_and_audio(scene: Scene) -> None:
    """Texts of each role and sound on version 1."""
    user, session = await opened(scene, version="v1")
    await all_kinds(scene, user, session)


@talks()
async def realtime_v2_text_and_audio(scene: Scene) -> None:
    """Texts of each role and sound on version 2."""
    user, session = await opened(scene, version="v2")
    await all_kinds(scene, user, session)


@talks()
async def realtime_texts(scene: Scene) -> None:
    """Texts that are marked already, empty, long, or of other letters."""
    user, session = await opened(scene)
    for count, said in enumerate(("[USER] hi", "", "x" * 9_000, "a\nb é \u2028 </tag>"), start=2):
        await user.write(said)
        await got(scene, session, count)
    await ended(scene, user, session, so_far=5)


@talks()
async def realtime_audio_formats(scene: Scene) -> None:
    """Of sound only the data is sent, whatever its format is."""
    user, session = await opened(scene)
    sounds = (
        Sound(data=QUIET),
        Sound(data=QUIET, rate=8_000, samples=480),
        Sound(data=QUIET, rate=48_000, channels=2, samples=240),
        Sound(data="AQID"),
        Sound(data=""),
    )
    for count, sound in enumerate(sounds, start=2):
        await user.sound(sound)
        await got(scene, session, count)
    await ended(scene, user, session, so_far=6)


@talks()
async def realtime_v1_speech(scene: Scene) -> None:
    """What is to be spoken on version 1; a blank text is nothing, a long one is cut."""
    user, session = await opened(scene, version="v1")
    await user.speak("say this")
    await got(scene, session, 2)
    await user.speak("  ")
    await user.speak("long " * 2_000)
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)


@talks()
async def realtime_v2_speech(scene: Scene) -> None:
    """On version 2 each asks for a response, but while one is active only for the next."""
    user, session = await opened(scene)
    await user.speak("say one")
    await got(scene, session, 3)
    await user.speak("say two")
    await user.speak("say three")
    await got(scene, session, 5)
    await session.respond(text("one"))
    await got(scene, session, 6)
    await session.respond(text("two"))
    await settled(user, session, "after two")
    await user.speak("[BACKEND] say four")
    await got(scene, session, 8)
    await ended(scene, user, session, so_far=8)


@talks()
async def realtime_v2_speech_beside_another_response(scene: Scene) -> None:
    """A response that the server began on its own holds it up, until it is done or cancelled."""
    user, session = await opened(scene)
    await session.send(response("created", "r1"))
    await settled(user, session, "after r1 began")
    await user.speak("say one")
    await got(scene, session, 2)
    await session.send({"type": "response.cancelled", "response": {"id": "r1"}})
    await got(scene, session, 3)
    await session.send(response("created", "r2"), response("done", "r2"))
    await settled(user, session, "after r2")
    await session.send({"type": "response.created"}, {"type": "response.done"})
    await settled(user, session, "after one without an id")
    await user.speak("long " * 2_000)
    await got(scene, session, 5)
    await ended(scene, user, session, so_far=5)


@talks()
async def realtime_v2_text_beside_a_response(scene: Scene) -> None:
    """A text asks for nothing, whatever is under way."""
    user, session = await opened(scene)
    await session.send(response("created", "r1"))
    await settled(user, session, "after r1 began")
    await user.write("typed meanwhile")
    await got(scene, session, 2)
    await session.send(response("done", "r1"))
    await settled(user, session, "after r1")
    await ended(scene, user, session, so_far=2)


@talks()
async def realtime_v2_truncation(scene: Scene) -> None:
    """Speech cuts off what was heard of an item, if it is told to be of that one or of none."""
    user, session = await opened(scene)
    await session.send(*heard("a", 480, 480), speech("a"))
    await got(scene, session, 2)
    await session.send(*heard("b", None, None), speech(None))
    await got(scene, session, 3)
    await session.send(*heard("c", 480), *heard("d", 240), speech("d"))
    await got(scene, session, 4)
    await session.send(*heard("e", 480), speech("a"), speech(None))
    await session.send(*heard("f", 0), speech("f"), *heard(None, 480), speech(None))
    await session.send(*heard("g", 480), response("done", "r1"), speech("g"))
    cancelled = {"type": "response.cancelled", "response": {"id": "r1"}}
    await session.send(*heard("h", 480), cancelled, speech("h"))
    await session.send(*heard("i", 480), response("created", "r2"), speech("i"))
    await got(scene, session, 5)
    await settled(user, session, "after all of it")
    await ended(scene, user, session, so_far=5)


@talks()
async def realtime_v2_truncation_of_formats(scene: Scene) -> None:
    """How long sound lasts, by what is told of it, else by its bytes at 24 kHz and one channel."""
    user, session = await opened(scene)
    formats: tuple[dict[str, object], ...] = (
        {"sample_rate": 44_100},
        {"sample_rate": 8_000, "num_channels": 2},
        {"channels": 2},
        {"sample_rate": 16_000, "samples_per_channel": 25},
        {"delta": base64.b64encode(bytes(961)).decode()},
        {"type": "response.audio.delta"},
    )
    for count, told in enumerate(formats, start=2):
        (piece,) = heard(f"item {count}", None)
        await session.send({**piece, **told}, speech(None))
        await got(scene, session, count)
    await ended(scene, user, session, so_far=7)


@talks()
async def realtime_v2_truncation_of_other_types(scene: Scene) -> None:
    """What is told of sound counts as not told where it is of another type than it should be."""
    user, session = await opened(scene)
    odd: tuple[dict[str, object], ...] = (
        {"sample_rate": "8000"},
        {"sample_rate": 8_000.0},
        {"sample_rate": 2**32},
        {"channels": None, "num_channels": 2},
        {"num_channels": -1},
        {"samples_per_channel": "25"},
        {"samples_per_channel": True},
    )
    for count, told in enumerate(odd, start=2):
        (piece,) = heard(f"item {count}", None)
        await session.send({**piece, **told}, {**speech(None), "item_id": count})
        await got(scene, session, count)
    (piece,) = heard("last", None)
    await session.send({**piece, "item_id": 5}, speech(None), {**piece, "delta": 5}, speech(None))
    await settled(user, session, "after all of it")
    await ended(scene, user, session, so_far=8)


@talks()
async def realtime_v2_speech_beside_other_types(scene: Scene) -> None:
    """So does what is told of a response."""
    user, session = await opened(scene)
    await session.send({"type": "response.created", "response": 5})
    await settled(user, session, "after one began")
    await user.speak("say one")
    await got(scene, session, 2)
    await session.send({"type": "response.done", "response": {"id": 5}, "response_id": []})
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)


@talks()
async def realtime_v1_speech_started(scene: Scene) -> None:
    """Version 1 cuts nothing off."""
    user, session = await opened(scene, version="v1")
    delta = {"type": "conversation.output_audio.delta", "delta": QUIET, "item_id": "a"}
    await session.send({**delta, "sample_rate": 24_000, "channels": 1}, speech("a"), speech(None))
    await settled(user, session, "after speech")
    await ended(scene, user, session, so_far=1)


@talks()
async def realtime_unknown_events(scene: Scene) -> None:
    """Events that nobody knows, or that lack something, are passed over."""
    user, session = await opened(scene)
    for data in (b"no json", b"[]", b"{}", b'{"type":1}', b'{"type":"response.from_the_future"}'):
        await session.send(raw(data))
    await session.send({"type": "session.updated"}, {"type": "conversation.item.done"})
    await settled(user, session, "after them")
    await ended(scene, user, session, so_far=1)


def response(state: str, id: str) -> dict[str, object]:
    """The server tells of a response."""
    return {"type": f"response.{state}", "response": {"id": id}}


def heard(item_id: str | None, *samples: int | None) -> list[dict[str, object]]:
    """Sound of an item, in pieces that are told to have so many samples; None tells nothing."""
    piece = {"type": "response.output_audio.delta", "delta": QUIET, "item_id": item_id}
    told = ({} if count is None else {"samples_per_channel": count} for count in samples)
    return [{**piece, **each} for each in told]


def speech(item_id: str | None) -> dict[str, object]:
    """The user begins to speak."""
    return {"type": "input_audio_buffer.speech_started", "item_id": item_id}
