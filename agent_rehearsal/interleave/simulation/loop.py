"""The stock selector loop over the simulated kernel.

Nothing of how it runs callbacks, tasks and transports is changed; only what a kernel provides is:
its selector, its clock, its executor. What would leave the simulation raises by name.
"""

import asyncio
import concurrent.futures
import weakref
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, NoReturn, Self

from agent_rehearsal.interleave.choice import holds_steps
from agent_rehearsal.interleave.errors import LeavesSimulation, Waiting
from agent_rehearsal.interleave.kernel.clock import MONOTONIC
from agent_rehearsal.interleave.kernel.kernel import Kernel
from agent_rehearsal.interleave.kernel.selector import SimSelector
from agent_rehearsal.interleave.simulation.lanes import Lanes
from agent_rehearsal.interleave.simulation.tasks import NumbersTasks, SimFuture, SimTask
from agent_rehearsal.interleave.simulation.waiting import waiting

RESOLUTION = 1e-9
"""Of the loop's clock, seconds."""

OF_ASYNCIO = ("handle", "task", "future", "transport", "protocol", "asyncgen")
"""What asyncio itself says beside an exception that it tells of."""
NEVER_RETRIEVED = "Task exception was never retrieved"


@dataclass(frozen=True, slots=True)
class Unhandled:
    """What the loop told its exception handler; only what has an `error` is a failure."""

    message: str
    error: BaseException | None = None

    @classmethod
    def told(cls, context: Mapping[str, Any], *, handled: bool) -> Self:
        """What a loop was told. Its exception is lost where asyncio itself tells of it and the
        program has no handler of its own; otherwise it is a line of a log.
        """
        lost = not handled and any(key in context for key in OF_ASYNCIO)
        error = context.get("exception") if lost else None
        return cls(str(context.get("message", "")), error)

    @property
    def fails(self) -> bool:
        """Was it an exception, and not the end of a cancelled task?"""
        return self.error is not None and not isinstance(self.error, asyncio.CancelledError)


