"""The zoo under exploration: what a late message breaks is found, explained by few messages and
repeated; what is mended never breaks.
"""

from functools import partial

import pytest

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.verdict import Budget, Found
from suites.races.zoo.catalogue import ZOO

each_race = pytest.mark.parametrize("race", ZOO)
SCHEDULES = 20
"""Portfolio schedules for each mended program here; `python -m benchmarks zoo` runs the rest."""
WHOLE, SHARE = (0, 1), (0, 4)
"""Parts of what there is to run: the mended programs take longest, they never end early."""


def program(race: str, *, mended: bool) -> Program:
    """A race of the zoo, or its mended twin, as what exploration runs."""

    def once(strategy: Strategy) -> Attempt:
        return run(partial(ZOO[race], mended=mended), strategy)

    return once


def found(race: str, budget: Budget) -> Found:
    """What exploring the race found; it passes in the natural order."""
    verdict = explore(program(race, mended=False), budget)
    assert verdict.unsteady is None
    assert verdict.natural.failure is None
    assert verdict.found is not None
    return verdict.found


@each_race
def test_each_single_message_late_finds_the_race(race: str) -> None:
    """The sweep breaks the racy program, by at most three late messages, again and again."""
    race_found = found(race, Budget(schedules=0))
    assert race_found.strategy == "sweep"
    assert 1 <= len(race_found.schedule.delays) <= 3
    shrunk = race_found.shrunk
    for _ in range(3):
        again = program(race, mended=False)(Delays(race_found.schedule))
        assert again.failure == shrunk.failure
        assert again.trace.digest() == shrunk.trace.digest()


@each_race
def test_a_hundred_draws_find_the_race(race: str) -> None:
    """The portfolio breaks the racy program within 100 schedules, without the sweep."""
    race_found = found(race, Budget(schedules=100, sweep=False))
    assert race_found.tried <= 100
    assert len(race_found.schedule.delays) <= 3


@each_race
def test_the_cure_holds(race: str, pytestconfig: pytest.Config) -> None:
    """No single late message breaks the mended program, nor does the portfolio: each of them under
    `--explore`, else every fourth.
    """
    part = SHARE if pytestconfig.getoption("explore") is None else WHOLE
    verdict = explore(program(race, mended=True), Budget(schedules=SCHEDULES, shard=part))
    assert verdict.unsteady is None
    assert verdict.natural.failure is None
    assert verdict.found is None
    assert verdict.pending == 0
