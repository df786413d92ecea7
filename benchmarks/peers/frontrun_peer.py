"""frontrun: its `explore` with its defaults, given the whole program as a worker.

It interleaves the workers of its caller where they touch the same objects. The tasks, callbacks and
messages of a server and its clients are none of these: it runs such a program once, in the one
order that comes about, and `first` says so.
"""

import asyncio
from importlib import import_module
from importlib.metadata import version
from typing import Any

from benchmarks.child import Unmeasured
from benchmarks.peers.engine import Broken
from benchmarks.peers.programs import Main

FEW = 2
"""Schedules that it has to find in a program to be an explorer of it."""


class Frontrun:
    """It has no seeds: it ends when it knows no other schedule."""

    def __init__(self) -> None:
        self._frontrun: Any = import_module("frontrun")

    def version(self) -> str:
        return f"frontrun {version('frontrun')}"

    def first(self, program: Main, seeds: range) -> Broken | None:
        found = asyncio.run(self._explored(program, len(seeds)))
        if not found.property_holds:
            return Broken(seed=seeds.start, failure=str(found.explanation), mark="")
        if found.num_explored < FEW:
            raise Unmeasured(
                f"it found {found.num_explored} schedule to run: it interleaves the workers of its "
                "caller, not the messages, tasks and callbacks of a server and its clients"
            )
        return None

    def shrunk(self, program: Main, seed: int) -> str:
        return "nothing to shrink"

    async def _explored(self, program: Main, most: int) -> Any:
        async def work(state: None) -> None:
            await program()

        return await self._frontrun.explore(
            setup=lambda: None, workers=[work], invariant=lambda state: True, max_executions=most
        )
