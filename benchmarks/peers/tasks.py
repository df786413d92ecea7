"""What a contestant is asked for, as functions of its engine; questions and answers are JSON.

Knows no explorer but ours, whose tokens are to be good on another Python.
"""

import platform
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from benchmarks.child import Unmeasured
from benchmarks.peers.engine import Broken, Engine
from benchmarks.peers.ours import again
from benchmarks.peers.programs import PROGRAMS, Main

Answer = dict[str, Any]


def version(engine: Engine) -> Answer:
    """Its name and version, and that of its Python."""
    return {"version": engine.version(), "python": platform.python_version()}


def pace(engine: Engine, *, program: str, first: int, schedules: int) -> Answer:
    """Seconds that each of so many schedules takes; raises Unmeasured if one of them fails."""
    main, seeds = PROGRAMS[program], range(first, first + schedules)
    begin = perf_counter()
    broken = engine.first(main, seeds)
    seconds = perf_counter() - begin
    if broken is not None:
        raise Unmeasured(f"{program} failed at seed {broken.seed}: {broken.failure}")
    return {"seconds": seconds / schedules}


def hunt(
    engine: Engine, *, program: str, starts: list[int], most: int, replays: int, shrink: bool
) -> Answer:
    """From each start, how many schedules it took to the first failure, None where `most` were not
    enough. What failed first is run again `replays` times, and shrunk.
    """
    main = PROGRAMS[program]
    found = [engine.first(main, range(start, start + most)) for start in starts]
    tried = [
        None if broken is None else broken.seed - start + 1
        for broken, start in zip(found, starts, strict=True)
    ]
    caught = next((broken for broken in found if broken is not None), None)
    if caught is None:
        return {"tried": tried, "same": 0, "replays": 0, "shrunk": ""}
    same = sum(_again(engine, main, caught) for _ in range(replays))
    shrunk = engine.shrunk(main, caught.seed) if shrink else ""
    return {"tried": tried, "same": same, "replays": replays, "shrunk": shrunk}


def _again(engine: Engine, main: Main, broken: Broken) -> bool:
    return engine.first(main, range(broken.seed, broken.seed + 1)) == broken


def alarms(engine: Engine, *, program: str, schedules: int) -> Answer:
    """In how many of so many schedules it fails, and how it does in the first of these."""
    main, count, said, start = PROGRAMS[program], 0, "", 0
    while (broken := engine.first(main, range(start, schedules))) is not None:
        count, said, start = count + 1, said or broken.failure, broken.seed + 1
        if start >= schedules:
            break
    return {"failed": count, "schedules": schedules, "failure": said}


def replay(_: Engine, *, program: str, tokens: list[str]) -> Answer:
    """How our schedules end here."""
    return {"ended": [again(PROGRAMS[program], token) for token in tokens]}


TASKS: Mapping[str, Callable[..., Answer]] = {
    "version": version,
    "pace": pace,
    "hunt": hunt,
    "alarms": alarms,
    "replay": replay,
}
"""By the name in a question."""
