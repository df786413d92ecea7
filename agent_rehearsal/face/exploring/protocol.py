"""One test, explored: from the set-up of what is around it to the reports that pytest gets."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from agent_rehearsal.face.exploring.approval import approved
from agent_rehearsal.face.exploring.around import set_up_around, tear_down_around
from agent_rehearsal.face.exploring.asking import asks
from agent_rehearsal.face.exploring.choosing import property_of
from agent_rehearsal.face.exploring.drawing import draw
from agent_rehearsal.face.exploring.ending import Ending, final
from agent_rehearsal.face.exploring.examples import Examples
from agent_rehearsal.face.exploring.judging import Judge, unlike
from agent_rehearsal.face.exploring.options import Options
from agent_rehearsal.face.exploring.replaying import replayed
from agent_rehearsal.face.exploring.running import Item, Settled
from agent_rehearsal.face.exploring.shards import plainly_named
from agent_rehearsal.face.exploring.storing import replays_for
from agent_rehearsal.face.exploring.twice import Twice, Unrepeated
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.replay import Replay
from agent_rehearsal.interleave.simulation.collector import collector_off
from agent_rehearsal.journal.clock import wall_time

PASSED_ON = (pytest.exit.Exception, KeyboardInterrupt)


class Protocol:
    """Runs one test. `replay` is the schedule of a token, which then is the only one."""

    def __init__(self, program: Item, options: Options, replay: Replay | None) -> None:
        self._program = program
        self._item = program.item
        self._options = options
        self._replay = replay

    def reports(self, nextitem: pytest.Item | None) -> Iterator[pytest.TestReport]:
        """The reports of the test, one for each phase."""
        around = _call(lambda: set_up_around(self._item), "setup")
        if around.excinfo is not None:
            yield from runtestprotocol(self._item, log=False, nextitem=nextitem)
            return
        whole = _call(self._ending, "call")
        ending = whole.result if whole.excinfo is None else Ending(reports=[self._report(whole)])
        closing = _call(lambda: tear_down_around(self._item, nextitem), "teardown")
        yield from final(ending, whole, self._report(closing), self._item.nodeid)

    def _report(self, call: pytest.CallInfo[Any]) -> pytest.TestReport:
        report: pytest.TestReport = self._item.ihook.pytest_runtest_makereport(
            item=self._item, call=call
        )
        return report

    def _ending(self) -> Ending:
        with plainly_named(self._item), collector_off():
            try:
                return self._explored(self._program)
            except Settled as settled:
                return Ending(reports=settled.reports)
            except Unrepeated as unrepeated:
                return unlike(unrepeated)

    def _explored(self, program: Item) -> Ending:
        if property_of(self._item) is not None:
            return Examples(program, self._options, self._replay).ending()
        if self._replay is not None:
            return replayed(program, self._replay, self._options)
        test = self._item.nodeid
        kept = replays_for(self._item.config.rootpath, test)
        tried = Twice(program) if self._options.twice else program
        verdict = explore(tried, program.budget, kept, clock=wall_time)
        if self._options.story is not None and (verdict.found or program.budget.shard[0] == 0):
            draw(self._options.story, test, verdict)
        ending = Judge(test, program, self._options, marked=asks(self._item))(verdict)
        return approved(ending, program, verdict.outcomes, verdict.natural.trace)


def _call(function: Callable[[], Any], when: Any) -> pytest.CallInfo[Any]:
    return pytest.CallInfo.from_call(function, when=when, reraise=PASSED_ON)
