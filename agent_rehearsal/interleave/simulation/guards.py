"""What would begin a second world beside the simulated one: threads and processes.

They are refused only to code that runs on a simulated loop, so that what watches over the tests may
go on. This module must not know how the loop is made.
"""

import asyncio
import multiprocessing.process
import os
import subprocess
import threading
from asyncio import events
from collections.abc import Callable
from typing import Any

from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.simulation.bindings import Bindings

THREAD = "use loop.run_in_executor() or asyncio.to_thread()"
PROCESS = "give the program a runner of commands that the test can script"
GUARDED: tuple[tuple[Any, str, str, str], ...] = (
    (threading.Thread, "start", "starting a thread", THREAD),
    (subprocess.Popen, "__init__", "starting a process", PROCESS),
    (multiprocessing.process.BaseProcess, "start", "starting a process", PROCESS),
    (os, "system", "os.system()", PROCESS),
    *((os, name, f"os.{name}()", PROCESS) for name in ("fork", "forkpty") if hasattr(os, name)),
)
"""(owner, name, what it is called, remedy)."""


def raise_guards(bindings: Bindings, loops: type[asyncio.AbstractEventLoop]) -> None:
    """Refuses what leaves the simulation to code on a loop of the type `loops`."""
    for owner, name, call, remedy in GUARDED:
        real = getattr(owner, name)
        bindings.bind(owner, name, _guard(real, loops, call, remedy))


def _guard(
    real: Callable[..., Any],
    loops: type[asyncio.AbstractEventLoop],
    call: str,
    remedy: str,
) -> Callable[..., Any]:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if isinstance(events._get_running_loop(), loops):
            raise LeavesSimulation(call, remedy)
        return real(*args, **kwargs)

    return guarded
