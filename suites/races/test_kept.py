"""Schedules found on one version of Python break the same programs on this one, in the same way."""

from collections.abc import Iterator

import pytest

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.search.replay import misfit
from agent_rehearsal.interleave.search.token import decode
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.strategies.strategies import Natural
from suites.races import kept
from suites.races.zoo.catalogue import ZOO

TABLE = kept.read()
ANEW = "after a change to the zoo, python -m suites.races.kept makes the table anew"
REPLAYS = 3
"""Of each schedule: more than a hundred in all."""

each_race = pytest.mark.parametrize("race", ZOO)
same_libraries = pytest.mark.skipif(
    kept.libraries() != TABLE.libraries,
    reason=f"found with {TABLE.libraries}, which send in pieces of their own;"
    " python -m suites.races.kept makes the table anew",
)


def of(race: str) -> list[kept.Kept]:
    return [each for each in TABLE.schedules if each.race == race]


def replayed(each: kept.Kept) -> Iterator[Attempt]:
    """The schedule, followed a few times; what a program imports at first was imported before."""
    program, schedule = kept.racy(each.race), decode(each.token, test=each.race).schedule
    program(Natural())
    return (program(Delays(schedule)) for _ in range(REPLAYS))


def test_the_table_has_every_race() -> None:
    """There is a schedule for each, and none of a program that is no more; all were found on 3.11,
    and are replayed a hundred times and more.
    """
    assert {each.race for each in TABLE.schedules} == set(ZOO)
    assert {decode(each.token).python for each in TABLE.schedules} == {"3.11"}
    assert len(TABLE.schedules) * REPLAYS >= 100


@each_race
def test_without_a_schedule_it_passes(race: str) -> None:
    """It is the schedule that breaks the program, on this Python too."""
    attempt = kept.racy(race)(Natural())
    assert kept.ending(attempt) == "passed"


@each_race
def test_a_schedule_of_another_python_breaks_the_race_in_the_same_way(race: str) -> None:
    """The same kind of failure at the same place, by messages that all came up."""
    for each in of(race):
        for attempt in replayed(each):
            assert misfit(decode(each.token), attempt.trace) is None
            assert kept.ending(attempt) == each.failure, ANEW


@same_libraries
@each_race
def test_a_schedule_of_another_python_brings_about_the_same_order(race: str) -> None:
    """Everything arrives in the order in which it arrived where the schedule was found."""
    for each in of(race):
        for attempt in replayed(each):
            assert kept.arrivals(attempt) == each.arrivals, ANEW
