"""`select.select` and `select.poll` over the simulated kernel, as far as they do not wait: HTTP
clients ask so whether a connection at rest has ended, before they use it again.

This module must not know the event loop, beyond whether one runs.
"""

import select as _select
from asyncio import events
from collections.abc import Callable, Iterable, Sequence
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from agent_rehearsal.interleave.errors import LeavesSimulation
from agent_rehearsal.interleave.kernel import sockets
from agent_rehearsal.interleave.kernel.jobs import at_work
from agent_rehearsal.interleave.kernel.kernel import Kernel

REAL: dict[str, Callable[..., Any]] = {
    name: getattr(_select, name) for name in ("select", "poll") if hasattr(_select, name)
}
POLL = ((EVENT_READ, getattr(_select, "POLLIN", 1)), (EVENT_WRITE, getattr(_select, "POLLOUT", 4)))
"""Readiness as selectors have it, and as poll does."""
WATCH = "let the loop watch: loop.add_reader(), loop.sock_recv(), streams"


def select(
    readers: Sequence[Any], writers: Sequence[Any], others: Sequence[Any], timeout: Any = None
) -> tuple[list[Any], list[Any], list[Any]]:
    """Stands in for `select.select`."""
    kernel = _kernel((*readers, *writers, *others))
    if kernel is None:
        return REAL["select"](readers, writers, others, timeout)  # type: ignore[no-any-return]
    readable = _ready(kernel, readers, EVENT_READ)
    writable = _ready(kernel, writers, EVENT_WRITE)
    if not (readable or writable):
        _would_wait("select", timeout)
    return readable, writable, []


def poll() -> Any:
    """Stands in for `select.poll`."""
    kernel = _kernel(())
    return REAL["poll"]() if kernel is None else Poll(kernel)


STAND_INS: dict[str, Callable[..., Any]] = {
    name: each for name, each in (("select", select), ("poll", poll)) if name in REAL
}


class Poll:
    """As `select.poll` gives it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._asked: dict[int, int] = {}

    def register(self, fileobj: Any, mask: int = POLL[0][1] | POLL[1][1]) -> None:
        """Asks for these events from now on. Raises `LeavesSimulation` for a real descriptor."""
        self._asked[_number(self._kernel, fileobj)] = mask

    modify = register

    def unregister(self, fileobj: Any) -> None:
        """Asks no more; raises `KeyError`."""
        del self._asked[_number(self._kernel, fileobj)]

    def poll(self, timeout: float | None = None) -> list[tuple[int, int]]:
        """The descriptors that are ready, and for what."""
        found = [(fd, events) for fd, mask in self._asked.items() if (events := self._of(fd, mask))]
        if not found:
            _would_wait("poll", timeout)
        return found

    def _of(self, fd: int, mask: int) -> int:
        ready = _events(self._kernel, fd)
        return sum(bit for event, bit in POLL if ready & event and mask & bit)


def _kernel(asked: Iterable[Any]) -> Kernel | None:
    """That of the simulation, unless it is the real kernel that is asked."""
    kernel = sockets.current()
    if kernel is None or not kernel.clock.here():
        return None
    if events._get_running_loop() is not None or at_work():
        return kernel
    return kernel if any(_fd(each) in kernel.descriptors for each in asked) else None


def _fd(fileobj: Any) -> int:
    fd: int = fileobj if isinstance(fileobj, int) else fileobj.fileno()
    return fd


def _number(kernel: Kernel, fileobj: Any) -> int:
    fd = _fd(fileobj)
    if fd not in kernel.descriptors:
        raise LeavesSimulation(f"watching the real descriptor {fd}", WATCH)
    return fd


def _events(kernel: Kernel, fd: int) -> int:
    descriptor = kernel.descriptors.get(fd)
    return 0 if descriptor is None else descriptor.events()


def _ready(kernel: Kernel, asked: Sequence[Any], event: int) -> list[Any]:
    return [each for each in asked if _events(kernel, _number(kernel, each)) & event]


def _would_wait(call: str, timeout: float | None) -> None:
    if timeout != 0:
        raise LeavesSimulation(f"a blocking select.{call}()", WATCH)
