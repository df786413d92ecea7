"""Compaction: by hand and by itself, by the client and by the server, and what follows it."""

from mock_responses import (
    compaction,
    completed,
    context_length_exceeded,
    created,
    message,
    shell_call,
    status,
    stream,
    usage,
)
from suites.parity.scenario import BOTH, Scene, scenario

OPENAI = {"name": "OpenAI"}
LIMIT = {"model_auto_compact_token_limit": 1000}
FULL = usage(1500, 5)
"""More than the limit."""
SUMMARY = "what happened until now, in short"


async def by_hand(scene: Scene, summary: object) -> None:
    """A turn, a compaction that the user asks for, and a turn."""
    scene.mock.reply(message("first done"))
    scene.mock.reply(summary)
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.compact()
    await user.say("turn two")


@scenario(over=BOTH)
async def compact_local(scene: Scene) -> None:
    """The model sums up what it was told."""
    await by_hand(scene, message(SUMMARY))


@scenario(over=BOTH, provider=OPENAI)
async def compact_remote_v2(scene: Scene) -> None:
    """The server makes an item of what was."""
    await by_hand(scene, compaction("c2VhbGVk"))


@scenario(provider=OPENAI, features={"remote_compaction_v2": False})
async def compact_remote_v1_http(scene: Scene) -> None:
    """The server is asked at an address of its own."""
    scene.mock.reply(message("first done"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.compact()
    await user.say("turn two")


@scenario(config={"compact_prompt": "Put it all into one sentence, please."})
async def compact_prompt_http(scene: Scene) -> None:
    """A prompt of the settings."""
    await by_hand(scene, message(SUMMARY))


@scenario()
async def compact_twice_http(scene: Scene) -> None:
    """The second summary replaces the first, and keeps what the user said."""
    for text in ("first done", SUMMARY, "second done", f"{SUMMARY} and after", "third done"):
        scene.mock.reply(message(text))
    user = await scene.open()
    await user.say("turn one")
    await user.compact()
    await user.say("turn two")
    await user.compact()
    await user.say("turn three")


@scenario()
async def compact_nothing_http(scene: Scene) -> None:
    """A thread without a turn can be made shorter, too."""
    scene.mock.reply(message(SUMMARY))
    scene.mock.reply(message("first done"))
    user = await scene.open()
    await user.compact()
    await user.say("turn one")


@scenario()
async def compact_with_tools_http(scene: Scene) -> None:
    """Calls and outputs are told to the summary, and gone after it."""
    scene.mock.reply(shell_call("c1", "echo one"))
    scene.mock.reply(message("first done"))
    scene.mock.reply(message(SUMMARY))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.compact()
    await user.say("turn two")


@scenario(over=BOTH, config=LIMIT)
async def auto_compact_before_turn(scene: Scene) -> None:
    """A turn that begins over the limit makes the history short first."""
    scene.mock.reply(message("first done"), completed(usage=FULL))
    scene.mock.reply(message(SUMMARY))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario(over=BOTH, config=LIMIT)
async def auto_compact_mid_turn(scene: Scene) -> None:
    """A turn that comes over the limit while it has more to do makes the history short there."""
    scene.mock.reply(shell_call("c1", "echo one"), completed(usage=FULL))
    scene.mock.reply(message(SUMMARY))
    scene.mock.reply(message("first done"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario(over=BOTH, provider=OPENAI, config=LIMIT)
async def auto_compact_v2_before_turn(scene: Scene) -> None:
    """So does the server's way."""
    scene.mock.reply(message("first done"), completed(usage=FULL))
    scene.mock.reply(compaction("c2VhbGVk"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario(over=BOTH, provider=OPENAI, config=LIMIT)
async def auto_compact_v2_mid_turn(scene: Scene) -> None:
    """Also in the middle of a turn."""
    scene.mock.reply(
        shell_call("c1", "echo one"), completed(usage=FULL), turn_state="sampling-state"
    )
    scene.mock.reply(compaction("c2VhbGVk"))
    scene.mock.reply(message("first done"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario(provider=OPENAI, features={"remote_compaction_v2": False}, config=LIMIT)
async def auto_compact_v1_mid_turn_http(scene: Scene) -> None:
    """At the address of its own, too."""
    scene.mock.reply(
        shell_call("c1", "echo one"), completed(usage=FULL), turn_state="sampling-state"
    )
    scene.mock.reply(message("first done"))
    user = await scene.open()
    await user.say("turn one")


@scenario(config=LIMIT, features={"auto_compaction": False})
async def auto_compact_off_http(scene: Scene) -> None:
    """The feature can be switched off."""
    scene.mock.reply(message("first done"), completed(usage=FULL))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.say("turn two")


@scenario()
async def compact_context_exceeded_http(scene: Scene) -> None:
    """A history that does not fit loses its oldest item, until it does."""
    scene.mock.reply(message("first done"))
    scene.mock.reply(stream(created(), context_length_exceeded()))
    scene.mock.reply(message(SUMMARY))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.compact()
    await user.say("turn two")


@scenario(provider={**OPENAI, "stream_max_retries": 1})
async def compact_v2_retried_http(scene: Scene) -> None:
    """The server's way is tried again after an error."""
    scene.mock.reply(message("first done"))
    scene.mock.reply(status(500))
    scene.mock.reply(compaction("c2VhbGVk"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.compact()
    await user.say("turn two")


@scenario(provider=OPENAI)
async def compact_v2_failed_http(scene: Scene) -> None:
    """A server that makes no item ends the compaction, and the history stays."""
    scene.mock.reply(message("first done"))
    scene.mock.reply(message("no item"))
    scene.mock.reply(message("second done"))
    user = await scene.open()
    await user.say("turn one")
    await user.compact()
    await user.say("turn two")


@scenario(config=LIMIT)
async def steer_before_compact_http(scene: Scene) -> None:
    """Input that waits while the history is made short comes after the turn went on."""
    rest = scene.mock.gate("rest")
    scene.mock.reply(shell_call("c1", "echo one"), rest, completed(usage=FULL))
    scene.mock.reply(message(SUMMARY))
    scene.mock.reply(message("first done"))
    scene.mock.reply(message("both done"))
    user = await scene.open()
    await user.begin("do the one")
    await rest.reached()
    await user.steer("and do the other")
    rest.open()
    await user.ended()
