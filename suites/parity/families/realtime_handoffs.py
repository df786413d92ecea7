"""Work that a conversation hands over: the turn that it becomes, and what goes back."""

from collections.abc import Sequence
from typing import Any

from agent_rehearsal import refuse
from mock_realtime import RealtimeSession, text
from mock_responses import completed, created, message, shell_call, stream
from suites.parity.clients.user import User
from suites.parity.families.realtime import ended, got, opened, settled, talks
from suites.parity.families.realtime_tasks import call, done
from suites.parity.families.steering import let_end
from suites.parity.scenario import Scene

COMMENTARY = "commentary"


async def handed_over(
    scene: Scene, replies: Sequence[Any], *, back: int, **fields: Any
) -> tuple[User, RealtimeSession]:
    """One handoff, its turn with these replies, and `back` messages that come of it."""
    for reply in replies:
        scene.mock.reply(*reply)
    user, session = await opened(scene, **fields)
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await user.ended()
    await got(scene, session, 1 + back)
    return user, session


async def whole(scene: Scene, replies: Sequence[Any], *, back: int, **fields: Any) -> None:
    """The same, and that nothing else comes."""
    user, session = await handed_over(scene, replies, back=back, **fields)
    await ended(scene, user, session, so_far=1 + back)


DONE = [[message("it is done")]]
LONG = [
    [message("let me look", phase=COMMENTARY), shell_call("c1", "echo looked")],
    [message("it is in the cupboard", phase="final_answer")],
]


@talks()
async def realtime_v1_handoff(scene: Scene) -> None:
    """The answer of the turn goes back with a label."""
    await whole(scene, DONE, back=1, version="v1")


@talks()
async def realtime_v2_handoff(scene: Scene) -> None:
    """The answer of the turn goes back, then the call is answered, then a response asked for."""
    await whole(scene, DONE, back=3)


@talks()
async def realtime_v1_handoff_with_tool(scene: Scene) -> None:
    """Everything that the turn says goes back."""
    await whole(scene, LONG, back=2, version="v1")


@talks()
async def realtime_v2_handoff_with_tool(scene: Scene) -> None:
    """Everything that the turn says goes back, before the call is answered."""
    await whole(scene, LONG, back=4)


@talks()
async def realtime_v1_handoff_prefix(scene: Scene) -> None:
    """A prefix of the user's stands before commentary, and takes the label away."""
    await whole(scene, LONG, back=2, version="v1", codex_response_handoff_prefix="In between:")


@talks()
async def realtime_v1_handoff_prefix_empty(scene: Scene) -> None:
    """An empty one only takes the label away."""
    await whole(scene, LONG, back=2, version="v1", codex_response_handoff_prefix="")


@talks()
async def realtime_v2_handoff_prefix(scene: Scene) -> None:
    """Version 2 knows no such prefix."""
    await whole(scene, LONG, back=4, codex_response_handoff_prefix="In between:")


AS_ITEMS = {"codex_responses_as_items": True}


@talks()
async def realtime_v1_as_items(scene: Scene) -> None:
    """The answer is context, and not to be spoken."""
    await whole(scene, LONG, back=2, version="v1", **AS_ITEMS)


@talks()
async def realtime_v2_as_items(scene: Scene) -> None:
    """The same after a prefix; the call is answered with nothing, and no response asked for."""
    prefix = {"codex_response_item_prefix": "Only for you:"}
    await whole(scene, LONG, back=3, **AS_ITEMS, **prefix)


@talks()
async def realtime_v1_client_managed(scene: Scene) -> None:
    """Where the client takes care of it nothing goes back, but what it says itself."""
    user, session = await handed_over(
        scene, DONE, back=0, version="v1", client_managed_handoffs=True
    )
    await user.speak("it is done, they say")
    await got(scene, session, 2)
    await ended(scene, user, session, so_far=2)


@talks()
async def realtime_v2_client_managed(scene: Scene) -> None:
    """Not even an answer to the call."""
    await whole(scene, DONE, back=0, client_managed_handoffs=True)


@talks()
async def realtime_v2_handoff_long(scene: Scene) -> None:
    """A long answer is cut in its middle, by bytes."""
    await whole(scene, [[message("é" * 3_000 + "end")]], back=3)


@talks()
async def realtime_v1_handoff_long(scene: Scene) -> None:
    """The label does not count."""
    await whole(scene, [[message("€" * 2_000)]], back=1, version="v1")


