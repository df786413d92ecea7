"""Turns before, beside and after a conversation: what their model is told, where they are heard."""

from mock_realtime import text
from mock_responses import message, shell_call
from suites.parity.families.realtime import begin, ended, got, opened, settled, talks
from suites.parity.families.steering import let_end
from suites.parity.scenario import Scene


@talks()
async def realtime_v1_turn(scene: Scene) -> None:
    """A turn that the user types is told to its model, and its answer to the conversation."""
    await turns(scene, "v1", per_turn=1)


@talks()
async def realtime_v2_turn(scene: Scene) -> None:
    """The same on version 2, where a response is asked for."""
    await turns(scene, "v2", per_turn=2)


async def turns(scene: Scene, version: str, *, per_turn: int) -> None:
    """Turns before, beside and after a conversation."""
    for said in ("zero is done", "one is done", "two is done", "three is done", "four is done"):
        scene.mock.reply(message(said))
    user = await scene.open()
    await user.say("turn zero")
    session = await begin(scene, user, version=version)
    await user.say("turn one")
    await got(scene, session, 1 + per_turn)
    await session.respond(text("spoken"))
    await settled(user, session, "after one")
    await user.say("turn two")
    await got(scene, session, 1 + 2 * per_turn)
    await ended(scene, user, session, so_far=1 + 2 * per_turn)
    await user.say("turn three")
    await user.say("turn four")


@talks(config={"experimental_realtime_start_instructions": "Somebody speaks to the user for you."})
async def realtime_start_instructions(scene: Scene) -> None:
    """The settings say what the agent's model is told of a conversation."""
    scene.mock.reply(message("one is done"))
    user, session = await opened(scene, version="v1")
    await user.say("turn one")
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)


@talks()
async def realtime_turn_with_commentary(scene: Scene) -> None:
    """Each message of a turn goes there, but for a blank one; a long one is cut."""
    scene.mock.reply(
        message("let me look", phase="commentary"), message(" "), message("found " * 1_500)
    )
    user, session = await opened(scene, version="v1")
    await user.say("turn one")
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)


@talks()
async def realtime_between_turns(scene: Scene) -> None:
    """A conversation beside which no turn ran is not told to the agent's model."""
    scene.mock.reply(message("zero is done"))
    scene.mock.reply(message("one is done"))
    user = await scene.open()
    await user.say("turn zero")
    session = await begin(scene, user)
    await ended(scene, user, session, so_far=1)
    await user.say("turn one")


@talks()
async def realtime_turn_over_the_start(scene: Scene) -> None:
    """A turn that ran before is not told of a conversation, but its answer goes there."""
    rest = scene.mock.gate("rest")
    scene.mock.reply(rest, shell_call("c1", "echo looked"))
    scene.mock.reply(message("one is done"))
    scene.mock.reply(message("two is done"))
    user = await scene.open()
    await user.begin("turn one")
    await rest.reached()
    session = await begin(scene, user, version="v1")
    rest.open()
    await user.ended()
    await got(scene, session, 2)
    await user.say("turn two")
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)


@talks()
async def realtime_turn_over_the_end(scene: Scene) -> None:
    """What a turn says once the conversation has ended goes nowhere."""
    rest = scene.mock.gate("rest")
    scene.mock.reply(rest, message("too late"))
    scene.mock.reply(message("two is done"))
    user, session = await opened(scene)
    await user.begin("turn one")
    await rest.reached()
    await ended(scene, user, session, so_far=1)
    rest.open()
    await user.ended()
    await user.say("turn two")


@talks()
async def realtime_interrupt(scene: Scene) -> None:
    """An interrupt ends the turn, not the conversation."""
    late = scene.mock.gate("late")
    scene.mock.reply(late, message("too late"))
    scene.mock.reply(message("two is done"))
    user, session = await opened(scene, version="v1")
    await user.begin("turn one")
    await late.reached()
    await user.interrupt()
    await let_end(scene, late)
    await user.say("turn two")
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)
