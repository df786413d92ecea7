"""How a conversation ends, what takes its place, and that nothing is sent after it."""

from agent_rehearsal import raw
from mock_responses import message
from suites.parity.clients.user import User
from suites.parity.clients.voice import Sound
from suites.parity.families.realtime import begin, ended, got, opened, talks
from suites.parity.families.realtime_frames import QUIET
from suites.parity.scenario import Scene


@talks()
async def realtime_replaced(scene: Scene) -> None:
    """A second conversation takes the place of the first; the agent's model is told of neither."""
    scene.mock.reply(message("one is done"))
    scene.mock.reply(message("two is done"))
    user, first = await opened(scene, prompt="Be the first of two.", version="v1")
    await user.say("turn one")
    await got(scene, first, 2)
    second = await begin(scene, user, prompt="Be the second of two.", realtime_session_id="own-2")
    await user.sound(Sound(data=QUIET))
    await got(scene, second, 2)
    await user.say("turn two")
    await got(scene, second, 4)
    await ended(scene, user, second, so_far=4)


@talks()
async def realtime_not_replaced(scene: Scene) -> None:
    """One that cannot be leaves the first alone."""
    user, session = await opened(scene)
    await user.talk(prompt="Never heard.", version="v1", voice="marin")
    await user.told("error")
    await user.write("still there?")
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)


async def starts_again(scene: Scene, user: User) -> None:
    """After an end nothing is sent, until a conversation is started anew."""
    await user.told("closed")
    await user.write("is anybody there?")
    session = await begin(scene, user, version="v1")
    await user.write("now there is")
    await got(scene, session, 2)


@talks()
async def realtime_error_event(scene: Scene) -> None:
    """What the server calls an error ends the conversation."""
    user, session = await opened(scene)
    await session.send({"type": "error", "error": {"message": "no more of this"}})
    await starts_again(scene, user)


@talks()
async def realtime_response_refused(scene: Scene) -> None:
    """And so does an error that only says that another response is active."""
    user, session = await opened(scene)
    await user.speak("say this")
    await got(scene, session, 3)
    text = "Conversation already has an active response in progress: resp_1."
    error = {"code": "conversation_already_has_active_response", "message": text}
    await session.send({"type": "error", "error": error})
    await starts_again(scene, user)


@talks()
async def realtime_server_close(scene: Scene) -> None:
    """The server says that it is over; the agent's model is told."""
    scene.mock.reply(message("one is done"))
    scene.mock.reply(message("two is done"))
    user, session = await opened(scene)
    await user.say("turn one")
    await got(scene, session, 3)
    await session.close()
    await user.told("closed")
    await user.say("turn two")
    await starts_again(scene, user)


@talks()
async def realtime_binary_frame(scene: Scene) -> None:
    """A binary message is an error."""
    user, session = await opened(scene)
    await session.send(raw(b"\xff\xfe"))
    await starts_again(scene, user)


@talks()
async def realtime_hung_up_before(scene: Scene) -> None:
    """Without a conversation nothing is sent, whatever is asked for."""
    user = await scene.open()
    await user.write("typed to nobody")
    await user.sound(Sound(data=QUIET))
    await user.speak("spoken to nobody")
    await user.hang_up()
    await user.told("closed")
    await starts_again(scene, user)
