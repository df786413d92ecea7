"""The state that a server gives a turn: sent back within the turn, and never after it."""

from agent_rehearsal import reset
from mock_responses import (
    created,
    is_prewarm,
    message,
    minimal,
    response_metadata,
    shell_call,
    stream,
)
from mock_responses.structs import Event
from suites.parity.scenario import WS, Scene, scenario

RETRY = {"stream_max_retries": 1}


def state(value: str) -> Event:
    """The event by which a socket gives a state."""
    return response_metadata(headers={"x-codex-turn-state": value})


@scenario()
async def turn_state_http(scene: Scene) -> None:
    """The first value of a turn holds until its end."""
    scene.mock.reply(shell_call("c1", "echo one"), turn_state="state-1")
    scene.mock.reply(shell_call("c2", "echo two"), turn_state="state-2")
    scene.mock.reply(message("done"))
    scene.mock.reply(message("done again"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario(provider=RETRY)
async def turn_state_over_retry_http(scene: Scene) -> None:
    """A retry has the state of the response that broke off."""
    scene.mock.reply(message("before the end"), reset(), turn_state="state-1")
    scene.mock.reply(message("done"))
    user = await scene.open()
    await user.say("turn one")


@scenario(over=WS, provider=RETRY)
async def ws_turn_state(scene: Scene) -> None:
    """The state lasts over a lost connection, and not into the next turn."""
    scene.mock.reply(state("state-1"), message("before the end"), reset())
    scene.mock.reply(shell_call("c1", "echo on"))
    scene.mock.reply(message("done"))
    scene.mock.reply(message("done again"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario(over=WS)
async def ws_turn_state_is_stable(scene: Scene) -> None:
    """A second value within a turn changes nothing."""
    scene.mock.reply(state("state-1"), shell_call("c1", "echo one"))
    scene.mock.reply(state("state-2"), shell_call("c2", "echo two"))
    scene.mock.reply(message("done"))
    user = await scene.open()
    await user.say("turn one")


@scenario(over=WS)
async def ws_turn_state_of_prewarm(scene: Scene) -> None:
    """The state that a prewarm was given is the first turn's."""
    scene.mock.reply(minimal(state("state-0")), when=is_prewarm)
    scene.mock.reply(message("done"))
    scene.mock.reply(message("done again"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario(over=WS, provider=RETRY)
async def ws_turn_state_over_fallback(scene: Scene) -> None:
    """The state goes along to HTTP."""
    scene.mock.reply(stream(state("state-1"), created(), reset()), times=2)
    scene.mock.reply(message("done"))
    user = await scene.open()
    await user.say("turn one")
