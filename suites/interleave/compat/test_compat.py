"""Libraries as they are, on the simulated kernel: in any order that a network could have produced
they give what they give over real loopback.
"""

import asyncio

import pytest

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.verdict import Budget
from suites.interleave.compat.catalogue import PROGRAMS

SCHEDULES = 40


@pytest.mark.parametrize("about", PROGRAMS)
def test_a_library_runs_unchanged(about: str) -> None:
    """Two natural runs are the same run, no schedule fails, and the result is the real one."""
    program = PROGRAMS[about]
    real = asyncio.run(program())
    simulated: list[list[object]] = []

    async def observed() -> None:
        simulated.append(await program())

    def once(strategy: Strategy) -> Attempt:
        return run(observed, strategy)

    verdict = explore(once, Budget(schedules=SCHEDULES, sweep=False, unchanged=SCHEDULES))
    assert verdict.unsteady is None
    assert verdict.natural.failure is None
    assert verdict.found is None
    assert verdict.drawn == SCHEDULES
    assert [each for each in simulated if each != real] == []
