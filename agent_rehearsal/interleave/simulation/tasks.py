"""Tasks and futures whose place in sets is decided, where stock asyncio leaves it to their address
in memory.

Sets of tasks are everywhere: what `asyncio.wait` returns, what a task group cancels. This module
must not know who decides.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, cast

REAL_TASK = asyncio.Task

IN_ORDER = 1 << 12 | 1 << 22
"""A hash with which CPython's set tries slots 0, 1, 2, 3, 4 of eight, and so on in greater ones: a
set whose members all have it hands them out in the order in which they were put in.
"""
GROUP = 32
"""So many have the same hash; beyond, they differ in bits that play no part in small sets, as equal
hashes are costly in sets of many.
"""


def place_in_sets(number: int, salt: int) -> int:
    """The hash of the task of this number; a salt that is the number itself is no salt."""
    return IN_ORDER | number // GROUP << 25 if salt == number else salt


class SimTask(asyncio.Task[Any]):
    """A stock task with a number, which with a salt decides what it hashes to."""

    def __init__(
        self, coro: Coroutine[Any, Any, Any], *, number: int, salt: int, **options: Any
    ) -> None:
        self._place = place_in_sets(number, salt)  # before asyncio puts the task into a set
        self.number = number
        self.steps = 0
        """How many of its steps were asked about, in tier `task`."""
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        return self._place


class NumbersTasks(ABC):
    """A loop that numbers the tasks made for it."""

    @abstractmethod
    def new_task(self, coro: Coroutine[Any, Any, Any], **options: Any) -> SimTask:
        """A task with the next number; `options` are those of `asyncio.Task`."""


class _Direct(type):
    """A call of the class makes a task of the loop's kind; any task is an instance of it."""

    def __call__(cls, coro: Any, *, loop: Any = None, **options: Any) -> Any:
        if cls is not DirectTask:
            return super().__call__(coro, loop=loop, **options)
        loop = asyncio.get_running_loop() if loop is None else loop
        if isinstance(loop, NumbersTasks):
            return loop.new_task(coro, **options)
        return REAL_TASK(coro, loop=loop, **options)

    def __instancecheck__(cls, instance: object) -> bool:
        kind = REAL_TASK if cls is DirectTask else cast("type", cls)
        return type.__instancecheck__(kind, instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        kind = REAL_TASK if cls is DirectTask else cast("type", cls)
        return type.__subclasscheck__(kind, subclass)


class DirectTask(REAL_TASK[Any], metaclass=_Direct):
    """Stands in for `asyncio.Task` where a library makes tasks without its loop, as aiohttp does
    from Python 3.12 on to have them begin at once: they too have numbers, and places in sets.
    """


class SimFuture(asyncio.Future[Any]):
    """A stock future that hashes by a number, which its loop gives it when it is first hashed."""

    _place: int | None = None

    def __hash__(self) -> int:
        if self._place is None:
            loop: Any = self.get_loop()
            number = loop.number()
            self._place = place_in_sets(number, number)
        return self._place


# In messages and logs they are what they stand for.
SimTask.__name__ = SimTask.__qualname__ = "Task"
DirectTask.__name__ = DirectTask.__qualname__ = "Task"
SimFuture.__name__ = SimFuture.__qualname__ = "Future"
