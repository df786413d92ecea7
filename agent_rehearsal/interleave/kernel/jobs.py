"""Jobs given to executors: each runs whole, at a moment that is chosen, on the loop's own thread.

An executor of n workers runs the n oldest of its jobs at once, so any of those may end next. This
module must not know who decides which.
"""

import concurrent.futures
from asyncio import events
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import get_ident
from typing import Any

from agent_rehearsal.interleave.choice import Option
from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.keys import Key

WORKERS = 5
"""Workers of the default executor on the smallest machine."""

_at_work: int | None = None


def at_work() -> bool:
    """Is a job run by this thread now?"""
    return _at_work == get_ident()


@dataclass(slots=True)
class Job:
    """A call under way in a worker."""

    option: Option
    call: Callable[[], Any]
    later: Callable[[float, Callable[[], None]], object]
    """Calls after so many seconds, for a job that slept."""
    future: "concurrent.futures.Future[Any]" = field(default_factory=concurrent.futures.Future)

    def run(self) -> Callable[[], None]:
        """Makes the call, as if on another thread; what is returned hands over how it ended."""
        global _at_work  # noqa: PLW0603  (a job may run a loop, and that one another job)
        before, _at_work = _at_work, get_ident()
        loop = events._get_running_loop()
        events._set_running_loop(None)
        try:
            result = self.call()
        except BaseException as error:
            return partial(self.future.set_exception, error)
        else:
            return partial(self.future.set_result, result)
        finally:
            events._set_running_loop(loop)
            _at_work = before


@dataclass(slots=True)
class Jobs:
    """All jobs of a run that have not ended, by executor."""

    late: float
    count: int = 0
    under_way: int = 0
    """How many have not ended."""
    _queues: dict[int, list[Job]] = field(default_factory=dict)
    _workers: dict[int, int] = field(default_factory=dict)
    _executors: list[object] = field(default_factory=list)

    def give(
        self,
        executor: object,
        call: Callable[[], Any],
        later: Callable[[float, Callable[[], None]], object],
        now: float,
        turn: int,
    ) -> "concurrent.futures.Future[Any]":
        """Hands a call to an executor; None is the loop's own."""
        number = self._number(executor)
        self.count += 1
        self.under_way += 1
        key = Key(f"job:{self.count}")
        option = Option(key, "job", key, "", now, turn, now + self.late)
        job = Job(option, call, later)
        job.future.set_running_or_notify_cancel()
        self._queues[number].append(job)
        return job.future

    def running(self) -> list[Job]:
        """The jobs of which any may end next, the oldest first."""
        running = [
            job for number, queue in self._queues.items() for job in queue[: self._workers[number]]
        ]
        return sorted(running, key=_age) if len(self._queues) > 1 else running

    def take(self, job: Job) -> None:
        """The job no longer waits for its end."""
        self.under_way -= 1
        for queue in self._queues.values():
            queue[:] = [each for each in queue if each is not job]

    def futures(self) -> list["concurrent.futures.Future[Any]"]:
        """Those of the jobs that have not ended."""
        return [job.future for queue in self._queues.values() for job in queue]

    def _number(self, executor: object) -> int:
        for number, known in enumerate(self._executors):
            if known is executor:
                return number
        if not isinstance(executor, concurrent.futures.ThreadPoolExecutor | None):
            raise LeavesSimulation(
                f"run_in_executor({type(executor).__name__})",
                "give the job to None or to a ThreadPoolExecutor",
            )
        workers = WORKERS if executor is None else executor._max_workers
        self._executors.append(executor)
        number = len(self._executors) - 1
        self._queues[number] = []
        self._workers[number] = workers
        return number


def _age(job: Job) -> tuple[float, int]:
    return job.option.since, int(job.option.key.partition(":")[2])
