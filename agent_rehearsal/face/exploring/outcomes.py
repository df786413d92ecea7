"""Outcome snapshots: the set of outcomes that a test may have, approved in a file of syrupy's.

A file is `snapshots/<suite>/<module>/<test>.outcomes.txt`. A new outcome fails the test, with the
schedule that brought it about; one that did not come up is only told, and only where it was looked
for at least as long as when the file was written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from syrupy.assertion import SnapshotAssertion
from syrupy.location import PyTestLocation

from agent_rehearsal.face.exploring.approval import Seen
from agent_rehearsal.face.exploring.ending import Ending
from agent_rehearsal.face.exploring.running import Item
from agent_rehearsal.face.exploring.telling import replay_command
from agent_rehearsal.face.snapshots import RequestSnapshotExtension
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.world.outcomes import Outcomes, Reach, one_line

NAME = "outcomes"
_MOST = 3
"""New outcomes whose replay is told."""
_UPDATE = "if it may come, approve it with --snapshot-update"
_DIVIDED = (
    "outcomes are approved by one process that has looked at all of them: run pytest "
    "--snapshot-update without -n"
)


class OutcomesExtension(RequestSnapshotExtension):
    """Compares sets of outcomes; the schedules beside them are only witnesses."""

    updating = False
    """Is what did not come up to be taken out?"""

    def serialize(self, data: Any, **_: Any) -> str:
        """As it is."""
        return str(data)

    def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
        """Is all approved that was seen?"""
        seen, approved = Outcomes.read(serialized_data), Outcomes.read(snapshot_data)
        gone = self.updating and approved.beyond(seen)
        return not seen.beyond(approved) and not gone


class Judgement:
    """Compares what one test came to with what was approved of it."""

    def __init__(self, program: Item, seen: Seen, natural: Trace, reach: Reach | None) -> None:
        self._program = program
        self._found = Outcomes.seen(seen, natural, reach or _reach(program))
        self._seen = seen
        config: Any = program.item.config
        self._updating = config.option.update_snapshots or config.option.update_new_snapshots_only
        self._snapshot = SnapshotAssertion(
            update_snapshots=config.option.update_snapshots,
            update_new_snapshots_only=config.option.update_new_snapshots_only,
            extension_class=OutcomesExtension,
            test_location=PyTestLocation(program.item),
            session=config._syrupy,
        )

    def __call__(self, ending: Ending) -> Ending:
        approved = self._approved()
        new = self._found.beyond(approved or Outcomes({}))
        if self._updating and self._program.budget.shard[1] > 1:
            return replace(ending, failed=_DIVIDED) if new else ending
        self._snapshot.extension.updating = self._updating  # type: ignore[attr-defined]
        written = self._found if approved is None else self._found.joined(approved)
        if self._snapshot(name=NAME) == str(written):
            return replace(ending, text="\n".join([ending.text, *self._gone(approved)]))
        return replace(ending, failed="\n".join(self._told(new, approved)))

    def _path(self) -> Path:
        location = self._snapshot.test_location
        extension = self._snapshot.extension
        return Path(extension.get_location(test_location=location, index=NAME))

    def _approved(self) -> Outcomes | None:
        path = self._path()
        return Outcomes.read(path.read_text("utf-8")) if path.is_file() else None

    def _gone(self, approved: Outcomes | None) -> Iterator[str]:
        """What was approved and is not seen any more, where it should have been."""
        if approved is not None and self._found.reach.covers(approved.reach):
            for name in approved.beyond(self._found):
                yield f"an approved outcome did not come up: {approved.line(name)}"

    def _told(self, new: Sequence[str], approved: Outcomes | None) -> Iterator[str]:
        path = self._path().relative_to(self._program.item.config.rootpath).as_posix()
        missing = ", which does not exist yet" if approved is None else ""
        yield f"not among the outcomes of {path}{missing}; {_UPDATE}:"
        schedules = [schedule for _, schedule in self._seen.values()]
        by_name = dict(zip(map(one_line, self._seen), schedules, strict=True))
        for number, name in enumerate(new):
            yield f"  {self._found.line(name)}"
            if number < _MOST and by_name[name]:
                yield f"    replay: {self._replay(by_name[name])}"

    def _replay(self, schedule: Schedule) -> str:
        trace = self._program(Delays(schedule)).trace
        return replay_command(self._program.item.nodeid, trace, schedule, self._program.budget)


def _reach(program: Item) -> Reach:
    """A share of the schedules reaches no further than the natural order."""
    return Reach.of(program.budget) if program.budget.shard[1] == 1 else Reach()
