"""Input while a turn runs, and turns that the user ends."""

import asyncio
import os
from pathlib import Path

from agent_rehearsal import Gate, direction, of_type
from mock_responses import message, shell_call
from suites.parity.scenario import BOTH, Scene, scenario

ANSWERED = of_type("response.completed") & direction("out")


class Pipe:
    """A named pipe in the working folder, by which a command says that it runs."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "up"
        os.mkfifo(self.path)
        self._end = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    async def said(self) -> None:
        """Wait until a line was written to it."""
        reader = asyncio.StreamReader()
        file = os.fdopen(self._end, "rb", buffering=0)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        await reader.readline()
        transport.close()


async def let_end(scene: Scene, held: Gate) -> None:
    """Let a response end that nobody waits for any more; over HTTP its reader is gone."""
    held.open()
    if scene.websockets:
        before = scene.journal.select(ANSWERED)
        await scene.journal.wait_for(ANSWERED, after=before[-1] if before else 0)


@scenario(over=BOTH)
async def steer_mid_stream(scene: Scene) -> None:
    """Input that comes while a message is written is asked for when it is whole."""
    rest = scene.mock.gate("rest")
    scene.mock.reply(message("half of it", rest, " and the other half"))
    scene.mock.reply(message("both done"))
    user = await scene.open()
    await user.begin("do the one")
    await rest.reached()
    await user.steer("and do the other")
    rest.open()
    await user.ended()


@scenario(over=BOTH)
async def steer_during_tool(scene: Scene) -> None:
    """Input that comes while a command runs stands behind its output."""
    pipe = Pipe(scene.work)
    os.mkfifo(scene.work / "go")
    scene.mock.reply(shell_call("c1", "echo up > up; cat go"))
    scene.mock.reply(message("both done"))
    user = await scene.open()
    await user.begin("do the one")
    await pipe.said()
    await user.steer("and do the other")
    await asyncio.to_thread((scene.work / "go").write_text, "gone\n")
    await user.ended()


@scenario(over=BOTH)
async def interrupt(scene: Scene) -> None:
    """Two turns that the user ended, while a message was written and while a command ran."""
    late, pipe = scene.mock.gate("late"), Pipe(scene.work)
    scene.mock.reply(message("zero done"))
    scene.mock.reply(message("half of it", late, " and the other half"))
    scene.mock.reply(message("as you like"))
    scene.mock.reply(shell_call("c1", "echo up > up; exec sleep 30"))
    scene.mock.reply(message("as you like again"))
    user = await scene.open()
    await user.say("turn zero")
    await user.begin("write a lot")
    await late.reached()
    await user.interrupt()
    await let_end(scene, late)
    await user.say("something else then")
    await user.begin("run it")
    await pipe.said()
    await user.interrupt()
    await user.say("nothing at all then")


@scenario(over=BOTH)
async def interrupt_mid_stream(scene: Scene) -> None:
    """A message that was cut off by the user is forgotten, but not that it was."""
    late = scene.mock.gate("late")
    scene.mock.reply(message("zero done"))
    scene.mock.reply(message("half of it", late, " and the other half"))
    scene.mock.reply(message("as you like"))
    user = await scene.open()
    await user.say("turn zero")
    await user.begin("write a lot")
    await late.reached()
    await user.interrupt()
    await let_end(scene, late)
    await user.say("something else then")


@scenario(over=BOTH)
async def interrupt_during_tool(scene: Scene) -> None:
    """A command that the user ended has an output that says so."""
    pipe = Pipe(scene.work)
    scene.mock.reply(shell_call("c1", "echo up > up; exec sleep 30"))
    scene.mock.reply(message("as you like"))
    user = await scene.open()
    await user.begin("run it")
    await pipe.said()
    await user.interrupt()
    await user.say("something else then")


@scenario(over=BOTH)
async def interrupt_before_response(scene: Scene) -> None:
    """A request that the user ended before anything came is made again with the next input."""
    late = scene.mock.gate("late")
    scene.mock.reply(late, message("too late"))
    scene.mock.reply(message("as you like"))
    user = await scene.open()
    await user.begin("go on")
    await late.reached()
    await user.interrupt()
    await let_end(scene, late)
    await user.say("something else then")
