"""Schedules that break the races of the zoo, kept in `kept.json` so that other versions of Python
may follow what one found: each with how its run ended and what arrived in it.

`PYTHONHASHSEED=0 python -m suites.races.kept`, run where the repository begins, makes the table
anew: with Python 3.11, after a change to the zoo or when a library sends other pieces. Reads and
writes the table; what is promised of it is said in `test_kept`.
"""

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from agent_rehearsal.interleave.attempt import Attempt, Program
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.search.explore import explore
from agent_rehearsal.interleave.search.replay import noted
from agent_rehearsal.interleave.search.token import encode
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.verdict import Budget, Found
from suites.races.zoo.catalogue import ZOO

TABLE = Path(__file__).with_name("kept.json")
LIBRARIES = ("aiohttp", "websockets")
"""What the programs of the zoo send is theirs to divide into pieces."""
DRAWN = 100
"""Schedules within which the portfolio finds any of these races."""
SEEDS = range(8)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A schedule and what it does: `failure` is `kind at file:line`, `arrivals` names with a space
    between any two.
    """

    race: str
    token: str
    failure: str
    arrivals: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """What was found, and with which versions."""

    python: str
    libraries: dict[str, str]
    schedules: tuple[Kept, ...]


def read() -> Table:
    """The table as it is kept."""
    plain = json.loads(TABLE.read_text("utf-8"))
    schedules = tuple(Kept(**each) for each in plain.pop("schedules"))
    return Table(schedules=schedules, **plain)


def libraries() -> dict[str, str]:
    """The versions of the libraries that are installed here."""
    return {name: version(name) for name in LIBRARIES}


def racy(race: str) -> Program:
    """A race of the zoo as what exploration runs."""

    def once(strategy: Strategy) -> Attempt:
        return run(partial(ZOO[race], mended=False), strategy)

    return once


def ending(attempt: Attempt) -> str:
    """How a run ended; files by their names, so that it does not matter from where it was run."""
    failure = attempt.failure
    return f"{failure.kind} at {Path(failure.place).name}" if failure else "passed"


def arrivals(attempt: Attempt) -> str:
    """What arrived in a run, in its order."""
    return " ".join(attempt.trace.arrivals())


def _kept(race: str, found: Found) -> Kept:
    shrunk = found.shrunk
    return Kept(
        race=race,
        token=encode(noted(shrunk.trace, found.schedule, test=race)),
        failure=ending(shrunk),
        arrivals=arrivals(shrunk),
    )


def _found(race: str) -> Iterator[Kept]:
    """What the sweep finds, and then each seed."""
    drawn = (Budget(schedules=DRAWN, sweep=False, seed=seed) for seed in SEEDS)
    for budget in (Budget(schedules=0), *drawn):
        found = explore(racy(race), budget).found
        if found is not None:
            yield _kept(race, found)


def _make() -> Table:
    each = dict.fromkeys(kept for race in ZOO for kept in _found(race))
    return Table(python=platform.python_version(), libraries=libraries(), schedules=tuple(each))


if __name__ == "__main__":
    TABLE.write_text(json.dumps(asdict(_make()), indent=1) + "\n", "utf-8")
