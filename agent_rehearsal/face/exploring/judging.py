"""From the verdict of the engine to what is told of a test.

One rule: a test has one ending. It fails where any natural run fails, where a schedule was found,
or where it was marked and cannot be explored; else it passes and says how far was looked. One that
has no mark and leaves the simulation, or is not the same twice, is run on the stock loop instead.
"""

from typing import Any

import msgspec

from agent_rehearsal.face.exploring.ending import Ending
from agent_rehearsal.face.exploring.hints import hints
from agent_rehearsal.face.exploring.options import Options
from agent_rehearsal.face.exploring.running import Item, reports_of
from agent_rehearsal.face.exploring.storing import Kept, path_of
from agent_rehearsal.face.exploring.telling import FAILED_ONCE, ONCE, UNSTEADY, replay_of, told
from agent_rehearsal.face.exploring.twice import Unrepeated
from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.search.plain import to_plain
from agent_rehearsal.interleave.story.report import summary
from agent_rehearsal.interleave.verdict import Found, Unsteady, Verdict

LEFT = "LeavesSimulation"
"""The kind of failure of a test that asked for something real."""
STORED = "stored"
"""What a failure was found by that was found before."""
NATURAL = "it fails in the natural order already, so no other order was looked for"


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
        found = verdict.found
        if found is None and verdict.unsteady is not None:
            return self._unsteady(verdict.natural, verdict.unsteady)
        failure = verdict.natural.failure if found is None else found.first.failure
        if _has_left(failure) and not self._marked:
            return self._on_stock("left the simulation")
        if found is not None:
            return self._found(verdict, found)
        if verdict.natural.failure is not None:
            text = "\n".join([NATURAL, *hints(verdict.natural)])
            return Ending(reports=reports_of(verdict.natural), text=text)
        return self._passed(verdict)

    def _on_stock(self, why: str) -> Ending:
        return Ending(reports=self._program.on_stock(), notes={"stock": why})

    def _unsteady(self, natural: Attempt, unsteady: Unsteady) -> Ending:
        """Natural runs differ: one that failed by itself is told, whatever the others did."""
        failed = [run for run in unsteady.natural if run.failure and not _has_left(run.failure)]
        left = [run for run in unsteady.natural if _has_left(run.failure)]
        if failed:
            counts = {"failed": len(failed), "runs": len(unsteady.natural)}
            text = FAILED_ONCE.format(**counts, at=unsteady.at)
            return Ending(reports=reports_of(failed[-1]), text=text)
        if not self._marked:
            return self._on_stock("left the simulation" if left else "not the same twice")
        run, *_ = [*left, natural]
        return Ending(reports=reports_of(run), failed=UNSTEADY.format(unsteady.at))

    def _found(self, verdict: Verdict, found: Found) -> Ending:
        program = self._program.on if self._options.confirm else None
        text = told(self._test, verdict, found, self._budget, confirmed_by=program)
        once = verdict.unsteady and ONCE.format(verdict.unsteady.at)
        return Ending(
            reports=reports_of(found.shrunk if found.shrunk.failure else found.first),
            text=f"{text}\n{once}" if once else text,
            notes=self._notes(verdict, kept=self._kept(found)),
        )

    def _passed(self, verdict: Verdict) -> Ending:
        words = summary(verdict)
        return Ending(
            reports=reports_of(verdict.natural),
            text="\n".join([words, *verdict.strays]),
            notes=self._notes(verdict, words=words.removeprefix("passed: ")),
        )

    def _notes(self, verdict: Verdict, **more: Any) -> dict[str, Any]:
        root = self._program.item.config.rootpath
        return {
            "test": self._test,
            "file": path_of(root, self._test).relative_to(root).as_posix(),
            "schedules": verdict.again + verdict.swept + verdict.drawn,
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


def unlike(unrepeated: Unrepeated) -> Ending:
    """The ending of a test of which two runs of one schedule differ."""
    text = str(unrepeated) if unrepeated.run.failure else ""
    return Ending(reports=reports_of(unrepeated.run), text=text, failed=str(unrepeated))


def _has_left(failure: Failure | None) -> bool:
    return failure is not None and failure.kind == LEFT
