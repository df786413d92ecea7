"""What would begin a second world beside the simulated one, or wait for one: threads, processes,
real descriptors, real time.

It is refused only to code that runs on a simulated loop or in a job of it, so that what watches
over the tests may go on. This module must not know how the loop is made.
"""

import _thread
import asyncio
import functools
import multiprocessing.process
import os
import platform
import select
import signal
import subprocess
import threading
from asyncio import events
from collections.abc import Callable
from typing import Any

from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.kernel.jobs import at_work
from agent_rehearsal.interleave.kernel.polling import WATCH
from agent_rehearsal.interleave.simulation.bindings import Bindings

THREAD = "use loop.run_in_executor() or asyncio.to_thread()"
JOB = "a job runs whole, so let it return, and wait in the loop: asyncio.Event, asyncio.Queue"
PROCESS = "give the program a runner of commands that the test can script"
TIMER = "use loop.call_later()"


def _of(owner: Any, remedy: str, *names: str) -> list[tuple[Any, str, str, str]]:
    """The functions of a module, as far as this system has them."""
    module = owner.__name__
    return [(owner, name, f"{module}.{name}()", remedy) for name in names if hasattr(owner, name)]


GUARDED: tuple[tuple[Any, str, str, str], ...] = (
    (threading.Thread, "start", "starting a thread", THREAD),
    (_thread, "start_new_thread", "starting a thread", THREAD),
    (threading.Condition, "wait", "waiting for another thread", JOB),
    (subprocess.Popen, "__init__", "starting a process", PROCESS),
    (multiprocessing.process.BaseProcess, "start", "starting a process", PROCESS),
    *_of(os, PROCESS, "system", "fork", "forkpty", "posix_spawn", "posix_spawnp"),
    *_of(select, WATCH, "epoll", "kqueue"),
    *_of(signal, TIMER, "alarm", "setitimer"),
)
"""(owner, name, what it is called, remedy)."""


def raise_guards(bindings: Bindings, loops: type[asyncio.AbstractEventLoop]) -> None:
    """Refuses what leaves the simulation to code on a loop of the type `loops`, and in its jobs."""
    _ask_beforehand()
    for owner, name, call, remedy in GUARDED:
        real = getattr(owner, name)
        bindings.bind(owner, name, _guard(real, loops, call, remedy))


@functools.cache
def _ask_beforehand() -> None:
    """Python asks a process for the processor's name, once; clients send it with each request."""
    platform.processor()


def _guard(
    real: Callable[..., Any],
    loops: type[asyncio.AbstractEventLoop],
    call: str,
    remedy: str,
) -> Callable[..., Any]:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if isinstance(events._get_running_loop(), loops) or at_work():
            raise LeavesSimulation(call, remedy)
        return real(*args, **kwargs)

    return guarded
