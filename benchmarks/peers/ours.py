"""Our own explorer, as `pytest --explore` uses it, in a process beside the peers."""

from importlib.metadata import PackageNotFoundError, version

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.token import decode
from agent_rehearsal.interleave.simulation.collector import collector_off
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.strategies.delays import Delays
from agent_rehearsal.interleave.verdict import Budget
from benchmarks.child import Unmeasured
from benchmarks.peers.engine import LATE, Broken
from benchmarks.peers.programs import Main

NATURAL = 2
"""Runs before the first schedule is drawn; they count as schedules here."""


class Ours:
    """The default portfolio, without the sweep: as many runs as there are seeds."""

    def version(self) -> str:
        try:
            return f"agent-rehearsal {version('agent-rehearsal')}"
        except PackageNotFoundError:
            return "agent-rehearsal of this checkout"

    def first(self, program: Main, seeds: range) -> Broken | None:
        many = max(len(seeds) - NATURAL, 0)
        budget = Budget(schedules=many, sweep=False, unchanged=many, late=LATE, seed=seeds.start)
        with collector_off():
            verdict = explore(explored(program), budget)
        if verdict.unsteady is not None:
            raise Unmeasured(f"two natural runs differ: {verdict.unsteady.at}")
        failed = verdict.natural.failure or (verdict.found and verdict.found.first.failure)
        if not failed:
            return None
        tried = NATURAL + verdict.found.tried if verdict.found else 1
        at = f"{failed.kind} at {failed.place}"
        return Broken(seed=seeds.start + tried - 1, failure=at, mark=at)

    def shrunk(self, program: Main, seed: int) -> str:
        found = explore(explored(program), Budget(sweep=False, seed=seed)).found
        return "nothing" if found is None else f"{len(found.schedule.delays)} late messages"


def again(main: Main, token: str) -> str:
    """How the schedule of a token ends, in words that are the same on every Python."""
    return ended(explored(main)(Delays(decode(token).schedule)))


def ended(attempt: Attempt) -> str:
    """How a run ended, in such words."""
    failed = attempt.failure
    return f"{failed.kind} at {failed.place}" if failed else "passed"


def explored(main: Main) -> Program:
    """A coroutine function as exploration takes it."""

    def once(strategy: Strategy) -> Attempt:
        return run(main, strategy, late=LATE)

    return once
