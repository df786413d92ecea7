"""The script player: one for server-sent events and WebSocket frames alike.

It hands a sink whole runs of data, so that a run becomes one transport write, and stops at every
mark.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

from agent_rehearsal.journal import Connection, Journal
from agent_rehearsal.wire.gate import Gate
from agent_rehearsal.wire.script import Answer, Close, Delay, Fault, Fragment, Mark, Raw, Send, Step


class Sink(Protocol):
    """Where data goes: a stream of server-sent events, or a WebSocket."""

    async def send(self, run: list[Send | Raw], sizes: tuple[int, ...]) -> None:
        """Record each piece, then put all of them on the wire; in pieces of `sizes` bytes unless
        that is empty.
        """

    async def answer(self, answer: Answer) -> None:
        """Send a whole HTTP answer. Raises RuntimeError where it is too late for one."""

    async def close(self, code: int, reason: str) -> None:
        """End in good order."""

    async def cut(self) -> None:
        """End the connection without a terminator."""

    async def reset(self) -> None:
        """Abort the connection with a RST."""


class Player:
    """Plays scripts to one sink; remembers the fragmentation that is in force."""

    def __init__(self, sink: Sink, journal: Journal, conn: Connection | None, re: int) -> None:
        self._sink = sink
        self._journal = journal
        self._conn = conn
        self._re = re
        self._sizes: tuple[int, ...] = ()
        self._sent = 0
        self.ended = False
        """Whether a mark has ended the connection: nothing more can be sent."""

    async def play(self, steps: Iterable[Step]) -> None:
        """Send and wait as `steps` say, up to their end or a mark that ends the connection.

        Does nothing once one has.
        """
        if self.ended:
            return
        run: list[Send | Raw] = []
        for step in steps:
            if isinstance(step, Send | Raw):
                run.append(step)
                continue
            await self._flush(run)
            await self._obey(step)
            if self.ended:
                return
        await self._flush(run)

    async def _flush(self, run: list[Send | Raw]) -> None:
        if run:
            self._sent += len(run)
            await self._sink.send(run, self._sizes)
            run.clear()

    async def _obey(self, step: Mark | Answer) -> None:
        match step:
            case Gate():
                await step.passage(self._conn, self._re)
            case Delay(seconds):
                await asyncio.sleep(seconds)
            case Fragment(sizes):
                self._note_fault("fragment", sizes=sizes)
                self._sizes = sizes
            case Close(code, reason):
                self.ended = True
                await self._sink.close(code, reason)
            case Fault(name):
                await self._break(name)
            case Answer():
                self.ended = True
                await self._sink.answer(step)
            case _:
                raise TypeError(
                    f"{step!r} is nothing that can be sent: expected an event, an item or a mark"
                )

    async def _break(self, name: str) -> None:
        self.ended = True
        self._note_fault(name)
        if name == "stall":
            await asyncio.get_running_loop().create_future()
        await (self._sink.cut() if name == "cut" else self._sink.reset())

    def _note_fault(self, name: str, **detail: Any) -> None:
        """Record a fault and after how many pieces of the reply it came."""
        detail["after"] = self._sent
        self._journal.note("fault", name, detail, conn=self._conn, re=self._re)