@talks()
async def realtime_v2_handoff_of_no_answer(scene: Scene) -> None:
    """A call to which the turn says nothing is not answered."""
    await whole(
        scene, [[shell_call("c1", "echo looked")], [stream(created(), completed())]], back=0
    )


async def steered(scene: Scene, version: str, *, acknowledged: int) -> None:
    """A handoff while the turn of another one runs."""
    gate = scene.mock.gate("first")
    scene.mock.reply(gate, message("first is done"))
    scene.mock.reply(message("both are done"))
    user, session = await opened(scene, version=version)
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await gate.reached()
    await session.hand_off("and for the kettle", id="h2")
    await got(scene, session, 1 + acknowledged)
    await session.respond(text("I do"))
    await settled(user, session, "after the second")
    gate.open()
    await user.ended()
    back = 4 if acknowledged else 2
    await got(scene, session, 1 + acknowledged + back)
    await ended(scene, user, session, so_far=1 + acknowledged + back)


@talks()
async def realtime_v1_steered(scene: Scene) -> None:
    """It joins the turn, and has all that follows."""
    await steered(scene, "v1", acknowledged=0)


@talks()
async def realtime_v2_steered(scene: Scene) -> None:
    """It joins the turn and is answered at once; what follows is of the first."""
    await steered(scene, "v2", acknowledged=2)


async def interrupted(scene: Scene, version: str, *, back: int) -> None:
    """A handoff whose turn the user ends, and a turn that they type then."""
    late = scene.mock.gate("late")
    scene.mock.reply(late, message("too late"))
    scene.mock.reply(message("this instead"))
    scene.mock.reply(message("and another thing"))
    user, session = await opened(scene, version=version)
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await late.reached()
    await user.interrupt()
    await let_end(scene, late)
    await user.say("do this instead")
    await got(scene, session, 1 + back)
    await user.say("and now another thing")
    await got(scene, session, 2 + back)
    await ended(scene, user, session, so_far=2 + back)


@talks()
async def realtime_v1_handoff_interrupted(scene: Scene) -> None:
    """The handoff is then that of the turn that is typed."""
    await interrupted(scene, "v1", back=1)


@talks()
async def realtime_v2_handoff_interrupted(scene: Scene) -> None:
    """And is answered by it."""
    await interrupted(scene, "v2", back=3)


@talks()
async def realtime_v2_two_handoffs(scene: Scene) -> None:
    """One after the other, each is answered."""
    user, session = await handed_over(scene, [*DONE, [message("and this")]], back=3)
    await session.respond(text("it is done"))
    await session.hand_off("look for the kettle", id="h2")
    await user.follow()
    await user.ended()
    await got(scene, session, 7)
    await ended(scene, user, session, so_far=7)


@talks()
async def realtime_v2_handoff_on_this_response(scene: Scene) -> None:
    """A handoff in a response that is still active when the turn is done."""
    scene.mock.reply(message("it is done"))
    user, session = await opened(scene)
    await session.send({"type": "response.created", "response": {"id": "r1"}}, call("look for it"))
    await user.follow()
    await user.ended()
    await got(scene, session, 3)
    await session.send({"type": "response.done", "response": {"id": "r1"}})
    await got(scene, session, 4)
    await ended(scene, user, session, so_far=4)


@talks()
async def realtime_v1_item_done(scene: Scene) -> None:
    """An item that is whole does not end a handoff."""
    gate = scene.mock.gate("second")
    scene.mock.reply(message("let me look"), shell_call("c1", "echo looked"))
    scene.mock.reply(gate, message("it is done"))
    scene.mock.reply(message("you are welcome"))
    user, session = await opened(scene, version="v1")
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await gate.reached()
    await session.send(done({"id": "h1", "type": "message"}))
    await settled(user, session, "after the item")
    gate.open()
    await user.ended()
    await got(scene, session, 3)
    await user.say("thank you then")
    await got(scene, session, 4)
    await ended(scene, user, session, so_far=4)


@talks()
async def realtime_v2_failed_turn(scene: Scene) -> None:
    """A turn that fails leaves its call without an answer, and is over with it."""
    scene.mock.reply(refuse(400))
    scene.mock.reply(message("you are welcome"))
    user, session = await opened(scene)
    await session.hand_off("look for the teapot", id="h1")
    await user.follow()
    await user.ended()
    await user.say("thank you then")
    await got(scene, session, 3)
    await ended(scene, user, session, so_far=3)
