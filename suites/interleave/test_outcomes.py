"""Outcomes as text that is reviewed."""

from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.interleave.keys import Delay, Key, Schedule
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget
from agent_rehearsal.interleave.world.outcomes import Outcomes, Reach
from suites.interleave.happened import race

SWEPT = Reach(inf, 60, 0.1)
NATURAL_ALONE = Reach(0, 0, 0.1)


def seen(outcomes: dict[str, Schedule], trace: Trace | None = None) -> Outcomes:
    """Outcomes with what brought them about."""
    given: dict[str, tuple[Any, Schedule]] = {
        name: (name, schedule) for name, schedule in outcomes.items()
    }
    return Outcomes.seen(given, trace or Trace(), SWEPT)


def test_each_outcome_has_a_line_with_its_witness() -> None:
    """The natural one first, the others by their names; above them how far was looked."""
    late = Schedule(delays={Key("job:2"): Delay(0.0023)})
    tied = Schedule(delays={Key("c1>s#3"): Delay(turns=2, after=Key("job:1"))}, salts={2: 0})
    assert str(seen({"z": late, "y": Schedule(), "a": tied})) == (
        "# explored: the sweep, 60 schedules, messages up to 100 ms late\n"
        "- y   natural\n"
        "- a   c1>s#3 2 turns late, after executor job 1; a set of tasks handed out task 2 first\n"
        "- z   executor job 2 2.3 ms late\n"
    )


@pytest.mark.parametrize(
    ("budget", "text"),
    [
        (Budget(schedules=0, sweep=False), "the natural order, messages up to 100 ms late"),
        (Budget(schedules=0), "the sweep, messages up to 100 ms late"),
        (Budget(schedules=7, singles=100), "100 singles, 7 schedules, messages up to 100 ms late"),
        (
            Budget(schedules=7, sweep=False, late=0.0005),
            "the natural order, 7 schedules, messages up to 0.5 ms late",
        ),
    ],
)
def test_how_far_was_looked_is_written_and_read(budget: Budget, text: str) -> None:
    """So that a shorter look is not taken for one that found less."""
    reach = Reach.of(budget)
    assert str(reach) == text
    assert Outcomes.read(str(Outcomes({}, reach))).reach == reach


def test_one_look_covers_another_that_went_nowhere_further() -> None:
    """In the sweep, the number of schedules, and how late messages came."""
    assert SWEPT.covers(NATURAL_ALONE)
    assert SWEPT.covers(SWEPT)
    assert not NATURAL_ALONE.covers(SWEPT)
    assert not Reach(inf, 59, 0.1).covers(SWEPT)
    assert not Reach(inf, 60, 0.05).covers(SWEPT)
    assert not Reach(100, 60, 0.1).covers(SWEPT)


names = st.text(min_size=1).map(repr)
witnesses = st.sampled_from(["natural", "session.update on realtime 30 ms late"])


@given(st.dictionaries(names, witnesses), st.sampled_from([SWEPT, NATURAL_ALONE, Reach(5, 0, 0.2)]))
def test_what_is_written_is_read_back(witnesses: dict[str, str], reach: Reach) -> None:
    """Whatever an outcome is called."""
    outcomes = Outcomes(witnesses, reach)
    assert Outcomes.read(str(outcomes)) == outcomes


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    """What is no outcome is none; nothing raises."""
    Outcomes.read(text)


def test_outcomes_of_several_lines_stay_on_one() -> None:
    """The `repr` of an object of one's own may be anything."""
    assert str(seen({"a\nb": Schedule()})).splitlines()[1:] == ["- a\\nb   natural"]


def test_a_shorter_look_takes_nothing_out() -> None:
    """It may add; a look as long says what there is."""
    approved = Outcomes({"'a'": "natural", "'b'": "late"}, SWEPT)
    short = Outcomes({"'c'": "late", "'a'": "natural"}, NATURAL_ALONE)
    assert list(short.joined(approved).witnesses) == ["'c'", "'a'", "'b'"]
    assert short.joined(approved).reach == SWEPT
    longer = Outcomes({"'a'": "natural"}, Reach(inf, 61, 0.1))
    assert longer.joined(approved) == longer
    assert approved.beyond(short) == ("'b'",)


def test_messages_are_called_by_what_they_say() -> None:
    """As in every other report."""
    trace, interrupt = race()
    told = str(seen({"x": Schedule(delays={interrupt: Delay(0.03)})}, trace))
    assert told.splitlines()[1] == "- x   interrupt on realtime 30 ms late"
