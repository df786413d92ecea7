"""What the plugin adds to pytest's reports: the timeline of a failed test, the advice of any.

Titles and texts; knows neither where a stage lives nor how pytest prints. Imported in every run.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from agent_rehearsal.face.staging import Home

if TYPE_CHECKING:
    from agent_rehearsal.face.stage import Stage

TIMELINE = "rehearsal timeline"
ADVICE = "rehearsal advice"
Section = tuple[str, str]
"""Title and text."""


def timeline(home: Home) -> list[Section]:
    """What went over the wire, bounded, secrets labelled; nothing where nothing did."""
    return _section(home, TIMELINE, lambda stage: stage.timeline() if len(stage.journal) else "")


def advice(home: Home) -> list[Section]:
    """The findings that fail no test, each once."""
    return _section(home, ADVICE, lambda stage: "\n".join(dict.fromkeys(_advice(stage))))


def _section(home: Home, title: str, text_of: "Callable[[Stage], str]") -> list[Section]:
    try:
        text = home.call(text_of)
    except Exception as error:  # what made the test fail must not be lost for it
        text = f"this could not be told: {error!r}"
    return [(title, text)] if text else []


def _advice(stage: "Stage") -> Iterator[str]:
    return map(str, stage.findings.of_level("advice"))


def summary(reports: Iterable[Any]) -> Iterator[str]:
    """The advice of tests that passed, each piece once, with the first test that it is about.

    pytest prints the sections of failed tests only.
    """
    tests: dict[str, list[str]] = {}
    for report in reports:
        if not getattr(report, "failed", True):
            for line in _advised(report):
                tests.setdefault(line, []).append(report.nodeid)
    for line, of in tests.items():
        yield line
        yield f"    {of[0]}" + (f" and {len(of) - 1} more" if len(of) > 1 else "")


def _advised(report: Any) -> Iterator[str]:
    for title, text in report.sections:
        if title == ADVICE:
            yield from text.splitlines()
