"""One ending for a test that is divided among the workers of pytest-xdist: the share whose failure
comes first tells of it, and what other shares of that test find is the same news.

Works where reports come together, and knows reports alone. Imported in every pytest run: it must
import nothing of weight.
"""

from collections.abc import Generator
from typing import Any

import pytest

from agent_rehearsal.face.exploring import told

ELSEWHERE = "found by another share"


class Merger:
    """A plugin of every run but a worker's."""

    def __init__(self) -> None:
        self._telling: dict[str, str] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, Any, Any]:
        """Before anybody counts it."""
        test = told.share_of(report)
        if test is not None and report.failed:
            teller = self._telling.setdefault(test, report.nodeid)
            if teller != report.nodeid:
                _as_known(report)
        return (yield)


def _as_known(report: pytest.TestReport) -> None:
    """Make it the report of a share that passed: its own words are those of another one by now."""
    counted = {name: told.noted(report).get(name) for name in ("test", "schedules", "orders")}
    told.note(report, words=ELSEWHERE, **{name: said for name, said in counted.items() if said})
    report.outcome, report.longrepr, report.sections = "passed", None, []
    if report.when == "setup":  # and a body never follows
        report.when = "call"
