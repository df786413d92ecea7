"""A queue for one reader, of which every open WebSocket has one: it takes hardly any memory while
there is nothing in it, where `asyncio.Queue` takes three kilobytes.

Knows nothing of what is in it.
"""

import asyncio
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """What was put in, in order, for whoever reads; without a bound."""

    __slots__ = ("_items", "_reader")

    def __init__(self) -> None:
        self._items: list[T] = []
        self._reader: asyncio.Future[None] | None = None

    def put(self, item: T) -> None:
        """Add `item`, and wake the reader."""
        self._items.append(item)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> T:
        """Take the oldest, when there is one. Raises RuntimeError for a second reader."""
        if self._reader is not None:
            raise RuntimeError("a mailbox has one reader, and this one is being read")
        if not self._items:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._items.pop(0)
