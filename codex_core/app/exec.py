"""`exec`: one prompt, one turn, its events told as they happen."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from codex_core.config.config import Config
from codex_core.protocol.events import Error, Event, TaskComplete, TurnAborted
from codex_core.protocol.ops import Interrupt, user_text
from codex_core.runtime import Runtime
from codex_core.session.codex import Codex
from codex_core.session.thread import Thread

__all__ = ["FAILED", "INTERRUPTED", "SUCCEEDED", "run_exec", "run_prompt"]

SUCCEEDED = 0
FAILED = 1
INTERRUPTED = 130


Teller = Callable[[Event], None]


async def run_exec(config: Config, runtime: Runtime, prompt: str, tell: Teller) -> int:
    """Runs the prompt in a new thread; gives the exit code."""
    async with Codex(config, runtime=runtime) as codex:
        return await run_prompt(await codex.start_thread(), prompt, tell)


async def run_prompt(thread: Thread, prompt: str, tell: Teller) -> int:
    """Runs the prompt in a thread; gives the exit code. The first ctrl-c interrupts the turn."""
    with _interruptible(thread):
        await thread.submit(user_text(prompt))
        return await _follow(thread, tell)


async def _follow(thread: Thread, tell: Teller) -> int:
    code = SUCCEEDED
    while True:
        event = await thread.next_event()
        tell(event)
        match event.msg:
            case Error():
                code = FAILED
            case TaskComplete():
                return code
            case TurnAborted():
                return INTERRUPTED


@contextmanager
def _interruptible(thread: Thread) -> Iterator[None]:
    """While it lasts, the first ctrl-c interrupts the turn; a second one ends the program."""
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[str]] = []

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        tasks.append(loop.create_task(thread.submit(Interrupt())))

    loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
