"""Running a coroutine function once in a simulated world, and saying how it ended."""

import asyncio
import traceback
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from agent_rehearsal.interleave.attempt import Attempt, Failure
from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.errors import LeavesSimulation, Stuck
from agent_rehearsal.interleave.simulation.loop import Unhandled
from agent_rehearsal.interleave.simulation.simulation import Simulation
from agent_rehearsal.interleave.simulation.waiting import place_of

Main = Callable[[], Coroutine[Any, Any, Any]]
_RUNNING = (str(Path(asyncio.__file__).parent), str(Path(__file__).parents[1]))
"""Where code lies that calls a program, before its own begins."""
_ENDS = (KeyboardInterrupt, SystemExit, GeneratorExit)


def run(main: Main, strategy: Strategy, **options: Any) -> Attempt:
    """Runs `main()` to its end in a fresh `Simulation` with these options.

    It fails where it raises, where an exception came up in a callback or in a task that nobody
    looked at, and where it leaves the simulation, also if the program went on after that.
    """
    simulation = Simulation(strategy, **options)
    with simulation:
        error = error_of(main, simulation.new_loop)
        failure = None if error is None else failure_of(error)
        del error
    return Attempt(simulation.trace, failure or unnoticed(simulation), tuple(simulation.outcomes))


def error_of(main: Main, new_loop: Callable[[], asyncio.AbstractEventLoop]) -> BaseException | None:
    """What `main()` raised on such a loop, or else what came of closing it."""
    runner = asyncio.Runner(loop_factory=new_loop)
    try:
        first = _raised(lambda: runner.run(main()))
    finally:
        last = _raised(runner.close)
    return first or last


def _raised(call: Callable[[], object]) -> BaseException | None:
    try:
        call()
    except _ENDS:
        raise
    except BaseException as error:
        return error
    return None


class World(Protocol):
    """What a run took place in, as far as it is asked what went wrong there."""

    @property
    def left(self) -> Sequence[LeavesSimulation]:
        """What left the simulation."""
        ...

    @property
    def unhandled(self) -> Sequence[Unhandled]:
        """What the loops told their exception handlers."""
        ...


def unnoticed(world: World) -> Failure | None:
    """The failure of a run that seemed to pass: it left the simulation, or lost an exception."""
    if world.left:
        return failure_of(world.left[0])
    for each in world.unhandled:
        if each.fails and each.error is not None:
            found = failure_of(each.error)
            return Failure(found.kind, found.place, f"{each.message}\n{found.text}")
    return None


def failure_of(error: BaseException) -> Failure:
    """The exception as a value; of a group, the place is that of its first member."""
    text = "".join(traceback.format_exception(type(error), error, _within(error.__traceback__)))
    return Failure(type(error).__name__, _place(error), text)


def _within(every: TracebackType | None) -> TracebackType | None:
    """From the program's first frame on; all of it where there is none."""
    found = every
    while found is not None and found.tb_frame.f_code.co_filename.startswith(_RUNNING):
        found = found.tb_next
    return found or every


def _place(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, Stuck):
        return error.place
    frames = traceback.extract_tb(error.__traceback__)
    return place_of((frame.filename, frame.lineno or 0, frame.name) for frame in frames)
