"""Stock asyncio on real loopback sockets: one run a seed, whose order nobody chooses."""

import asyncio

from benchmarks.peers.engine import Broken
from benchmarks.peers.programs import Main


class Real:
    """An engine that explores nothing."""

    def version(self) -> str:
        return "real sockets"

    def first(self, program: Main, seeds: range) -> Broken | None:
        for seed in seeds:
            try:
                asyncio.run(program())
            except Exception as error:  # whatever a program fails with
                return Broken(seed=seed, failure=repr(error), mark="")
        return None

    def shrunk(self, program: Main, seed: int) -> str:
        return "nothing to shrink"
