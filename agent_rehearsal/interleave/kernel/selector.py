"""The selector of the simulated kernel: what the stock event loop waits with.

Readiness is reported like epoll's: in the order in which it came, until it is gone. Nothing is
chosen here but by asking the kernel; this module must not know the event loop.
"""

import selectors
from collections.abc import Mapping
from typing import Any

from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.kernel.kernel import Kernel, Runnable

Report = tuple[selectors.SelectorKey, int]


class SimSelector:
    """As `selectors.BaseSelector`, over simulated descriptors."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._keys: dict[int, selectors.SelectorKey] = {}
        self._near: dict[int, None] = {}
        self.loop: Runnable | None = None
        """Whose selector this is."""

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Watches a descriptor. Raises `LeavesSimulation` for a real one."""
        fd = self._number(fileobj)
        if fd in self._keys:
            raise KeyError(f"{fileobj!r} is already registered")
        key = selectors.SelectorKey(fileobj, fd, events, data)
        self._kernel.descriptors[fd].watch = self._come_near
        self._keys[fd] = key
        if self._events(fd):
            self._near[fd] = None
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Watches for other events, or on behalf of somebody else."""
        fd = self._known(fileobj)
        key = selectors.SelectorKey(fileobj, fd, events, data)
        self._keys[fd] = key
        if self._events(fd):
            self._near[fd] = None
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Watches no more."""
        fd = self._known(fileobj)
        self._near.pop(fd, None)
        if descriptor := self._kernel.descriptors.get(fd):
            descriptor.watch = None
        return self._keys.pop(fd)

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        """What was registered for a descriptor; raises `KeyError`."""
        return self._keys[fileobj if type(fileobj) is int else self._known(fileobj)]

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """All that is registered, by the number of the descriptor."""
        return self._keys

    def select(self, timeout: float | None = None) -> list[Report]:
        """Lets things happen until the loop is to run, and reports what is ready."""
        assert self.loop is not None
        self._kernel.until_turn(self.loop, timeout)
        self.loop.before_turn()
        return self._ready() if self._near else []

    def any_ready(self) -> bool:
        """Is there anything to report?"""
        near = self._near
        while near:
            fd = next(iter(near))
            if self._events(fd):
                return True
            del near[fd]
        return False

    def close(self) -> None:
        """Forgets everything."""
        for fd in tuple(self._keys):
            self.unregister(fd)

    def _ready(self) -> list[Report]:
        found = []
        for fd in tuple(self._near):
            if events := self._events(fd):
                found.append((self._keys[fd], events))
            else:
                del self._near[fd]
        return found

    def _events(self, fd: int) -> int:
        key = self._keys.get(fd)
        descriptor = self._kernel.descriptors.get(fd)
        return 0 if key is None or descriptor is None else key.events & descriptor.events()

    def _come_near(self, fd: int) -> None:
        self._near[fd] = None

    def _number(self, fileobj: Any) -> int:
        fd: int = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        if fd not in self._kernel.descriptors:
            raise LeavesSimulation(
                f"watching the real descriptor {fd}",
                "watch only sockets that were made during the simulation",
            )
        return fd

    def _known(self, fileobj: Any) -> int:
        if isinstance(fileobj, int):
            return fileobj
        fd: int = fileobj.fileno()
        if fd >= 0:
            return fd
        for key in self._keys.values():
            if key.fileobj is fileobj:
                return key.fd
        raise KeyError(f"{fileobj!r} is not registered")
