"""A test as the program that is explored: one call runs it from set-up to tear-down under a
strategy, with fresh function fixtures on a fresh simulation.

Knows pytest's way to run an item; it must not know what is done with the runs.
"""

import gc
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from agent_rehearsal.face.exploring.apart import Apart, TimeLimits, deaf, hearing
from agent_rehearsal.face.exploring.directing import taking_place
from agent_rehearsal.face.exploring.failing import failure, settled
from agent_rehearsal.face.exploring.subtests import joined, kept
from agent_rehearsal.face.exploring.world import Entrance
from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.simulation.simulation import Simulation
from agent_rehearsal.interleave.stock.stock import Stock
from agent_rehearsal.interleave.verdict import Budget

NATURAL = "natural"
"""The strategy under which nothing is late."""
Reports = tuple[pytest.TestReport, ...]
_ASIDE = (
    "{} was to be explored but did not run on the simulated loop; a mark of one set of parameters "
    "cannot ask for it, mark the function"
)


@dataclass(frozen=True, slots=True)
class Run(Attempt):
    """An attempt with pytest's reports of it."""

    reports: Reports = ()


class Settled(Exception):
    """The natural run was skipped, or was expected to fail: its reports are all there is."""

    def __init__(self, reports: Reports) -> None:
        super().__init__(reports)
        self.reports = reports


class NotSimulated(Exception):
    """A test that was to be explored ran on another loop than the simulation's."""


class Item:
    """A test as a program. Raises Settled out of its first run, NotSimulated out of any."""

    def __init__(
        self, item: pytest.Item, budget: Budget, entrance: Entrance, limits: TimeLimits
    ) -> None:
        self.item = item
        self.budget = budget
        self._entrance = entrance
        self.apart = Apart(item, limits)
        self._begun = False

    def __call__(self, strategy: Strategy) -> Run:
        """One run."""
        with ExitStack() as stack:
            raised = stack.enter_context(self.apart.one_run(lasting=not self._begun))
            heard = stack.enter_context(deaf())
            simulation = stack.enter_context(self._simulation(strategy))
            stack.enter_context(self._entrance.to(simulation))
            natural = strategy.name == NATURAL
            stack.enter_context(taking_place(self.item, simulation, natural=natural))
            stack.enter_context(hearing(heard))
            reports = self._reports()
        self._check(reports)
        failed = failure(reports, raised, simulation)
        outcomes = tuple(simulation.outcomes)
        return Run(trace=simulation.trace, failure=failed, outcomes=outcomes, reports=reports)

    def on(self, stock: Stock) -> Failure | None:
        """How a run on real sockets fails."""
        with (
            self.apart.one_run(lasting=False) as raised,
            self._entrance.to(stock),
            taking_place(self.item, stock, natural=False),
        ):
            reports = self._reports()
            gc.collect()  # what nobody looked at is told when it is collected
        return failure(reports, raised, stock)

    def on_stock(self) -> Reports:
        """The reports of a run on the loop that the test would have had without exploration."""
        with self.apart.one_run(lasting=True):
            return self._reports()

    def _simulation(self, strategy: Strategy) -> Simulation:
        return Simulation(strategy, late=self.budget.late, seed=self.budget.seed)

    def _reports(self) -> Reports:
        with kept(self.item) as subtests:
            reports = tuple(runtestprotocol(self.item, log=False, nextitem=_beyond(self.item)))
        joined(reports, subtests)
        return reports

    def _check(self, reports: Reports) -> None:
        if not self._begun and settled(reports):
            raise Settled(reports)
        self._begun = True
        if not self._entrance.loops and any(report.when == "call" for report in reports):
            raise NotSimulated(_ASIDE.format(self.item.nodeid))


def reports_of(attempt: Attempt) -> Reports:
    """pytest's reports of a run of a test."""
    if not isinstance(attempt, Run):
        raise TypeError(f"expected a run of a test, got {type(attempt).__name__}")
    return attempt.reports


def _beyond(item: pytest.Item) -> Any:
    """What pytest takes for the next item: so it tears down this one and nothing around it."""
    return item.parent
