"""The only seam to the world: clock, ids, jitter, environment, processes.

Everything that could differ between two runs comes through a `Runtime`; no other module of the core
reads a clock, draws entropy, looks at the environment or starts a process. Timeouts are not here:
they are the event loop's own time.
"""

import asyncio
import contextlib
import itertools
import os
import random
import signal
import subprocess
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

__all__ = ["Command", "Process", "RealRunner", "Runner", "Runtime"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A program to run: argument vector, absolute working folder, whole environment."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


class Process(Protocol):
    """A command that runs."""

    @property
    def pid(self) -> str:
        """The process id as text."""
        ...

    async def read(self) -> bytes:
        """The next bytes of both output streams, as they came; b"" at the end."""
        ...

    async def wait(self) -> int:
        """The exit code; negative for the signal that ended it."""
        ...

    def kill(self) -> None:
        """Ends the whole process group at once; harmless when it is gone."""
        ...


class Runner(Protocol):
    """Starts commands. A test hands in its own to script them."""

    async def start(self, command: Command) -> Process:
        """Starts a command without standard input; raises `OSError` when that cannot be done."""
        ...


def _counted_ids(seed: int) -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{seed:08x}-0000-7000-8000-{next(numbers):012x}"


def _uuid7() -> str:
    """RFC 9562 version 7: 48 bits of Unix milliseconds, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | random.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    text = f"{value & ~(0x3 << 62) | 0x2 << 62:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _local_timezone() -> str:
    named = os.environ.get("TZ", "").lstrip(":")
    if named:
        return named
    with contextlib.suppress(OSError):
        _, found, name = os.path.realpath("/etc/localtime").partition("zoneinfo/")
        if found:
            return name
    return "Etc/UTC"


def _platform() -> str:
    system = os.uname()
    return f"{system.sysname} {system.release}; {system.machine}"


class RealRunner:
    """Runs commands as processes, each the leader of a session and group of its own."""

    async def start(self, command: Command) -> Process:
        """As the protocol says; a start that is cancelled leaves no process behind."""
        starting = asyncio.ensure_future(_spawn(command))
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                process = await starting
                process.kill()
                await process.wait()
            raise


async def _spawn(command: Command) -> Process:
    _, protocol = await asyncio.get_running_loop().subprocess_exec(
        _Output,
        *command.argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=command.cwd,
        env=dict(command.env),
        start_new_session=True,
    )
    return protocol


class _Output(asyncio.SubprocessProtocol):
    """A process and what it wrote.

    A background child may hold the output open after the command ended: reading ends
    `TRAILING` seconds after the exit, or at once after a kill. A reader that falls behind stops the
    pipe at `HIGH_WATER` bytes, and then has as long from where it goes on.
    """

    TRAILING = 0.05
    HIGH_WATER = 1 << 20

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._chunks: deque[bytes] = deque()
        self._buffered = 0
        self._paused = False
        self._killed = False
        self._ended = False
        self._ending: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()
        self._exited: asyncio.Future[int] = self._loop.create_future()
        self._transport: asyncio.SubprocessTransport

    @property
    def pid(self) -> str:
        return str(self._transport.get_pid())

    async def read(self) -> bytes:
        while not self._chunks and not self._ended:
            self._changed.clear()
            await self._changed.wait()
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._buffered = 0
        self._flow(paused=False)
        return data

    async def wait(self) -> int:
        return await asyncio.shield(self._exited)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), signal.SIGKILL)
        self._killed = True
        if self._exited.done():
            self._end()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._chunks.append(data)
        self._buffered += len(data)
        self._flow(paused=self._buffered >= self.HIGH_WATER)
        self._changed.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._end()

    def process_exited(self) -> None:
        if not self._exited.done():
            self._exited.set_result(self._transport.get_returncode() or 0)
        if self._ended or self._killed:
            self._end()
        elif not self._paused:
            self._end_soon()

    def _end_soon(self) -> None:
        self._ending = self._loop.call_later(self.TRAILING, self._end)

    def _end(self) -> None:
        self._ended = True
        self._changed.set()
        if self._exited.done():
            self._transport.close()

    def _flow(self, *, paused: bool) -> None:
        pipe = self._transport.get_pipe_transport(1)
        if paused == self._paused or not isinstance(pipe, asyncio.ReadTransport):
            return
        self._paused = paused
        if self._ending is not None:
            self._ending.cancel()
        if paused:
            pipe.pause_reading()
            return
        pipe.resume_reading()
        if self._exited.done():
            self._end_soon()


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What the core may ask of the world; the defaults are real.

    `root` is the folder that relative paths start from; `platform` and `timezone` are told to the
    provider and to the model.
    """

    now: Callable[[], float] = time.time
    """Wall clock, Unix seconds."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds for measuring durations."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uuid: Callable[[], str] = field(default_factory=lambda: _uuid7)
    jitter: Callable[[float, float], float] = random.uniform
    runner: Runner = field(default_factory=RealRunner)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    root: Path = field(default_factory=Path.cwd)
    timezone: str = field(default_factory=_local_timezone)
    platform: str = field(default_factory=_platform)

    @classmethod
    def deterministic(
        cls,
        seed: int = 0,
        *,
        runner: Runner | None = None,
        env: Mapping[str, str] | None = None,
        root: Path | None = None,
    ) -> "Runtime":
        """A runtime that is the same in every run.

        Ids count up (their first group is the seed), both clocks stand still, delays are real but
        without jitter, the environment is empty unless given. Commands are real unless `runner` is
        given.
        """
        return cls(
            now=lambda: 1_750_000_000.0,
            monotonic=lambda: 0.0,
            uuid=_counted_ids(seed),
            jitter=lambda low, high: (low + high) / 2,
            runner=runner or RealRunner(),
            env=dict(env or {}),
            root=root or Path.cwd(),
            timezone="Etc/UTC",
            platform="Test 0; any",
        )
