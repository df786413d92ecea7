"""An event loop on a thread of its own, and the way to it, for tests that run on no loop of ours.

The only module that starts a thread. Knows nothing of stages; `remote` says what is called here.
"""

import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

GRACE = 5.0
"""Seconds in which the thread must end, or do what is soon done."""
_STUCK = (
    "the stage's thread did not answer within {:g} s: something that runs on it blocks, "
    "a coroutine reply or a predicate; let it await instead"
)


class Portal:
    """A thread that runs an event loop. Whatever is called goes there, one thing after another.

    What is called on that thread itself, by a reply say, is called at once and not awaited.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        # A daemon: a reply that never lets the loop go on must not keep the process alive as well.
        self._thread = threading.Thread(target=self._live, name="rehearsal-stage", daemon=True)

    @property
    def running(self) -> bool:
        """Whether calls are taken."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to take calls."""
        try:
            self._thread.start()
        except BaseException:
            self._loop.close()
            raise

    def stop(self) -> None:
        """Cancel what is left on the loop, end it and wait for the thread.

        Raises RuntimeError if the thread does not end within `GRACE`.
        """
        if self.running:
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(GRACE)
        if self.running:
            raise RuntimeError(_STUCK.format(GRACE))

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call `function`, await what it returns if that is awaitable, and block until then.

        Raises RuntimeError where the portal does not run.
        """
        if self._inside:
            return function(*args, **kwargs)
        future = self._submit(function, args, kwargs)
        try:
            return future.result()
        finally:
            future.cancel()

    def call_soon(self, function: Callable[[], Any]) -> Any:
        """As `call`, but raises RuntimeError where the thread does not come to it within `GRACE`.

        For what does not wait for the test.
        """
        future = self._submit(function, (), {})
        try:
            return future.result(GRACE)
        except TimeoutError:
            if future.done():
                raise
            raise RuntimeError(_STUCK.format(GRACE)) from None
        finally:
            future.cancel()

    def later(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As `call`, but returns an awaitable in place of blocking: for asyncio and for trio.

        Trio needs the package anyio.
        """
        if self._inside:
            return function(*args, **kwargs)
        return _result(self._submit(function, args, kwargs))

    @property
    def _inside(self) -> bool:
        return threading.current_thread() is self._thread

    def _submit(self, function: Callable[..., Any], args: Any, kwargs: Any) -> "Future[Any]":
        if not self.running:
            raise RuntimeError("the stage of this test has stopped, or was not started")

        async def run() -> Any:
            result = function(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return asyncio.run_coroutine_threadsafe(run(), self._loop)

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(_until(self._ending))


async def _until(event: asyncio.Event) -> None:
    await event.wait()


def _result(future: "Future[Any]") -> "Coroutine[Any, Any, Any]":
    """What awaits `future`, and cancels it when it is cancelled."""

    async def wait() -> Any:
        try:
            return await _awaited(future)
        finally:
            future.cancel()

    return wait()


async def _awaited(future: "Future[Any]") -> Any:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        from anyio.to_thread import run_sync

        return await run_sync(future.result, abandon_on_cancel=True)
    return await asyncio.wrap_future(future)
