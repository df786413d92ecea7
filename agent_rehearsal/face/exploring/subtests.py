"""Subtests of one run: pytest would report each where it ends, but which run is told of is known
later. So their reports wait with that of the test's body, and one that failed fails the body.

Knows how the fixture `subtests` reports, and no schedules.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

SUBTESTS = "rehearsal_subtests"
"""The attribute of a body's report that has those of its subtests."""


class _Relay:
    """The hooks of a node, of which reports are kept."""

    def __init__(self, hooks: Any, kept: list[pytest.TestReport]) -> None:
        self._hooks = hooks
        self._kept = kept

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hooks, name)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A subtest has ended."""
        self._kept.append(report)


@contextmanager
def kept(item: pytest.Item) -> Iterator[list[pytest.TestReport]]:
    """Yields the reports of the subtests of the run meanwhile."""
    session: Any = item.session
    reports: list[pytest.TestReport] = []
    hooks = session.gethookproxy
    session.gethookproxy = lambda path: _Relay(hooks(path), reports)
    try:
        yield reports
    finally:
        del session.gethookproxy
        _forget_failures(item.config)


def _forget_failures(config: Any) -> None:
    """pytest counts failed subtests by their test, and here it is run many times."""
    try:
        from _pytest.subtests import failed_subtests_key
    except ImportError:  # before pytest 9
        return
    config.stash.get(failed_subtests_key, {}).clear()  # none where that plugin is off


def joined(reports: Sequence[pytest.TestReport], subtests: Sequence[pytest.TestReport]) -> None:
    """The subtests' reports go with that of the body, which fails where one of them did."""
    body = next((report for report in reports if report.when == "call"), None)
    if body is None or not subtests:
        return
    setattr(body, SUBTESTS, subtests)
    failed = [each for each in subtests if each.failed]
    if failed and body.passed:
        body.outcome = "failed"
        body.longrepr = f"{len(failed)} of {len(subtests)} subtests failed"


def with_subtests(report: pytest.TestReport) -> Iterator[pytest.TestReport]:
    """The reports that pytest gets: those of its subtests come before that of a body."""
    for subtest in vars(report).pop(SUBTESTS, ()):
        subtest.nodeid = report.nodeid
        yield subtest
    yield report
