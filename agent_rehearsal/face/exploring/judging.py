"""From the verdict of the engine to what is told of a test.

One rule: a test has one ending. It fails where the natural order fails, where a schedule was found,
or where it was marked and cannot be explored; else it passes and says how far was looked.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from agent_rehearsal.face.exploring.ending import Ending, skipped
from agent_rehearsal.face.exploring.options import Options
from agent_rehearsal.face.exploring.running import Item, Run
from agent_rehearsal.face.exploring.storing import Kept, path_of
from agent_rehearsal.face.exploring.telling import UNSTEADY, replay_of, told
from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.search.plain import to_plain
from agent_rehearsal.interleave.story.report import summary
from agent_rehearsal.interleave.verdict import Found, Verdict

LEFT = "LeavesSimulation"
"""The kind of failure of a test that asked for something real."""
STORED = "stored"
"""What a failure was found by that was found before."""
NATURAL = "it fails in the natural order already, so no other order was looked for"
ELSEWHERE = "it fails in the natural order; its first share tells how"
ONCE = "it did not come about a second time: {}; the test draws on something not simulated"


class Judge:
    """Says how a test ends; `marked` ones asked for exploration themselves."""

    def __init__(self, test: str, program: Item, options: Options, *, marked: bool) -> None:
        self._test = test
        self._options = options
        self._budget = program.budget
        self._program = program
        self._marked = marked

    def __call__(self, verdict: Verdict) -> Ending:
        """The ending that a verdict comes to."""
        natural = verdict.natural.failure
        if natural is not None and natural.kind == LEFT and not self._marked:
            return self._on_stock("left the simulation")
        if verdict.unsteady is not None and verdict.found is None:
            return self._unsteady(verdict, verdict.unsteady.at)
        if natural is not None:
            return self._failed_naturally(verdict)
        if verdict.found is not None:
            return self._found(verdict, verdict.found)
        return self._passed(verdict)

    def _on_stock(self, why: str) -> Ending:
        return Ending(reports=self._program.on_stock(), notes={"stock": why})

    def _unsteady(self, verdict: Verdict, at: str) -> Ending:
        if not self._marked:
            return self._on_stock("not the same twice")
        return Ending(reports=_reports(verdict.natural), failed=UNSTEADY.format(at))

    def _failed_naturally(self, verdict: Verdict) -> Ending:
        reports = _reports(verdict.natural)
        if self._budget.shard[0] == 0:
            return Ending(reports=reports, text=NATURAL)
        return Ending(reports=[skipped(each, ELSEWHERE) for each in reports if each.failed][:1])

    def _found(self, verdict: Verdict, found: Found) -> Ending:
        program = self._program.on if self._options.confirm else None
        text = told(self._test, verdict, found, self._budget, confirmed_by=program)
        once = verdict.unsteady and ONCE.format(verdict.unsteady.at)
        return Ending(
            reports=_reports(found.shrunk if found.shrunk.failure else found.first),
            text=f"{text}\n{once}" if once else text,
            notes=self._notes(verdict, kept=self._kept(found)),
        )

    def _passed(self, verdict: Verdict) -> Ending:
        words = summary(verdict)
        return Ending(
            reports=_reports(verdict.natural),
            text="\n".join([words, *verdict.strays]),
            notes=self._notes(verdict, words=words.removeprefix("passed: ")),
        )

    def _notes(self, verdict: Verdict, **more: Any) -> dict[str, Any]:
        root = self._program.item.config.rootpath
        return {
            "test": self._test,
            "file": path_of(root, self._test).relative_to(root).as_posix(),
            "schedules": verdict.swept + verdict.drawn,
            "orders": verdict.orders,
            "strays": list(verdict.strays),
            **more,
        }

    def _kept(self, found: Found) -> dict[str, Any] | None:
        """What is to be kept of it, as JSON has it; None where it is kept already."""
        failure = found.shrunk.failure
        if found.strategy == STORED or failure is None:
            return None
        trace, schedule = found.shrunk.trace, found.schedule
        replay = replay_of(self._test, trace, schedule, self._budget)
        kept = Kept(
            kind=failure.kind,
            place=failure.place,
            found_by=found.strategy,
            replay=to_plain(replay),
        )
        plain: dict[str, Any] = msgspec.to_builtins(kept)
        return plain


def _reports(attempt: Attempt) -> Sequence[pytest.TestReport]:
    """pytest's reports of a run of a test."""
    if not isinstance(attempt, Run):
        raise TypeError(f"expected a run of a test, got {type(attempt).__name__}")
    return attempt.reports
