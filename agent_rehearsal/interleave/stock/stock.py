"""The stock selector loop on real sockets, with what a schedule holds back kept for its time.

One `Stock` is the world of one try, as a `Simulation` is that of one run. asyncio's own loop and
transports run the program; only sending, connecting and the giving of jobs wait. Tasks hash to
their places in sets as in the simulated run, as their addresses in memory might have made them.

Connections are named in the order of connecting by `loop.sock_connect`, through which every
`create_connection` goes; pairs of sockets have no name here and are never held. Stalls are not
imposed: turns of a real loop cannot be counted beforehand.
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from agent_rehearsal.interleave.errors import LeavesSimulation, Stuck
from agent_rehearsal.interleave.kernel.kernel import Director
from agent_rehearsal.interleave.keys import Key, Schedule
from agent_rehearsal.interleave.simulation.bindings import Bindings
from agent_rehearsal.interleave.simulation.loop import Unhandled
from agent_rehearsal.interleave.simulation.tasks import DirectTask, NumbersTasks, SimTask
from agent_rehearsal.interleave.simulation.waiting import waiting
from agent_rehearsal.interleave.stock.paced import PacedSocket
from agent_rehearsal.interleave.stock.paces import Lane, Paces
from agent_rehearsal.interleave.trace import Link, Piece, Sent, Trace

GRACE = 1.0
"""Seconds in which a try that was ended may clean up, each time that it is ended."""
RESETS = "a reset was imposed as the end of data both ways"
UNIX = getattr(socket, "AF_UNIX", None)
Ends = tuple[Any, ...]
"""By what both ends know a connection: the client's port and the server's, or a path."""


class Overdue(Stuck):
    """A try on real sockets did not end in its time."""


class Stock:
    """One try: its loops, and what they noticed that nobody caught."""

    def __init__(self, schedule: Schedule, *, late: float, patience: float) -> None:
        """`late`: seconds beyond which nothing is held. `patience`: seconds until a try is ended
        by `Overdue`, which is raised out of its loop.
        """
        self.schedule = schedule
        self.paces = Paces(schedule.delays, late)
        self.patience = patience
        self.unhandled: list[Unhandled] = []
        self.left: list[LeavesSimulation] = []
        """Nothing leaves the real world."""
        self.tasks = 0
        self.jobs = 0
        self.trace = Trace()
        """Only the connections, not what happened."""
        self.outcomes: list[Any] = []
        self.not_imposed: list[str] = []
        """What was directed and cannot be done to real sockets."""
        self._loops: list[PacedLoop] = []
        self._dialled: dict[Ends, deque[str]] = {}

    def new_loop(self) -> "PacedLoop":
        """A loop of this try: a loop factory, as `asyncio.Runner` takes one."""
        loop = PacedLoop(self)
        self._loops.append(loop)
        return loop

    def direct(self, director: Director) -> None:
        """Pieces come as it says from now on."""
        self.paces.director = director

    def cut(self, link: str, how: str) -> None:
        """Ends the connection of this name: what both sides sent before still comes."""
        if how == "reset":
            self.not_imposed.append(RESETS)
        for loop in self._loops:
            loop.end(link)

    def link(self, server: str) -> str:
        """The name of the next connection, to a server at this address."""
        name = f"c{len(self.trace.links) + 1}"
        self.trace.links[name] = Link(name, "", server)
        return name

    def dialled(self, client: socket.socket, address: Any, link: str) -> None:
        """A connection of this name has begun; its server may find it from now on."""
        if client.family == UNIX:
            ends: Ends = (os.fsdecode(address),)
        else:
            ends = (client.getsockname()[1], address[1])
        self._dialled.setdefault(ends, deque()).append(link)

    def accepted(self, server: socket.socket) -> str | None:
        """The name of the connection that a server took up; None where none was dialled here."""
        try:
            here, there = server.getsockname(), server.getpeername()
        except OSError:
            return None
        ends = (os.fsdecode(here),) if server.family == UNIX else (there[1], here[1])
        names = self._dialled.get(ends)
        return names.popleft() if names else None


class PacedLoop(asyncio.SelectorEventLoop, NumbersTasks):
    """An event loop of a try."""

    def __init__(self, stock: Stock) -> None:
        self.turn = 0
        """How many turns it has run."""
        self._stock = stock
        self._paced: dict[socket.socket, PacedSocket] = {}
        super().__init__()
        self._end = self.time() + stock.patience
        self.call_at(self._end, _wake)

    def _run_once(self) -> None:
        if self.time() >= self._end:
            self._end = self.time() + GRACE
            self.call_at(self._end, _wake)
            raise Overdue(
                f"{self._stock.patience:g} seconds passed and the try has not ended:",
                waiting(sorted(asyncio.all_tasks(self), key=_age)),
            )
        self.turn += 1
        super()._run_once()  # type: ignore[misc]

    def close(self) -> None:
        """As ever; what is still held is dropped."""
        super().close()
        while self._paced:
            self._paced.popitem()[1].drop()

    # Tasks.

    def run_forever(self) -> None:
        """As ever; tasks that are made without the loop are numbered too."""
        bindings = Bindings()
        for module in (asyncio, asyncio.tasks):
            bindings.bind(module, "Task", DirectTask)
        try:
            super().run_forever()
        finally:
            bindings.restore()

    def create_task(self, coro: Any, **options: Any) -> Any:
        if self.get_task_factory() is not None:
            return super().create_task(coro, **options)
        return self.new_task(coro, **options)

    def new_task(self, coro: Any, **options: Any) -> SimTask:
        """A task with the place in sets that the schedule says."""
        self._stock.tasks += 1
        salts = self._stock.schedule.salts
        number = self._stock.tasks
        salt = salts.get(number, number)
        return SimTask(coro, loop=self, number=number, salt=salt, **options)

    def call_exception_handler(self, context: Any) -> None:
        handled = self.get_exception_handler() is not None
        self._stock.unhandled.append(Unhandled.told(context, handled=handled))
        super().call_exception_handler(context)

    # Connections.

    async def sock_connect(self, sock: Any, address: Any) -> None:
        local = sock.family == UNIX
        link = self._stock.link(os.fsdecode(address) if local else f"{address[0]}:{address[1]}")
        await self._passed(Key(f"{link}>s#0"), "syn")
        if not local:
            await self._passed(Key(f"{link}<s#0"), "syn-ack")
        dialling: Any = _Dialling(sock, partial(self._stock.dialled, sock, address, link))
        self._pace(sock, link, f"{link}>s")
        await super().sock_connect(dialling, address)

    async def sock_sendall(self, sock: Any, data: Any) -> None:
        await super().sock_sendall(self._known(sock), data)

    def _make_socket_transport(self, sock: Any, *args: Any, **kwargs: Any) -> Any:
        make: Any = super()._make_socket_transport  # type: ignore[misc]
        return make(self._known(sock), *args, **kwargs)

    def _make_ssl_transport(self, rawsock: Any, *args: Any, **kwargs: Any) -> Any:
        make: Any = super()._make_ssl_transport  # type: ignore[misc]
        return make(self._known(rawsock), *args, **kwargs)

    async def _sock_sendfile_native(self, sock: Any, *args: Any) -> Any:
        raise asyncio.SendfileNotAvailableError("what is sent in pieces goes through send()")

    def _known(self, sock: Any) -> Any:
        """The socket with its pace; itself where the connection has no name."""
        if sock not in self._paced and isinstance(sock, socket.socket):
            link = self._stock.accepted(sock)
            if link is not None:
                self._pace(sock, link, f"{link}<s")
        return self._paced.get(sock, sock)

    def _pace(self, sock: socket.socket, link: str, lane: str) -> None:
        self._paced[sock] = PacedSocket(sock, link, Lane(lane, 1, self._stock.paces, self))

    # What waits.

    async def _passed(self, key: Key, kind: Piece) -> None:
        """Waits until a piece that has no bytes may go."""
        paces, sent = self._stock.paces, Sent(key, kind, b"", self.time(), self.turn)
        paces.given(sent)
        await self._until(partial(paces.free, sent, self))
        paces.came(sent, self.time())

    async def _until(self, free: Callable[[Callable[[], object]], bool]) -> None:
        """Waits until this says so, which calls what it is given when it is to be asked again."""
        while True:
            done = self.create_future()
            if free(partial(_set, done)):
                return
            await done

    def end(self, link: str) -> None:
        """Both sides of the connection of this name end what they send."""
        for paced in tuple(self._paced.values()):
            if paced.link == link:
                paced.end()

    def run_in_executor(  # type: ignore[override]  # a task is as good as a future
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        self._stock.jobs += 1
        key = Key(f"job:{self._stock.jobs}")
        give = partial(super().run_in_executor, executor, func, *args)
        if not self._stock.paces.delays(key):
            return give()
        return super().create_task(self._late_job(key, give))

    async def _late_job(self, key: Key, give: Callable[[], Any]) -> Any:
        given = Sent(key, "data", b"", self.time(), self.turn)
        await self._until(partial(self._stock.paces.has_waited, given, given.at, self))
        return await give()


class _Dialling:
    """A socket that tells when it has begun to connect."""

    def __init__(self, real: socket.socket, tell: Callable[[], None]) -> None:
        self._real = real
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def connect(self, address: Any) -> None:
        """As `socket.connect`."""
        try:
            self._real.connect(address)
        finally:
            self._tell()


def _wake() -> None:
    """Only so that the loop looks at the time."""


def _set(done: "asyncio.Future[None]") -> None:
    if not done.done():
        done.set_result(None)


def _age(task: "asyncio.Task[Any]") -> tuple[int, str]:
    """Tasks without a name of their own in the order of their making, before the others."""
    number = task.get_name().removeprefix("Task-")
    return (int(number), "") if number.isdecimal() else (1 << 62, task.get_name())
