"""Drives the Codex SDK for Python: a thread on the CLI that `CODEX_PATH` names."""

import os

from openai_codex_sdk import Codex, Thread

from suites.interop.drivers.turns import GREET, Told, drive


def thread() -> Thread:
    """A new thread of the CLI, which finds its home and the mock in the environment."""
    codex = Codex({"codex_path_override": os.environ["CODEX_PATH"]})
    return codex.start_thread({"skip_git_repo_check": True})


async def plain() -> Told:
    """`Thread.run`."""
    return Told(text=(await thread().run(GREET)).final_response)


async def resumed() -> Told:
    """`Thread.run` twice: the second turn goes on with the first, in a new process."""
    talk = thread()
    first = await talk.run(GREET)
    return Told(text=(await talk.run("and again")).final_response, deltas=[first.final_response])


async def tool() -> Told:
    """`Thread.run_streamed`, which tells what the command put out."""
    turn = await thread().run_streamed("run it")
    items = [event.item async for event in turn.events if event.type == "item.completed"]
    commands = [item for item in items if item.type == "command_execution"]
    messages = [item.text for item in items if item.type == "agent_message"]
    return Told(text=messages[-1], tool_runs=[item.aggregated_output for item in commands])


if __name__ == "__main__":
    drive("openai-codex-sdk", {"plain": plain, "tool": tool, "resumed": resumed})
