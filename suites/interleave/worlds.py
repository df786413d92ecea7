"""Programs run in both worlds: on stock asyncio over real loopback sockets, and in a simulation.

In a simulation waiting costs nothing, so programs here may sleep.
"""

import asyncio
import random
from asyncio import sleep as virtual_sleep
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from agent_rehearsal.interleave.attempt import Attempt
from agent_rehearsal.interleave.choice import Move, Option, Strategy
from agent_rehearsal.interleave.simulation.run import run
from agent_rehearsal.interleave.strategies.strategies import Natural
from agent_rehearsal.interleave.trace import Trace

__all__ = [
    "Dice",
    "Ends",
    "Picks",
    "attempted",
    "real",
    "simulated",
    "stream_pair",
    "virtual_sleep",
]

Choose = Callable[[Sequence[Option], float, int], Move]
Program = Callable[[], Coroutine[Any, Any, Any]]


class Picks(Natural):
    """Chooses by a function of the options, the time and the turn."""

    def __init__(self, pick: Choose, *, stall: Callable[[int], float] | None = None) -> None:
        self._pick = pick
        self._stall = stall

    @property
    def name(self) -> str:
        return "picks"

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        return self._pick(options, now, turn)

    def stall(self, turn: int) -> float:
        return self._stall(turn) if self._stall else 0.0


class Dice(Natural):
    """Chooses by chance: options, places in sets, and now and then to let time pass."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    @property
    def name(self) -> str:
        return "dice"

    def choose(self, options: Sequence[Option], now: float, turn: int, trace: Trace) -> Move:
        if self._random.random() < 0.2:
            return Move(until=now + self._random.random() * 0.2)
        return Move(self._random.randrange(len(options)))

    def salt(self, task: int) -> int:
        return self._random.randrange(64)

    def drawn(self) -> float:
        """What it would draw next."""
        return self._random.random()


def simulated(program: Program, strategy: Strategy | None = None, **options: Any) -> Any:
    """What the program returns in a simulation; raises what it raised, as text, if it failed."""
    returned: list[Any] = []

    async def main() -> None:
        returned.append(await program())

    attempt = run(main, strategy or Natural(), **options)
    if attempt.failure is not None:
        raise AssertionError(attempt.failure.text)
    return returned[0]


def attempted(program: Program, strategy: Strategy | None = None, **options: Any) -> Attempt:
    """How a run of the program ends."""
    return run(program, strategy or Natural(), **options)


def real(program: Program) -> Any:
    """What the program returns on stock asyncio and real sockets."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(program())


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def stream_pair(play: Callable[[Ends, Ends], Awaitable[Any]]) -> Any:
    """Plays with both ends, client and server, of a connection over loopback."""
    accepted: asyncio.Future[Ends] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.set_result((reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        return await play(client, await accepted)
    finally:
        for _, writer in (client, accepted.result()):
            writer.close()
        server.close()
