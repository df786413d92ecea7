"""A property: hypothesis draws the script outside, the orders of each example are explored inside.

An example is a coroutine of its own, on a fresh simulation for each schedule: the natural order and
the sweep; more are drawn only if the test's own mark says how many. What breaks it is raised from
the example, so hypothesis makes the script smaller first.
"""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest

from agent_rehearsal.face.exploring.choosing import property_of
from agent_rehearsal.face.exploring.ending import Ending
from agent_rehearsal.face.exploring.options import Options
from agent_rehearsal.face.exploring.running import Item
from agent_rehearsal.face.exploring.telling import UNSTEADY, told
from agent_rehearsal.face.exploring.world import AROUND_BODY
from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.replay import Replay
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.stock.confirm import run_on
from agent_rehearsal.interleave.stock.stock import Stock
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.strategies.strategies import Natural
from agent_rehearsal.interleave.verdict import Budget, Verdict
from agent_rehearsal.journal.clock import wall_time

Body = Callable[[], Coroutine[Any, Any, Any]]
_SETTINGS = "_hypothesis_internal_use_settings"


class Broken(Exception):
    """An example fails by what its body did not raise: it left the simulation, say."""


class Examples:
    """The examples of one property, as hypothesis comes to them."""

    def __init__(self, program: Item, options: Options, replay: Replay | None) -> None:
        self._item: Any = program.item
        self._confirms = options.confirm
        self._program = program
        self._replay = replay
        self._body = property_of(program.item).inner_test
        self._schedules = self._orders = 0

    def ending(self) -> Ending:
        """How the property ends: by the reports of one run of hypothesis."""
        self._item.stash[AROUND_BODY] = self.explored
        try:
            reports = self._program.on_stock()
        finally:
            del self._item.stash[AROUND_BODY]
        words = f"{self._schedules} schedules of all examples, {self._orders} distinct orders"
        notes = {"schedules": self._schedules, "orders": self._orders, "words": words}
        return Ending(reports=reports, notes=notes)

    @contextmanager
    def explored(self) -> Iterator[None]:
        """Meanwhile hypothesis calls an exploration in place of the test's body."""
        from hypothesis import Phase, settings

        function = getattr(self._item.obj, "__func__", self._item.obj)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(property_of(self._item), "inner_test", self._in_place_of_the_body())
            # A deadline is one of a run, and an exploration is many; and the lines that only
            # failing examples ran would be those of the engine.
            given = getattr(function, _SETTINGS)
            phases = [phase for phase in given.phases if phase is not Phase.explain]
            own = settings(given, deadline=None, phases=phases)
            patch.setattr(function, _SETTINGS, own)
            yield

    def _in_place_of_the_body(self) -> Callable[..., None]:
        @wraps(self._body)  # hypothesis prints the name with the example that fails
        def example(*args: Any, **kwargs: Any) -> None:
            self._example(*args, **kwargs)

        return example

    def _example(self, *args: Any, **kwargs: Any) -> None:
        _check_drawn(kwargs)
        example = _Example(lambda: self._body(*args, **kwargs), self._program.budget)
        if self._replay is not None:
            example.once(Delays(self._replay.schedule))
            return
        verdict = explore(example, self._program.budget, clock=wall_time)
        self._schedules += verdict.swept + verdict.drawn
        self._orders += verdict.orders
        self._judge(example, verdict)

    def _judge(self, example: "_Example", verdict: Verdict) -> None:
        if verdict.found is not None:
            program = example.on if self._confirms else None
            test, budget = self._item.nodeid, self._program.budget
            note = told(test, verdict, verdict.found, budget, confirmed_by=program)
            example.once(Delays(verdict.found.schedule), note)
        elif verdict.natural.failure is not None:
            example.once(Natural())
        elif verdict.unsteady is not None:
            raise Broken(UNSTEADY.format(verdict.unsteady.at))


class _Example:
    """One example as a program."""

    def __init__(self, body: Body, budget: Budget) -> None:
        self._body = body
        self._budget = budget
        self._raised: BaseException | None = None

    def __call__(self, strategy: Strategy) -> Attempt:
        """One run."""
        self._raised = None
        attempt = run(self._main, strategy, late=self._budget.late, seed=self._budget.seed)
        if attempt.failure is None or self._raised is None:
            return attempt
        text = f"{type(self._raised).__name__}: {self._raised}".partition("\n")[0]
        return replace(attempt, failure=replace(attempt.failure, text=text))

    def on(self, stock: Stock) -> Failure | None:
        """How it fails on real sockets."""
        return run_on(stock, self._main)

    def once(self, strategy: Strategy, note: str = "") -> None:
        """Raise how a run fails, with a note for the report; nothing where it passes."""
        failure = self(strategy).failure
        if failure is not None:
            error = self._raised or Broken(failure.text)
            if note:
                error.add_note(note)
            raise error

    async def _main(self) -> None:
        try:
            await self._body()
        except BaseException as error:
            self._raised = error
            raise


def _check_drawn(given: dict[str, Any]) -> None:
    """Refuse what would draw while an order is explored."""
    drawing = [name for name, value in given.items() if type(value).__name__ == "DataObject"]
    if drawing:
        raise Broken(
            f"{drawing[0]!r} draws inside of the test, where one script is run in many orders; "
            "draw all of it in @given, with st.composite or st.builds"
        )
