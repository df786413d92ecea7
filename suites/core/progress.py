"""Waits for what tasks have done, without a guess at how many steps they take."""

import asyncio
from collections.abc import Callable


class Progress:
    """`note` that something was done; await that enough was."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def note(self) -> None:
        """Something was done."""
        self._changed.set()

    async def until(self, enough: Callable[[], bool], *, timeout: float = 5) -> None:
        """Raises TimeoutError if `enough` is not true within `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while not enough():
                self._changed.clear()
                await self._changed.wait()
