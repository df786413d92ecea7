"""The gate of one request's tools: many shared holders or one exclusive, in order of arrival.

A holder that is cancelled while it waits leaves no trace.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

__all__ = ["Gate"]


class _Waiter(msgspec.Struct, eq=False):
    exclusive: bool
    turn: asyncio.Future[None]


class Gate:
    """A fair read/write lock."""

    def __init__(self) -> None:
        self._shared = 0
        self._exclusive = False
        self._waiters: deque[_Waiter] = deque()

    @asynccontextmanager
    async def hold(self, *, exclusive: bool) -> AsyncIterator[None]:
        """Waits for the gate and holds it."""
        await self._acquire(exclusive=exclusive)
        try:
            yield
        finally:
            self._release(exclusive=exclusive)

    async def _acquire(self, *, exclusive: bool) -> None:
        if not self._waiters and self._is_free(exclusive=exclusive):
            self._take(exclusive=exclusive)
            return
        waiter = _Waiter(exclusive, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            await waiter.turn
        except asyncio.CancelledError:
            self._leave(waiter)
            raise

    def _leave(self, waiter: _Waiter) -> None:
        """A cancelled waiter goes; if the gate was just given to it, it gives it back."""
        if not waiter.turn.cancelled():
            self._release(exclusive=waiter.exclusive)
            return
        if waiter in self._waiters:
            self._waiters.remove(waiter)
        self._admit()

    def _is_free(self, *, exclusive: bool) -> bool:
        return not self._exclusive and not (exclusive and self._shared)

    def _take(self, *, exclusive: bool) -> None:
        if exclusive:
            self._exclusive = True
        else:
            self._shared += 1

    def _release(self, *, exclusive: bool) -> None:
        if exclusive:
            self._exclusive = False
        else:
            self._shared -= 1
        self._admit()

    def _admit(self) -> None:
        """Lets in as many from the front as fit together, past those cancelled meanwhile."""
        while self._waiters:
            waiter = self._waiters[0]
            if waiter.turn.cancelled():
                self._waiters.popleft()
            elif self._is_free(exclusive=waiter.exclusive):
                self._waiters.popleft()
                self._take(exclusive=waiter.exclusive)
                waiter.turn.set_result(None)
            else:
                return
