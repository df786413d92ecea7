"""Upgrades that are refused, and the way back to HTTP."""

from agent_rehearsal import ALWAYS, cut, stall
from mock_responses import message, status
from suites.parity.scenario import WS, Scene, scenario

RETRY = {"stream_max_retries": 1}
SHORT = {**RETRY, "websocket_connect_timeout_ms": 300}


async def two_turns(scene: Scene) -> None:
    """Two turns that are answered wherever they are asked for."""
    scene.mock.reply(message("hello"))
    scene.mock.reply(message("hello again"))
    user = await scene.open()
    await user.say("say hi")
    await user.say("say hi again")


@scenario(over=WS, provider=RETRY)
async def ws_refused_200(scene: Scene) -> None:
    """A 200 is no WebSocket; after the retries HTTP is taken, and kept."""
    scene.mock.greet(status(200, body="not a websocket"), times=ALWAYS)
    await two_turns(scene)


@scenario(over=WS, provider=RETRY)
async def ws_refused_400(scene: Scene) -> None:
    """A 400 ends the turn without a retry."""
    scene.mock.greet(status(400), times=2)
    user = await scene.open()
    await user.say("say hi")
    scene.mock.reply(message("fine now"))
    await user.say("say hi again")


@scenario(over=WS, provider=RETRY)
async def ws_refused_401(scene: Scene) -> None:
    """A 401 that nothing can be done about is retried."""
    scene.mock.greet(status(401), times=ALWAYS)
    await two_turns(scene)


@scenario(over=WS, provider=RETRY)
async def ws_refused_404(scene: Scene) -> None:
    """A 404 is retried."""
    scene.mock.greet(status(404), times=ALWAYS)
    await two_turns(scene)


@scenario(over=WS, provider=RETRY)
async def ws_refused_426(scene: Scene) -> None:
    """A 426 leads to HTTP at once."""
    scene.mock.websockets = False
    await two_turns(scene)


@scenario(over=WS, provider=RETRY)
async def ws_refused_500(scene: Scene) -> None:
    """A 500 is retried."""
    scene.mock.greet(status(500), times=ALWAYS)
    await two_turns(scene)


@scenario(over=WS, provider=RETRY)
async def ws_refused_503_once(scene: Scene) -> None:
    """An upgrade that is refused once, to the prewarm, is asked for again by the turn."""
    scene.mock.greet(status(503))
    await two_turns(scene)


@scenario(over=WS, provider=RETRY)
async def ws_refused_drop(scene: Scene) -> None:
    """A connection that is dropped before the upgrade is retried."""
    scene.mock.greet(before=cut(), times=ALWAYS)
    await two_turns(scene)


@scenario(over=WS, provider=SHORT)
async def ws_refused_hang(scene: Scene) -> None:
    """An upgrade that is never answered is given up after its time."""
    scene.mock.greet(before=stall(), times=ALWAYS)
    await two_turns(scene)


@scenario(over=WS, provider={"stream_max_retries": 1, "request_max_retries": 1})
async def ws_fallback_has_a_budget_of_its_own(scene: Scene) -> None:
    """After the way back to HTTP there are as many retries as before."""
    scene.mock.greet(status(500), times=ALWAYS)
    scene.mock.reply(status(500), times=3)
    await two_turns(scene)
