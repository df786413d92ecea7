"""What the reports of one run say of its failure."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent_rehearsal.face.exploring.apart import Raised
from agent_rehearsal.interleave.attempt import Failure
from agent_rehearsal.interleave.simulation.run import World, failure_of, unnoticed


def failure(reports: Sequence[pytest.TestReport], raised: Raised, world: World) -> Failure | None:
    """How a run failed, None where it did not.

    One that left the simulation failed by that, whatever it made of it. A report that passed fails
    with what only the event loop noticed.
    """
    lost = unnoticed(world)
    said = _said(reports, raised)
    if world.left and lost is not None:
        _fail(reports, str(world.left[0]))
        return replace(lost, text=str(world.left[0]))
    if said is None and lost is not None:
        _fail(reports, lost.text)
    return said or lost


def _said(reports: Sequence[pytest.TestReport], raised: Raised) -> Failure | None:
    """The failure of the first phase that failed."""
    failed = next((report for report in reports if report.failed), None)
    if failed is None:
        return None
    errors = [error for when, error in raised if when == failed.when]
    if not errors:  # a strict xfail that passed, say: failed by a plugin's judgement
        return Failure("Failed", failed.nodeid, _text(failed))
    return replace(failure_of(errors[0]), text=_text(failed))


def _fail(reports: Sequence[pytest.TestReport], text: str) -> None:
    """Make it the test's failure, unless it has one."""
    if not any(report.failed for report in reports):
        bodies = [report for report in reports if report.when == "call"]
        report = (*bodies, *reports)[0]
        report.outcome, report.longrepr = "failed", text


def _text(report: pytest.TestReport) -> str:
    """What was wrong, in a line: the rest is in the report, which pytest prints anyway."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = str(getattr(crash, "message", None) or report.longreprtext)
    return text.strip().partition("\n")[0]


def settled(reports: Sequence[pytest.TestReport]) -> bool:
    """Was the test skipped, or expected to fail? Then there is nothing to explore."""
    return any(report.skipped or hasattr(report, "wasxfail") for report in reports)
