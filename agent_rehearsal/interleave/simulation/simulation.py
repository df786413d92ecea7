"""A simulated world: while it is entered, sockets, clocks, chance and garbage are its own.

One run happens in one simulation. This module must not know what is run in it.
"""

import asyncio
import select
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from agent_rehearsal.interleave.choice import Strategy
from agent_rehearsal.interleave.errors import LeavesSimulation, note_in
from agent_rehearsal.interleave.kernel import addresses, clock, polling, sockets
from agent_rehearsal.interleave.kernel.cutting import How, cut
from agent_rehearsal.interleave.kernel.kernel import Director, Kernel, Limits
from agent_rehearsal.interleave.simulation import entropy
from agent_rehearsal.interleave.simulation.bindings import Bindings, Copies
from agent_rehearsal.interleave.simulation.collector import collector_off, count_run
from agent_rehearsal.interleave.simulation.guards import raise_guards
from agent_rehearsal.interleave.simulation.loop import SimLoop, Unhandled
from agent_rehearsal.interleave.simulation.protocols import number_protocols
from agent_rehearsal.interleave.simulation.selfcheck import require_supported
from agent_rehearsal.interleave.simulation.tasks import REAL_TASK, DirectTask
from agent_rehearsal.interleave.trace import Trace

_REAL_SOCKET = {
    "socket": sockets.REAL,
    "socketpair": sockets.REAL_PAIR,
    "getaddrinfo": addresses.REAL_GETADDRINFO,
    "gethostbyname": socket.gethostbyname,
    "getnameinfo": socket.getnameinfo,
}
_SOCKET: dict[str, Any] = {
    "socket": sockets.SimSocket,
    "socketpair": sockets.socketpair,
    "getaddrinfo": addresses.getaddrinfo,
    "gethostbyname": addresses.gethostbyname,
    "getnameinfo": addresses.getnameinfo,
}


def _replaced() -> Mapping[int, Any]:
    pairs: list[tuple[Any, Any]] = [
        (clock.REPLACED[name], new) for name, new in clock.STAND_INS.items()
    ]
    pairs += [(real, _SOCKET[name]) for name, real in _REAL_SOCKET.items()]
    pairs += [(real, polling.STAND_INS[name]) for name, real in polling.REAL.items()]
    pairs += [(entropy.REAL_URANDOM, entropy.urandom), (REAL_TASK, DirectTask)]
    return {id(real): new for real, new in pairs}


_copies = Copies(_replaced)


class Simulation:
    """One simulated world, entered once.

    `late`: how long a message or a job may take, virtual seconds. `seed`: of all chance in it.
    `split`: bytes of the longest piece that is sent, 0 for any length. Raises `Unsupported` on
    entering where this Python's asyncio is not known.
    """

    def __init__(
        self,
        strategy: Strategy,
        *,
        late: float = 0.1,
        limits: Limits | None = None,
        seed: int = 0,
        split: int = 0,
    ) -> None:
        if late < 0:
            raise ValueError(f"late is a number of seconds, 0 or more, not {late!r}")
        if split < 0:
            raise ValueError(f"split is a number of bytes, 0 for any, not {split!r}")
        count_run()  # before anything of this run is there: the collector is to take it for young
        self.strategy = strategy
        self.trace = Trace()
        self.clock = clock.Clock()
        self.kernel = Kernel(
            strategy, self.trace, self.clock, late=late, limits=limits or Limits(), split=split
        )
        self.unhandled: list[Unhandled] = []
        """What the loops told their exception handlers."""
        self.left: list[LeavesSimulation] = []
        """What was asked for that leaves the simulation, even where the program went on."""
        self.outcomes: list[Any] = []
        """What the program said its outcome was, in the order of the saying."""
        self._seed = seed
        self._loops: list[SimLoop] = []
        self._world = ExitStack()
        self._entered = False

    def new_loop(self) -> SimLoop:
        """An event loop of this world: a loop factory, as `asyncio.Runner` takes one."""
        loop = SimLoop(self.kernel, self.unhandled)
        self._loops.append(loop)
        return loop

    def direct(self, director: Director) -> None:
        """Pieces come as it says from now on."""
        self.kernel.director = director

    def cut(self, link: str, how: How) -> None:
        """Ends the connection of this name: what both sides sent before still comes."""
        cut(self.kernel, link, how)

    def __enter__(self) -> Self:
        if self._entered:
            raise RuntimeError("a Simulation is entered once; make another for another run")
        self._entered = True
        require_supported()
        with ExitStack() as world:
            world.enter_context(collector_off())
            world.enter_context(entropy.chance_kept())
            self._replace(world)
            self._world = world.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kernel.end()
        for loop in self._loops:
            loop.abandon()
        self._world.close()

    def _replace(self, world: ExitStack) -> None:
        number_protocols(self.kernel.number)
        world.callback(number_protocols, None)
        bindings = Bindings()
        for module, name, value in _copies.found():
            bindings.bind(module, name, value)
        world.callback(bindings.restore)
        _install(world, note_in, self.left)
        _install(world, clock.install, self.clock)
        _install(world, sockets.install, self.kernel)
        world.callback(entropy.begin(self._seed, bindings))
        stand_ins = (
            (time, clock.STAND_INS),
            (socket, _SOCKET),
            (select, polling.STAND_INS),
        )
        for owner, names in stand_ins:
            for name, value in names.items():
                bindings.bind(owner, name, value)
        for owner in (asyncio, asyncio.events):
            bindings.bind(owner, "new_event_loop", self.new_loop)
        raise_guards(bindings, SimLoop)


def _install(world: ExitStack, install: Callable[[Any], Any], value: Any) -> None:
    world.callback(install, install(value))
