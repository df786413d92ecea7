"""What a simulated run can be stopped by, each in words that say what to do next.

These are raised by the simulation itself, never by the program; this module must not know how.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class LeavesSimulation(RuntimeError):
    """The program asked for something that cannot be repeated: a process, a thread, a real socket.

    `call` is what was asked for, `remedy` what to do instead. It is noted as soon as it is made: a
    program that catches it goes on, and the run has left the simulation all the same.
    """

    def __init__(self, call: str, remedy: str) -> None:
        super().__init__(f"{call} leaves the simulation and cannot be repeated; {remedy}")
        self.call = call
        self.remedy = remedy
        if _noted is not None:
            _noted.append(self)


_noted: list[LeavesSimulation] | None = None


def note_in(noted: list[LeavesSimulation] | None) -> list[LeavesSimulation] | None:
    """Notes what leaves the simulation in this list from now on; returns the one that was."""
    global _noted
    before, _noted = _noted, noted
    return before


class Unsupported(RuntimeError):
    """This interpreter's asyncio is not the one that the simulation was made for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task, and what it waits for."""

    task: str
    """Its name: `Task-3`."""
    coroutine: str
    """What it runs: `test_echo.<locals>.client`."""
    place: str
    """Where the program's own code waits: `suites/turns/test_echo.py:41`."""
    inner: str
    """The innermost call it waits in: `Queue.get (asyncio/queues.py:158)`."""

    def __str__(self) -> str:
        return f"{self.task} ({self.coroutine}) waits at {self.place} in {self.inner}"


class Stuck(RuntimeError):
    """The run got nowhere. `waiting` are the tasks there were, the program's own first."""

    def __init__(self, what: str, waiting: Sequence[Waiting], pending: Sequence[str] = ()) -> None:
        tasks = [str(each) for each in waiting] or ["no task is left"]
        lines = [what, *(f"  {each}" for each in tasks)]
        if pending:
            lines += ["under way:", *(f"  {each}" for each in pending)]
        super().__init__("\n".join(lines))
        self.waiting = tuple(waiting)

    @property
    def place(self) -> str:
        """Where the program itself waits: that of the first task."""
        return self.waiting[0].place if self.waiting else "no task"


class Deadlock(Stuck):
    """Nothing can happen any more: no message, no timer and no job is there to wake a task."""


class StepLimit(Stuck):
    """More happened than a test should need."""


class TimeLimit(Stuck):
    """More virtual time passed than a test should need."""
