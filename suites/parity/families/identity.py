"""Who asks: a client's own metadata, and what it cannot replace."""

from mock_responses import message
from suites.parity.scenario import BOTH, Scene, scenario

SPOOFED = {
    "installation_id": "spoof",
    "request_kind": "spoof",
    "sandbox": "spoof",
    "session_id": "spoof",
    "thread_source": "spoof",
    "turn_id": "spoof",
    "turn_started_at_unix_ms": "0",
    "window_id": "spoof",
    "workspaces": "spoof",
    "x-codex-turn-metadata": "spoof",
}


@scenario(over=BOTH)
async def client_metadata(scene: Scene) -> None:
    """A turn's own metadata is merged into that turn's and is gone in the next."""
    for text in ("first done", "second done", "third done"):
        scene.mock.reply(message(text))
    user = await scene.open()
    await user.say("turn one", metadata={"own_key": "own value", "traceparent": "00-aa"})
    await user.say("turn two", metadata={"model": "named", "über": "größer"})
    await user.say("turn three")


@scenario(over=BOTH)
async def spoofed_metadata(scene: Scene) -> None:
    """Keys that are the client's own cannot be given."""
    scene.mock.reply(message("done"))
    user = await scene.open()
    await user.say("turn one", metadata={**SPOOFED, "own_key": "own value"})


@scenario(over=BOTH)
async def steer_metadata(scene: Scene) -> None:
    """Input that joins a turn replaces the turn's own metadata."""
    rest = scene.mock.gate("rest")
    scene.mock.reply(message("half of it", rest, " and the other half"))
    scene.mock.reply(message("both done"))
    user = await scene.open()
    await user.begin("do the one", metadata={"first": "1", "shared": "1"})
    await rest.reached()
    await user.steer("and do the other", metadata={"second": "2", "shared": "2"})
    rest.open()
    await user.ended()
