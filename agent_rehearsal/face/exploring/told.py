"""What a report carries of its exploration, and what pytest prints of it.

A report may come from a worker of pytest-xdist, so it carries values that JSON has. Imported in
every pytest run: it must import nothing of weight.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

ATTRIBUTE = "rehearsal_explored"
SECTION = "rehearsal exploration"
"""The title of what a report says of its exploration."""
SHARE = "rehearsal_share"
TITLE = "rehearsal exploration"
"""The title of the summary."""


def note(report: Any, **told: Any) -> None:
    """Say of a report: `words` for behind its outcome, `schedules` run, `orders` seen, `stock` for
    why it was run on the stock loop, `kept` for what is to be stored, `strays` for what is stored
    but no longer applies; `test` and `file` are its plain name and where its schedules are.
    """
    setattr(report, ATTRIBUTE, told)


def noted(report: Any) -> dict[str, Any]:
    """What was said of a report; empty for most."""
    said: dict[str, Any] = getattr(report, ATTRIBUTE, {})
    return said


def note_share(report: Any, test: str) -> None:
    """Say of a report that it is of a share of the test with this node id."""
    setattr(report, SHARE, test)


def share_of(report: Any) -> str | None:
    """The node id of the test of which this is a share; None for a whole test's."""
    test: str | None = getattr(report, SHARE, None)
    return test


def status(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Outcome, letter and word for an explored test that passed; None for any other report."""
    words = noted(report).get("words")
    if not words or report.when != "call" or not report.passed:
        return None
    return "passed", ".", f"PASSED [{words}]"


def summary(reports: Iterable[Any]) -> Iterator[str]:
    """A line on what was explored, and one on what was not and why."""
    told = [said for report in reports if (said := noted(report))]
    explored = [said for said in told if "schedules" in said]
    if explored:
        tests = {said["test"] for said in explored}  # of one test there may be shares
        yield (
            f"{_count(len(tests), 'test')} explored: "
            f"{_count(sum(said['schedules'] for said in explored), 'schedule')}, "
            f"{_count(sum(said['orders'] for said in explored), 'distinct order')}"
        )
    yield from _strays(told)
    reasons = Counter(said["stock"] for said in told if "stock" in said)
    if reasons:
        shown = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        yield f"{_count(sum(reasons.values()), 'test')} not explorable, run as ever: {shown}"


def _strays(told: Iterable[dict[str, Any]]) -> Iterator[str]:
    for said in told:
        for stray in said.get("strays", ()):
            yield f"{said['test']}: a kept schedule no longer applies: {stray}"
            yield f"    remove it from {said['file']} if the test is meant to have changed"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
