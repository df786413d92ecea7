"""An event loop whose time is a number: with nothing left to do now, it jumps to the next timer."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Jumping(selectors.DefaultSelector):
    """A selector that lets time pass instead of waiting."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            self.loop.jump(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The stock loop on virtual time, for coroutines that do no real I/O."""

    virtual_time = True

    def __init__(self) -> None:
        selector = _Jumping()
        selector.loop = self
        self._now = 0.0
        self.iterations = 0
        """How many times the loop has gone round."""
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now

    def jump(self, timeout: float | None) -> None:
        """Let `timeout` seconds pass. Raises RuntimeError where nothing will ever happen."""
        if timeout is None:
            raise RuntimeError("every task waits and no timer is set: this would hang")
        self._now += timeout

    @property
    def timers(self) -> int:
        """How many timers are set."""
        scheduled: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        return sum(not timer.cancelled() for timer in scheduled)

    def _run_once(self) -> None:
        self.iterations += 1
        super()._run_once()  # type: ignore[misc]


def run(body: Coroutine[Any, Any, Result]) -> Result:
    """What `body` returns, run on virtual time; no task may be left over."""
    loop = VirtualLoop()
    try:
        result = loop.run_until_complete(body)
        left = asyncio.all_tasks(loop)
        assert not left, f"left over: {left}"
        return result
    finally:
        loop.close()


def here() -> VirtualLoop:
    """The loop that `run` made."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop


async def passed(seconds: float) -> None:
    """Let virtual seconds pass. Costs no real time, and works on this loop only."""
    done = here().create_future()
    timer = here().call_later(seconds, done.set_result, None)
    try:
        await done
    finally:
        timer.cancel()
