"""Our client beside the Codex CLI itself: the same scenarios, played to both."""

import pytest

from suites.parity import report
from suites.parity.judge import judge
from suites.parity.scenario import find, scenarios

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("name", list(scenarios()))
async def test_our_requests_are_those_of_the_codex_cli(name: str) -> None:
    """No path differs, but those on purpose, each of which does."""
    (scenario,) = find([name])
    verdict = await judge(scenario, live=True)
    assert verdict.holds, "\n".join(report.notes(verdict))
