"""simloom: `explore` with what its test decorator turns on, and messages that take from 0 to
`LATE`.
"""

import asyncio
from importlib import import_module
from typing import Any

from benchmarks.peers.engine import LATE, SHRINKING, Broken
from benchmarks.peers.network import adapt
from benchmarks.peers.programs import Main

SETTINGS = {"virtual_time": True, "seed_randomness": True}
"""Of `simloom.test`, whose defaults differ from those of `simloom.explore`."""


class Simloom:
    """Every seed is a run of its own."""

    def __init__(self) -> None:
        self._simloom: Any = import_module("simloom")

    def version(self) -> str:
        return f"simloom {self._simloom.__version__}"

    def first(self, program: Main, seeds: range) -> Broken | None:
        found = self._explored(program, seeds)
        if found is None:
            return None
        return Broken(seed=found.seed, failure=repr(found.error), mark=found.digest)

    def shrunk(self, program: Main, seed: int) -> str:
        found = self._explored(program, range(seed, seed + 1))
        if found is None:
            return "not: its seed fails no more"
        played = self._played(program)
        shrunk = self._simloom.shrink(played, found, max_runs=SHRINKING, **SETTINGS)
        return f"{shrunk.deviations} of its draws that are not 0 ({shrunk.runs_used} runs)"

    def _explored(self, program: Main, seeds: range) -> Any:
        played = self._played(program)
        many = {"runs": len(seeds), "start_seed": seeds.start}
        return self._simloom.explore(played, **many, **SETTINGS).first_failure

    def _played(self, program: Main) -> Any:
        async def played(world: Any) -> None:
            world.net.set_latency(0.0, LATE)
            adapt(asyncio.get_running_loop())
            await program()

        return played
