"""Our client sends what the reference client sent, in each scenario, but for what is on purpose.

What the reference sent is recorded; `make interop` asks the client itself.
"""

import pytest

from suites.parity import report
from suites.parity.exceptions import FILE, read_exceptions
from suites.parity.judge import judge
from suites.parity.recordings import Recordings
from suites.parity.scenario import find, scenarios

pytestmark = pytest.mark.real
NAMES = list(scenarios())


@pytest.mark.parametrize("name", NAMES)
async def test_our_requests_are_those_of_the_reference(name: str) -> None:
    """No path differs, but those in `exceptions.txt`, each of which does."""
    (scenario,) = find([name])
    verdict = await judge(scenario)
    assert verdict.holds, "\n".join(report.notes(verdict))


def test_every_scenario_is_recorded() -> None:
    """There is a recording of each scenario, and none of another."""
    assert Recordings().names() == sorted(NAMES)


def test_there_are_enough_scenarios() -> None:
    """At least sixty, and fifteen of realtime conversations."""
    assert len(NAMES) >= 60
    assert len(find(["realtime"])) >= 15


def test_exceptions_are_of_scenarios() -> None:
    """An exception of a scenario that there is not would never be looked at."""
    assert set(read_exceptions(FILE.read_text("utf-8"))) <= set(NAMES)


def test_every_scenario_says_what_it_shows() -> None:
    """The list of scenarios has a line about each."""
    assert [name for name, each in scenarios().items() if not each.about] == []