class SimLoop(asyncio.SelectorEventLoop, NumbersTasks):
    """An event loop of a simulation."""

    # What a stock loop has and its stubs do not tell; `selfcheck` sees that it is there.
    _clock_resolution: float
    _ready: deque[asyncio.Handle]
    _transports: Mapping[int, Any]
    _default_executor: concurrent.futures.ThreadPoolExecutor | None
    _check_closed: Callable[[], None]
    _check_default_executor: Callable[[], None]

    def __init__(self, kernel: Kernel, unhandled: list[Unhandled]) -> None:
        self._kernel = kernel
        self._clock = kernel.clock
        self._unhandled = unhandled
        self._made: list[weakref.ref[SimTask]] = []
        strategy = kernel.strategy
        self._lanes = Lanes(strategy) if holds_steps(strategy) else None
        selector = SimSelector(kernel)
        super().__init__(selector)  # type: ignore[arg-type]
        selector.loop = self
        self._waits = selector
        self._clock_resolution = RESOLUTION

    def time(self) -> float:
        return MONOTONIC + self._clock.read()

    # What the kernel asks.

    def runnable(self) -> bool:
        """Has the loop something to run at once?"""
        return bool(self._ready) or self._waits.any_ready() or self._holding()

    def before_turn(self) -> None:
        """In tier `task`, steps of tasks are held back or let go."""
        if self._lanes is not None:
            for key in self._lanes.turn(self._ready, self._kernel.turn):
                self._kernel.note("task", key)

    def _holding(self) -> bool:
        return self._lanes is not None and self._lanes.holding()

    def waiting(self) -> Sequence[Waiting]:
        """Who waits for what, in the order in which the tasks were made."""
        return waiting(self.tasks())

    def tasks(self) -> list[SimTask]:
        """The tasks that somebody still holds, in the order in which they were made."""
        made = (task for each in self._made if (task := each()) is not None)
        return sorted(made, key=attrgetter("number"))  # one that began at once may have made others

    def abandon(self) -> None:
        """Ends what a run has left: now, and not when garbage is collected in another.

        An exception that nobody looked at is told; open transports and tasks are dropped.
        """
        for task in self.tasks():
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                with suppress(Exception):
                    task.get_coro().close()
            elif task._log_traceback:
                task._log_traceback = False
                error = task.exception()
                self._tell({"message": NEVER_RETRIEVED, "exception": error, "task": task})
        for transport in tuple(self._transports.values()):
            transport._sock, transport._closing = None, True

    # Tasks.

    def create_task(self, coro: Any, **options: Any) -> Any:
        if self.get_task_factory() is not None:
            return super().create_task(coro, **options)
        self._check_closed()
        return self.new_task(coro, **options)

    def set_task_factory(self, factory: Any) -> None:
        if factory is not None and factory is getattr(asyncio, "eager_task_factory", None):
            factory = asyncio.create_eager_task_factory(self.new_task)  # type: ignore[attr-defined]
        super().set_task_factory(factory)

    def new_task(self, coro: Any, **options: Any) -> SimTask:
        options.pop("loop", None)
        kernel = self._kernel
        kernel.tasks += 1
        number = kernel.tasks
        if options.get("name") is None:
            options["name"] = f"Task-{number}"
        salt = kernel.strategy.salt(number)
        task = SimTask(coro, loop=self, number=number, salt=salt, **options)
        self._made.append(weakref.ref(task))
        return task

    def create_future(self) -> Any:
        return SimFuture(loop=self)

    def number(self) -> int:
        """The next of the numbers by which sets know futures."""
        return self._kernel.number()

    def call_exception_handler(self, context: Any) -> None:
        self._tell(context)
        if not isinstance(context.get("exception"), asyncio.CancelledError):
            super().call_exception_handler(context)

    def _tell(self, context: Mapping[str, Any]) -> None:
        handled = self.get_exception_handler() is not None
        self._unhandled.append(Unhandled.told(context, handled=handled))

    # Executors.

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        self._check_closed()
        if executor is None:
            self._check_default_executor()
            executor = self._default_executor
        kernel = self._kernel
        call = partial(func, *args) if args else func
        later = partial(self.call_soon_threadsafe, self.call_later)  # type: ignore[arg-type]
        job = kernel.jobs.give(executor, call, later, kernel.clock.now, kernel.turn)
        return asyncio.wrap_future(job, loop=self)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        pending: list[concurrent.futures.Future[Any]] = self._kernel.jobs.futures()
        self._executor_shutdown_called = True
        if pending:
            await asyncio.wait([asyncio.wrap_future(each, loop=self) for each in pending])

    # Waking up: the kernel looks at what is ready to run.

    def _make_self_pipe(self) -> None:
        pass

    def _close_self_pipe(self) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    # What leaves the simulation.

    async def _sock_sendfile_native(
        self, sock: Any, file: Any, offset: int, count: int
    ) -> NoReturn:
        raise asyncio.SendfileNotAvailableError("a simulated socket sends no files by itself")

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _leaves("subprocess_exec", _PROCESS)

    async def subprocess_shell(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _leaves("subprocess_shell", _PROCESS)

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Any, *args: Any
    ) -> NoReturn:
        raise _leaves("add_signal_handler", "call what the signal would have called")

    async def connect_read_pipe(self, *args: Any) -> NoReturn:
        raise _leaves("connect_read_pipe", "use a socket pair")

    async def connect_write_pipe(self, *args: Any) -> NoReturn:
        raise _leaves("connect_write_pipe", "use a socket pair")

    async def create_datagram_endpoint(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _leaves("create_datagram_endpoint", "only stream sockets are simulated")


_PROCESS = "give the program a runner of commands that the test can script"


def _leaves(call: str, remedy: str) -> LeavesSimulation:
    return LeavesSimulation(f"loop.{call}()", remedy)
