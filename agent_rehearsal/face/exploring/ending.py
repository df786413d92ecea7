"""How the exploration of a test ends: which run's reports stand for it, and what they say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent_rehearsal.face.exploring import told

Section = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The reports that stand for a test."""

    reports: Sequence[pytest.TestReport]
    text: str = ""
    """What is said of the exploration, below the report that failed, else the last."""
    failed: str = ""
    """Why a test fails whose run did not."""
    notes: dict[str, Any] = field(default_factory=dict)
    """What its report carries: see `told.note`."""


def final(
    ending: Ending, whole: pytest.CallInfo[Any], closing: pytest.TestReport, nodeid: str
) -> Iterator[pytest.TestReport]:
    """The reports that pytest gets: one for each phase, of one test.

    The exploration lasted as long as `whole`; `closing` is the end of what outlives a run.
    """
    spoken = _spoken(ending.reports)
    for report in ending.reports:
        report.nodeid = nodeid
        report.duration = whole.duration if report.when == "call" else 0.0
        report.start, report.stop = whole.start, whole.stop
        if report is spoken:
            _speak(report, ending)
        if report.when == "teardown" and closing.failed and report.passed:
            continue
        yield report
    if closing.failed or all(report.when != "teardown" for report in ending.reports):
        yield closing


def _spoken(reports: Sequence[pytest.TestReport]) -> pytest.TestReport | None:
    """The report that says it: the first that failed, else that of the body."""
    failed = [report for report in reports if report.failed]
    bodies = [report for report in reports if report.when == "call"]
    return next(iter((*failed, *bodies, *reports)), None)


def _speak(report: pytest.TestReport, ending: Ending) -> None:
    told.note(report, **ending.notes)
    if ending.failed and not report.failed:
        report.outcome, report.longrepr = "failed", ending.failed
    if ending.text:
        report.sections.append((told.SECTION, ending.text))
