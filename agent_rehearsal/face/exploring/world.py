"""The simulated world that a test runs in, and the way to it for pytest-asyncio.

One world at a time: the loop that pytest-asyncio makes while one is entered is its loop; at any
other time it is the one that would be made anyway.
"""

import asyncio
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import pytest

Factory = Callable[[], asyncio.AbstractEventLoop]
AROUND_BODY = pytest.StashKey[Callable[[], AbstractContextManager[None]]]()
"""Where an item keeps what is to be around the call of its function."""


class World(Protocol):
    """What a run takes place in: `Simulation`, or a confirmation on real sockets."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the run."""
        ...


class Entrance:
    """Where the loop of a run comes from."""

    def __init__(self) -> None:
        self._world: World | None = None
        self.loops = 0
        """How many loops were made in the present world, or in the last."""

    @contextmanager
    def to(self, world: World) -> Iterator[None]:
        """Loops come from `world` meanwhile."""
        self._world, self.loops = world, 0
        try:
            yield
        finally:
            self._world = None

    def factory(self, otherwise: Factory) -> Factory:
        """Makes a loop of the present world, or else what `otherwise` makes."""

        def make() -> asyncio.AbstractEventLoop:
            if self._world is None:
                return otherwise()
            self.loops += 1
            return self._world.new_loop()

        return make


class Factories:
    """A plugin for pytest-asyncio, registered only while it makes the parameters of a test that is
    explored: those of others stay as they are.
    """

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    @pytest.hookimpl(wrapper=True)
    def pytest_asyncio_loop_factories(
        self,
    ) -> Generator[None, Mapping[str, Factory] | None, Any]:
        """The factories of the test's own project, each behind the entrance."""
        given = yield
        own = given if given is not None else {"asyncio": asyncio.new_event_loop}
        return {name: self._entrance.factory(factory) for name, factory in own.items()}
