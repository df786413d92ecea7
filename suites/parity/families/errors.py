"""Requests that are refused over HTTP: what is asked again, how often, and what is not."""

from agent_rehearsal import ALWAYS
from mock_responses import (
    cyber_policy,
    message,
    overloaded,
    rate_limited,
    slow_down,
    status,
    usage_limit_reached,
    usage_not_included,
)
from suites.parity.scenario import Scene, scenario

ONCE = {"request_max_retries": 1, "stream_max_retries": 1}


async def refused_then_fine(scene: Scene) -> None:
    """A turn whose request is refused as the mock was told, and one that goes well."""
    user = await scene.open()
    await user.say("say hi")
    scene.mock.reply(message("fine now"))
    await user.say("say hi again")


@scenario(provider=ONCE)
async def err400_http(scene: Scene) -> None:
    """A request that is wrong is not made again."""
    scene.mock.reply(status(400, message="bad field", code_name="invalid", param="x"))
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def err401_http(scene: Scene) -> None:
    """Without a way to sign in anew a 401 is retried as a broken stream is."""
    scene.mock.reply(status(401), times=2)
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def err404_http(scene: Scene) -> None:
    """A 404 is retried as a broken stream is."""
    scene.mock.reply(status(404), times=2)
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def err429_retry_after_http(scene: Scene) -> None:
    """A 429 ends the turn, whatever it says of the time to wait."""
    scene.mock.reply(rate_limited(1))
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def err500_always_http(scene: Scene) -> None:
    """Both layers of retries multiply."""
    scene.mock.reply(status(500), times=ALWAYS)
    user = await scene.open()
    await user.say("say hi")


@scenario()
async def err500_no_retries_http(scene: Scene) -> None:
    """Without retries there is one request."""
    scene.mock.reply(status(500))
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def err500_then_ok_http(scene: Scene) -> None:
    """One failure is made good by the next request, the same again."""
    scene.mock.reply(status(500))
    scene.mock.reply(message("at last"))
    user = await scene.open()
    await user.say("say hi")


@scenario(provider=ONCE)
async def overloaded_http(scene: Scene) -> None:
    """An overloaded server is asked again by the layer of requests, then left alone."""
    scene.mock.reply(overloaded(), times=2)
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def slow_down_http(scene: Scene) -> None:
    """So is one that wants to be asked less."""
    scene.mock.reply(slow_down(), times=2)
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def usage_limit_http(scene: Scene) -> None:
    """A used-up account ends the turn at once."""
    scene.mock.reply(usage_limit_reached())
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def usage_not_included_http(scene: Scene) -> None:
    """So does a plan without any usage."""
    scene.mock.reply(usage_not_included())
    await refused_then_fine(scene)


@scenario(provider=ONCE)
async def cyber_policy_http(scene: Scene) -> None:
    """A refusal for safety is not asked about again."""
    scene.mock.reply(cyber_policy())
    await refused_then_fine(scene)
