"""A property: hypothesis draws the script outside, the orders of each example are explored inside.

An example is a coroutine of its own, on a fresh simulation for each schedule: the natural order and
the sweep; more are drawn only if the test's own mark says how many. What breaks it is raised from
the example, so hypothesis makes the script smaller first.
"""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest

from agent_rehearsal.face.exploring.choosing import property_of
from agent_rehearsal.face.exploring.drawing import draw
from agent_rehearsal.face.exploring.ending import Ending
from agent_rehearsal.face.exploring.options import Options
from agent_rehearsal.face.exploring.replaying import FOLLOWED, STRAYED
from agent_rehearsal.face.exploring.running import Item
from agent_rehearsal.face.exploring.telling import FAILED_ONCE, ONCE, UNSTEADY, confirmed, told
from agent_rehearsal.face.exploring.twice import Twice
from agent_rehearsal.face.exploring.world import AROUND_BODY
from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.replay import Replay, misfit
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.stock.confirm import run_on
from agent_rehearsal.interleave.stock.stock import Stock
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.strategies.strategies import Natural
from agent_rehearsal.interleave.verdict import Unsteady, Verdict
from agent_rehearsal.journal.clock import wall_time

Body = Callable[[], Coroutine[Any, Any, Any]]
_SETTINGS = "_hypothesis_internal_use_settings"


class Broken(Exception):
    """An example fails by what its body did not raise: it left the simulation, say."""


class Examples:
    """The examples of one property, as hypothesis comes to them."""

    def __init__(self, program: Item, options: Options, replay: Replay | None) -> None:
        self._item: Any = program.item
        self._options = options
        self._program = program
        self._replay = replay
        self._body = property_of(program.item).inner_test
        self._schedules = self._orders = 0
        self._drawn: Verdict | None = None
        self._followed = 0
        self._strays: list[str] = []

    def ending(self) -> Ending:
        """How the property ends: by the reports of one run of hypothesis."""
        self._item.stash[AROUND_BODY] = self.explored
        try:
            reports = self._program.on_stock()
        finally:
            del self._item.stash[AROUND_BODY]
        if self._options.story is not None and self._drawn is not None:
            draw(self._options.story, self._item.nodeid, self._drawn)
        return self._explored(reports) if self._replay is None else self._replayed(reports)

    def _explored(self, reports: Sequence[pytest.TestReport]) -> Ending:
        notes = {
            "test": self._item.nodeid,
            "schedules": self._schedules,
            "orders": self._orders,
            "words": f"{self._schedules} schedules of all examples, {self._orders} distinct orders",
        }
        return Ending(reports=reports, notes=notes)

    def _replayed(self, reports: Sequence[pytest.TestReport]) -> Ending:
        """The schedule of a token is of one example: it has to apply to one of those drawn now."""
        if self._strays and not self._followed:
            stray = f"{self._strays[0]} (nor does it apply to any other example)"
            return Ending(reports=reports, failed=STRAYED.format(stray))
        if any(report.failed for report in reports):
            return Ending(reports=reports)
        of = f"in {self._followed} of {self._followed + len(self._strays)} examples"
        words = f"replayed {of}, passes now"
        return Ending(reports=reports, text=f"{FOLLOWED}, {of}", notes={"words": words})

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
        example = _Example(lambda: self._body(*args, **kwargs), self._program)
        if self._replay is not None:
            self._follow(example, self._replay)
            return
        tried = Twice(example) if self._options.twice else example
        verdict = explore(tried, self._program.budget, clock=wall_time)
        self._drawn = _more_telling(self._drawn, verdict)
        self._schedules += verdict.swept + verdict.drawn
        self._orders += verdict.orders
        self._judge(example, verdict)

    def _follow(self, example: "_Example", replay: Replay) -> None:
        tried = Twice(example) if self._options.twice else example
        attempt = tried(Delays(replay.schedule))
        stray = misfit(replay, attempt.trace)
        note = ""
        if stray is not None:
            self._strays.append(stray)
            note = STRAYED.format(stray)
        else:
            self._followed += 1
            if self._options.confirm:
                note = confirmed(example.on, attempt, replay.schedule, replay.late)
        example.end(attempt, note)

    def _judge(self, example: "_Example", verdict: Verdict) -> None:
        if verdict.found is not None:
            program = example.on if self._options.confirm else None
            test, budget = self._item.nodeid, self._program.budget
            note = told(test, verdict, verdict.found, budget, confirmed_by=program)
            example.end(example(Delays(verdict.found.schedule)), note)
            at = verdict.unsteady.at if verdict.unsteady else "this time it passed"
            raise Broken(f"{note}\n{ONCE.format(at)}")
        if verdict.unsteady is not None:
            raise Broken(_unsteady(verdict.unsteady))
        if verdict.natural.failure is not None:
            example.end(example(Natural()))
            raise Broken(verdict.natural.failure.text)


class _Example:
    """One example as a program."""

    def __init__(self, body: Body, program: Item) -> None:
        self._body = body
        self._budget = program.budget
        self._apart = program.apart
        self._raised: BaseException | None = None

    def __call__(self, strategy: Strategy) -> Attempt:
        """One run."""
        self._apart.count_again()
        self._raised = None
        attempt = run(self._main, strategy, late=self._budget.late, seed=self._budget.seed)
        if attempt.failure is None or self._raised is None:
            return attempt
        text = f"{type(self._raised).__name__}: {self._raised}".partition("\n")[0]
        return replace(attempt, failure=replace(attempt.failure, text=text))

    def on(self, stock: Stock) -> Failure | None:
        """How it fails on real sockets."""
        self._apart.count_again()
        return run_on(stock, self._main)

    def end(self, last: Attempt, note: str = "") -> None:
        """Raise how the last run failed, with a note for the report; nothing if it passed."""
        if last.failure is not None:
            error = self._raised or Broken(last.failure.text)
            if note:
                error.add_note(note)
            raise error

    async def _main(self) -> None:
        try:
            await self._body()
        except BaseException as error:
            self._raised = error
            raise


def _more_telling(one: Verdict | None, other: Verdict) -> Verdict:
    """Which of two is drawn: what broke the property last, else the longest natural run."""
    if one is None or other.found is not None:
        return other
    longer = len(other.natural.trace.steps) > len(one.natural.trace.steps)
    return other if one.found is None and longer else one


def _unsteady(unsteady: Unsteady) -> str:
    failures = [run.failure.text for run in unsteady.natural if run.failure is not None]
    if not failures:
        return UNSTEADY.format(unsteady.at)
    counts = {"failed": len(failures), "runs": len(unsteady.natural)}
    return f"{failures[-1]}\n{FAILED_ONCE.format(**counts, at=unsteady.at)}"


def _check_drawn(given: dict[str, Any]) -> None:
    """Refuse what would draw while an order is explored."""
    drawing = [name for name, value in given.items() if type(value).__name__ == "DataObject"]
    if drawing:
        raise Broken(
            f"{drawing[0]!r} draws inside of the test, where one script is run in many orders; "
            "draw all of it in @given, with st.composite or st.builds"
        )
