"""The script player: one for server-sent events and WebSocket frames alike.

It hands a sink whole runs of data, so that a run becomes one transport write, and stops at every
mark.
"""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Protocol

from agent_rehearsal.journal import Connection, Journal
from agent_rehearsal.wire.division import utf8_sizes
from agent_rehearsal.wire.gate import Gate
from agent_rehearsal.wire.rewrite import Rewrite, rewritten
from agent_rehearsal.wire.script import (
    Answer,
    Close,
    Delay,
    Fault,
    Fragment,
    Mark,
    Note,
    Ping,
    Raw,
    Send,
    Slice,
    SplitUtf8,
    Step,
    WithholdPongs,
)

DATA = (Send, Raw)
"""The steps that are data; the others are marks."""


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

    async def ping(self, data: bytes) -> None:
        """Send a ping, or what comes closest to one."""

    def withhold_pongs(self) -> None:
        """Answer no ping from now on."""

    def encoded(self, piece: Send | Raw) -> bytes:
        """The bytes of a piece as they stand in the reply."""

    async def cut(self) -> None:
        """End the connection without a terminator."""

    async def half_close(self) -> None:
        """End our direction of the connection without a terminator, and read on."""

    async def reset(self) -> None:
        """Abort the connection with a RST."""


class Player:
    """Plays scripts to one sink; remembers the division into pieces that is in force."""

    def __init__(self, sink: Sink, journal: Journal, conn: Connection | None, re: int) -> None:
        self._sink = sink
        self._journal = journal
        self._conn = conn
        self._re = re
        self._sizes: tuple[int, ...] = ()
        self._splits_utf8 = False
        self._sent = 0
        self._offset = 0
        self.ended = False
        """Whether a mark has ended the connection: nothing more can be sent."""

    async def play(self, steps: Iterable[Step]) -> None:
        """Send and wait as `steps` say, up to their end or a mark that ends the connection.

        Does nothing once one has.
        """
        if self.ended:
            return
        run: list[Send | Raw] = []
        rest = iter(steps)
        while (mark := await self._advance(rest, run)) is not None:
            rest = rewritten(chain([mark], rest), self._sink.encoded)

    async def _advance(self, rest: Iterator[Step], run: list[Send | Raw]) -> Rewrite | None:
        """Play up to the end, or to a mark that changes what follows, which is returned."""
        for step in rest:
            if isinstance(step, DATA):
                run.append(step)
                continue
            if isinstance(step, Rewrite):
                return step
            await self._flush(run)
            await self._obey(step)
            if self.ended:
                return None
        await self._flush(run)
        return None

    async def _flush(self, run: list[Send | Raw]) -> None:
        if not run:
            return
        self._sent += sum(not isinstance(piece, Slice) or piece.last for piece in run)
        data = [self._sink.encoded(piece) for piece in run]
        self._offset += sum(map(len, data))
        if self._splits_utf8:
            for piece, encoded in zip(run, data, strict=True):
                await self._sink.send([piece], utf8_sizes(encoded))
        else:
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
                self._sizes, self._splits_utf8 = sizes, False
            case SplitUtf8():
                self._note_fault("split_utf8")
                self._splits_utf8 = True
            case Ping(data):
                await self._sink.ping(data)
            case WithholdPongs():
                self._note_fault("withhold_pongs")
                self._sink.withhold_pongs()
            case Note(name, detail):
                self._note_fault(name, **detail)
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
        await self._end(name)
        if name in ("stall", "half_close"):
            await asyncio.get_running_loop().create_future()

    async def _end(self, name: str) -> None:
        match name:
            case "cut":
                await self._sink.cut()
            case "reset":
                await self._sink.reset()
            case "half_close":
                await self._sink.half_close()

    def _note_fault(self, name: str, **detail: Any) -> None:
        """Record a fault, and after how many events and bytes of the reply it came."""
        place = {"after": self._sent, "offset": self._offset}
        self._journal.note("fault", name, {**detail, **place}, conn=self._conn, re=self._re)
