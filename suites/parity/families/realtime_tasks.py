"""What a conversation hands over: a task in any form, with what was said before, or nothing."""

from typing import Any

from mock_realtime import heard, text, v1_events
from mock_responses import message
from suites.parity.families.realtime import ended, got, opened, settled, talks
from suites.parity.scenario import Scene


@talks()
async def realtime_v1_transcript(scene: Scene) -> None:
    """What was said goes along with a handoff, and to the next only what was said since."""
    scene.mock.reply(message("first is done"))
    scene.mock.reply(message("second is done"))
    user, session = await opened(scene, version="v1")
    await session.send(
        heard("where is <it>?"),
        v1_events.OutputTranscriptDelta(delta="I "),
        v1_events.OutputTranscriptDelta(delta="look & see"),
    )
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await user.ended()
    await got(scene, session, 2)
    await session.send(heard("not there"))
    await session.hand_off("look again", id="h2")
    await user.follow()
    await user.ended()
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)


@talks()
async def realtime_v2_transcript(scene: Scene) -> None:
    """On version 2 from its own events: pieces, wholes that take their place, new beginnings."""
    scene.mock.reply(message("it is done"))
    user, session = await opened(scene)
    await session.send(*SPOKEN)
    await session.respond(text("I ", "look"))
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await user.ended()
    await got(scene, session, 4)
    await ended(scene, user, session, so_far=4)


def said(what: str, **fields: str) -> dict[str, str]:
    """An event of a transcript."""
    return {"type": what, **fields}


HANDOFF = "conversation.handoff.requested"
INPUT = "conversation.item.input_audio_transcription"
OUTPUT = "response.output_audio_transcript"
SPOKEN = (
    said(f"{INPUT}.delta", delta="whree "),
    said(f"{INPUT}.delta", delta="is it"),
    said(f"{INPUT}.completed", transcript="where is it"),
    said("input_audio_buffer.speech_started"),
    said(f"{INPUT}.completed", transcript="the teapot, I mean"),
    said(f"{OUTPUT}.delta", delta="let me "),
    said(f"{OUTPUT}.done", transcript="let me see"),
    said("conversation.output_transcript.delta", delta="of the other version"),
)


@talks()
async def realtime_v1_handoff_messages(scene: Scene) -> None:
    """A handoff with messages of its own."""
    scene.mock.reply(message("it is done"))
    user, session = await opened(scene, version="v1")
    messages = [{"role": "assistant", "text": "with milk?"}, {"role": "user", "text": "do"}]
    asked = {"handoff_id": "h1", "item_id": "i1", "input_transcript": "make tea"}
    await session.send(v1_events.HandoffRequested(**asked, messages=messages))
    await user.follow()
    await user.ended()
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)


@talks()
async def realtime_v1_handoff_repeated(scene: Scene) -> None:
    """Two handoffs of the same words."""
    scene.mock.reply(message("it is done"))
    scene.mock.reply(message("it is done again"))
    user, session = await opened(scene, version="v1")
    for count, name in enumerate(("h1", "h2"), start=2):
        await session.hand_off("look for the teapot", id=name)
        await user.follow()
        await user.ended()
        await got(scene, session, count)
    await ended(scene, user, session, so_far=3)


@talks()
async def realtime_v2_handoff_empty(scene: Scene) -> None:
    """A handoff of nothing becomes no turn, and its call is left open."""
    user, session = await opened(scene)
    await session.send(call(""))
    await settled(user, session, "after it")
    await ended(scene, user, session, so_far=1)


@talks()
async def realtime_v1_handoff_empty(scene: Scene) -> None:
    """On version 1 neither."""
    user, session = await opened(scene, version="v1")
    await session.hand_off("", id="h1")
    await settled(user, session, "after it")
    await ended(scene, user, session, so_far=1)


@talks()
async def realtime_v2_silence(scene: Scene) -> None:
    """A call to say nothing is answered with nothing."""
    user, session = await opened(scene)
    call = {"type": "function_call", "name": "remain_silent", "arguments": "{}"}
    await session.send(done({**call, "id": "i1", "call_id": "c1"}), done({**call, "id": "i2"}))
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)


def done(item: dict[str, Any]) -> dict[str, Any]:
    """An item is whole."""
    return {"type": "conversation.item.done", "item": item}


def call(arguments: str, **fields: Any) -> dict[str, Any]:
    """The call that hands something over."""
    named = {"type": "function_call", "name": "background_agent", "call_id": "h1", "id": "i1"}
    return done({**named, "arguments": arguments, **fields})


async def of_arguments(scene: Scene, arguments: str) -> None:
    """A handoff by a call with these arguments."""
    scene.mock.reply(message("it is done"))
    user, session = await opened(scene)
    await session.send(call(arguments))
    await user.follow()
    await user.ended()
    await got(scene, session, 4)
    await ended(scene, user, session, so_far=4)


@talks()
async def realtime_v2_arguments_of_other_names(scene: Scene) -> None:
    """The first of the names that may hold the task, without the blanks around it."""
    await of_arguments(scene, '{"query":"no","prompt":" ","text":" look for it "}')


@talks()
async def realtime_v2_arguments_without_a_task(scene: Scene) -> None:
    """Arguments that name no task are the task."""
    await of_arguments(scene, '{"where":["here"]}')


@talks()
async def realtime_v2_arguments_no_json(scene: Scene) -> None:
    """And so is what is no JSON."""
    await of_arguments(scene, "look for it")


@talks()
async def realtime_v2_handoff_of_other_types(scene: Scene) -> None:
    """An id that is no text is none, and the other one stands for both; an empty one is one."""
    user, session = await opened(scene)
    odd: list[dict[str, Any]] = [{"call_id": 5}, {"id": [], "call_id": "h2"}, {"call_id": ""}]
    for count, ids in enumerate(odd):
        scene.mock.reply(message(f"it is done, {count}"))
        await session.send(call(f"look {count}", **ids))
        await user.follow()
        await user.ended()
        await got(scene, session, 4 + 3 * count)
        await session.respond(text("as I said"))
        await settled(user, session, f"after {count}")
    await session.send(call("look", type=5), call("look", name=5), call("look", id=5, call_id=5))
    await settled(user, session, "after them")
    await ended(scene, user, session, so_far=10)


@talks()
async def realtime_v1_handoff_of_other_types(scene: Scene) -> None:
    """On version 1 ids and what is asked have to be texts."""
    scene.mock.reply(message("it is done"))
    user, session = await opened(scene, version="v1")
    asked = {"type": HANDOFF, "handoff_id": "h1", "item_id": "i1", "input_transcript": "make tea"}
    for name in ("handoff_id", "item_id", "input_transcript"):
        await session.send({**asked, name: 5})
    await session.send({**asked, "messages": [{"role": "somebody", "text": "with milk"}]})
    await user.follow()
    await user.ended()
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)


@talks()
async def realtime_v2_other_items(scene: Scene) -> None:
    """Other items, calls of other functions, and calls in a response hand nothing over."""
    user, session = await opened(scene)
    other = {"type": "function_call", "name": "other", "call_id": "c1", "id": "i1"}
    echo = {"id": "i2", "type": "message", "role": "user", "content": []}
    listed = {"id": "r1", "output": [call("{}")["item"]]}
    await session.send(done({**other, "arguments": "{}"}), done({"id": "i3", "type": "message"}))
    await session.send({"type": "conversation.item.created", "item": echo})
    await session.send({"type": "response.done", "response": listed})
    await settled(user, session, "after them")
    await ended(scene, user, session, so_far=1)
