"""One command on its way: it reads itself, tells what happens, and keeps what nobody fetched yet.

A session lives from the start of its process to its end, whoever waits for it and whatever becomes
of the turn that started it. It has one begin and one end event.
"""

import asyncio
from collections.abc import Callable

import msgspec

from codex_core.protocol.events import (
    EventMsg,
    ExecCommandBegin,
    ExecCommandEnd,
    ExecCommandOutputDelta,
)
from codex_core.runtime import Command, Process, Runtime
from codex_core.tools.output import OutputBuffer

__all__ = ["Origin", "Session", "Tell"]

Tell = Callable[[str, EventMsg], None]
"""Tells an event of a turn, by the turn's id, after the turn's end too."""

_EXPIRED = 124
"""The exit code that `timeout` has for a command that it ended."""
_TOLD_BYTES = 1 << 20
_DELTA_COST = 100
"""A delta counts for its bytes and this many more: so tiny ones are bounded too."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Who started a command: a call of a turn, or the user."""

    call_id: str
    turn_id: str
    source: str = "unified_exec_startup"


class Session:
    """A running command; `id` is what the model knows it by."""

    def __init__(
        self,
        *,
        session_id: int,
        origin: Origin,
        command: Command,
        process: Process,
        runtime: Runtime,
        tell: Tell,
    ) -> None:
        self.id = session_id
        self.process = process
        self.output = OutputBuffer()
        """All that it wrote."""
        self.exit_code: int | None = None
        """As a shell has it: 128 and more for the signal that ended it. None while it runs."""
        self.expired = False
        """Was it ended because its time was up?"""
        self._origin = origin
        self._command = command
        self._runtime = runtime
        self._tell = tell
        self._news = OutputBuffer()
        self._untold = _TOLD_BYTES
        self._started = runtime.monotonic()
        self._tell_begin()
        self.following = asyncio.ensure_future(self._follow())
        """Done when the command has ended and that has been told."""

    @property
    def has_terminal(self) -> bool:
        """Can be typed to."""
        return self._command.tty

    @property
    def wall_time(self) -> float:
        """Seconds since the start."""
        return self._runtime.monotonic() - self._started

    async def wait(self, seconds: float | None = None) -> None:
        """Until it has ended, or the time is up; it goes on when the caller is cancelled."""
        await asyncio.wait([self.following], timeout=seconds)

    def expire(self) -> None:
        """Kills it because its time is up; its exit code says so."""
        self.expired = True
        self.process.kill()

    def take_news(self) -> OutputBuffer:
        """What it wrote since the last time."""
        news, self._news = self._news, OutputBuffer()
        return news

    async def _follow(self) -> None:
        try:
            while chunk := await self.process.read():
                self._take(chunk)
        except BaseException:
            self.process.kill()
            raise
        finally:
            code = await self.process.wait()
            self.exit_code = _EXPIRED if self.expired else code if code >= 0 else 128 - code
            self._tell_end(self.exit_code)

    def _take(self, chunk: bytes) -> None:
        """Deltas end where telling on would fill the memory; the end event has both ends."""
        self.output.add(chunk)
        self._news.add(chunk)
        cost = len(chunk) + _DELTA_COST
        if cost <= self._untold:
            self._untold -= cost
            delta = ExecCommandOutputDelta(call_id=self._origin.call_id, chunk=chunk)
            self._tell(self._origin.turn_id, delta)

    def _tell_begin(self) -> None:
        self._tell(
            self._origin.turn_id,
            ExecCommandBegin(
                call_id=self._origin.call_id,
                turn_id=self._origin.turn_id,
                process_id=str(self.id),
                command=self._command.argv,
                cwd=str(self._command.cwd),
                source=self._origin.source,
                started_at_ms=int(self._runtime.now() * 1000),
            ),
        )

    def _tell_end(self, code: int) -> None:
        self._tell(
            self._origin.turn_id,
            ExecCommandEnd(
                call_id=self._origin.call_id,
                turn_id=self._origin.turn_id,
                process_id=str(self.id),
                command=self._command.argv,
                cwd=str(self._command.cwd),
                source=self._origin.source,
                aggregated_output=self.output.text,
                exit_code=code,
                duration_ms=int(self.wall_time * 1000),
                status="failed" if code else "completed",
            ),
        )
