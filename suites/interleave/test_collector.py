"""The cycle collector leaves alone what the process had before a search, from its first run to its
last.
"""

import gc

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.keys import Schedule
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.stock.confirm import confirm
from agent_rehearsal.interleave.stock.stock import Stock
from agent_rehearsal.interleave.trace import Trace
from agent_rehearsal.interleave.verdict import Budget, Found
from suites.interleave import stories
from suites.interleave.tiny import program


def test_it_is_off_while_schedules_are_explored() -> None:
    """In every run, and on again after them."""
    inner, collects = program(stories.any_order), set[bool]()

    def once(strategy: Strategy) -> Attempt:
        collects.add(gc.isenabled())
        return inner(strategy)

    explore(once, Budget(schedules=3))
    assert collects == {False}
    assert gc.isenabled()


def test_it_is_off_while_a_finding_is_confirmed() -> None:
    """In every try, and on again after them."""
    collects = []
    failed = Attempt(Trace(), Failure("ValueError", "a.py:1", ""), schedule=Schedule())
    found = Found(
        first=failed, strategy="made", tried=1, schedule=Schedule(), shrunk=failed, shrinking=0
    )

    def on(_: Stock) -> None:
        collects.append(gc.isenabled())

    assert confirm(on, found, tries=3).passed == 3
    assert collects == [False] * 3
    assert gc.isenabled()
