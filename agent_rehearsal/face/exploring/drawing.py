"""`--explore-story`: each explored test as a sequence diagram, a file for each."""

from pathlib import Path

from agent_rehearsal.face.exploring.naming import file_of
from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.story.svg import svg
from agent_rehearsal.interleave.verdict import Verdict


def draw(folder: Path, test: str, verdict: Verdict) -> Path:
    """Write what broke the test, or else its natural run. Raises OSError."""
    found = verdict.found
    if found is None:
        return draw_run(folder, test, verdict.natural, Schedule())
    return draw_run(folder, test, found.shrunk, found.schedule)


def draw_run(folder: Path, test: str, run: Attempt, schedule: Schedule) -> Path:
    """Write a run of the test under this schedule. Raises OSError."""
    path = folder / file_of(test, "svg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(run.trace, schedule, title=test), "utf-8")
    return path
