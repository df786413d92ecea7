"""simloop: `explore` under its default policy, with packets that take from 0 to `LATE`.

Its own default is that packets take no time, under which it finds hardly any race of a network.
"""

import asyncio
from importlib import import_module
from typing import Any

from benchmarks.peers.engine import LATE, SHRINKING, Broken
from benchmarks.peers.network import adapt
from benchmarks.peers.programs import Main

HOME = "driver"
"""What simloop calls the machine of a task that was put on none."""


class Simloop:
    """Every seed is a run of its own."""

    def __init__(self) -> None:
        self._simloop: Any = import_module("simloop")

    def version(self) -> str:
        return f"simloop {self._simloop.__version__}"

    def first(self, program: Main, seeds: range) -> Broken | None:
        report = self._simloop.explore(lambda: _played(program), seeds)
        if report is None:
            return None
        failure, mark = repr(report.exception), report.trace_hash
        return Broken(seed=report.seed, failure=failure, mark=mark)

    def shrunk(self, program: Main, seed: int) -> str:
        options = {"shrink": True, "shrink_budget": SHRINKING}
        report = self._simloop.explore(lambda: _played(program), [seed], **options)
        if report is None or report.shrunk is None:
            return "not: its schedule fails no more"
        kept, runs = len(report.shrunk.kept), report.shrunk.oracle_runs
        return f"{kept} of its steps out of order, all latencies kept ({runs} runs)"


async def _played(program: Main) -> None:
    loop: Any = asyncio.get_running_loop()
    loop.net.set_defaults(latency=(0.0, LATE))
    adapt(loop, home=HOME)
    await program()
