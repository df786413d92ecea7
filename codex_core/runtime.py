"""The only seam to the world: clock, ids, jitter, environment, processes.

Everything that could differ between two runs comes through a `Runtime`; no other module of the core
reads a clock, draws entropy, looks at the environment or starts a process. Timeouts are not here:
they are the event loop's own time.
"""

import asyncio
import contextlib
import errno
import itertools
import os
import pwd
import random
import shutil
import signal
import subprocess
import termios
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import IO, Protocol, cast

import msgspec
from msgspec import field

__all__ = ["Command", "Process", "RealRunner", "Runner", "Runtime"]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A program to run: argument vector, absolute working folder, whole environment.

    With `tty` it has a terminal of its own for input and output; without, its input is empty.
    `confinement` is the argument vector of a program that starts it and holds it in. What a `quiet`
    one writes to its error stream is dropped, not mixed into its output.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    tty: bool = False
    confinement: tuple[str, ...] = ()
    quiet: bool = False


class Process(Protocol):
    """A command that runs. Its signals go to its whole process group; none is an error when the
    group is gone.
    """

    @property
    def strays(self) -> bool:
        """Has the command ended and left others of its group behind?"""
        ...

    async def read(self) -> bytes:
        """The next bytes of both output streams, as they came; b"" at the end."""
        ...

    async def wait(self) -> int:
        """The exit code; negative for the signal that ended it."""
        ...

    async def write(self, data: bytes) -> None:
        """Types into the terminal, whether it is read or not; without one nothing happens."""
        ...

    def interrupt(self) -> None:
        """Asks it to stop what it does, as ctrl-c would (SIGINT)."""
        ...

    def terminate(self) -> None:
        """Asks it to end (SIGTERM)."""
        ...

    def kill(self) -> None:
        """Ends it at once (SIGKILL)."""
        ...


class Runner(Protocol):
    """Starts commands. A test hands in its own to script them."""

    async def start(self, command: Command) -> Process:
        """Starts a command; raises `OSError` when that cannot be done."""
        ...

    async def try_out(self, command: Command) -> str | None:
        """Runs a command to its end, at once; None if it ended well, else what it said."""
        ...

    def find(self, program: str, env: Mapping[str, str]) -> str | None:
        """Where a program is, by the PATH of an environment; None if it cannot be started."""
        ...


def _counted_ids(seed: int) -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{seed:08x}-0000-7000-8000-{next(numbers):012x}"


def _process_id() -> int:
    return random.randrange(1_000, 100_000)


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


def _full_name() -> str:
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0]
    return ""


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

    async def try_out(self, command: Command) -> str | None:
        """As the protocol says."""
        try:
            process = await self.start(command)
        except OSError as error:
            return str(error)
        output = b""
        while chunk := await process.read():
            output += chunk
        code = await process.wait()
        said = output.decode(errors="replace").strip()
        return None if code == 0 else f"{said or 'it said nothing'} (exit code {code})"

    def find(self, program: str, env: Mapping[str, str]) -> str | None:
        """As the protocol says; without a PATH the system's own is taken."""
        return shutil.which(program, path=env.get("PATH", os.defpath))


_WINDOW = (24, 80)
_TAKE_TERMINAL = ': <"$0"; exec "$@"'
"""A session's leader has a terminal as its own once it opened it by name; then ctrl-c works."""


async def _spawn(command: Command) -> Process:
    if command.tty:
        return await _spawn_on_terminal(command)
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    argv = (*command.confinement, *command.argv)
    return await _exec(command, argv, stdin=null, stdout=pipe)


async def _spawn_on_terminal(command: Command) -> Process:
    inner = (*command.confinement, *command.argv)
    if RealRunner().find(inner[0], command.env) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), inner[0])
    with contextlib.ExitStack() as ends:
        near, far = (ends.enter_context(os.fdopen(end, "rb+", 0)) for end in os.openpty())
        termios.tcsetwinsize(far, _WINDOW)
        argv = ("/bin/sh", "-c", _TAKE_TERMINAL, os.ttyname(far.fileno()), *inner)
        process = await _exec(command, argv, stdin=far, stdout=far)
        far.close()
        await process.attach(near)
        ends.pop_all()
    return process


async def _exec(
    command: Command, argv: tuple[str, ...], *, stdin: int | IO[bytes], stdout: int | IO[bytes]
) -> "_Output":
    _, protocol = await asyncio.get_running_loop().subprocess_exec(
        _Output,
        *argv,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL if command.quiet else subprocess.STDOUT,
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
        self.strays = False
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
        self._screen: asyncio.BaseTransport | None
        self._keyboard: asyncio.WriteTransport | None = None

    async def attach(self, terminal: IO[bytes]) -> None:
        """Takes the near end of the command's terminal, to read and to type."""
        typed = os.fdopen(os.dup(terminal.fileno()), "wb", 0)
        self._keyboard, _ = await self._loop.connect_write_pipe(asyncio.BaseProtocol, typed)
        self._screen, _ = await self._loop.connect_read_pipe(lambda: _Screen(self), terminal)

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

    async def write(self, data: bytes) -> None:
        if self._keyboard is not None and not self._keyboard.is_closing():
            self._keyboard.write(data)

    def interrupt(self) -> None:
        self._signal(signal.SIGINT)

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._killed = True
        self.strays = False
        if self._exited.done():
            self._end()

    def _signal(self, number: int) -> bool:
        """Was there anything of the group? The id of a group that is gone may be another's."""
        if self._exited.done() and not self.strays:
            return False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), number)
            return True
        return False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._screen = self._transport.get_pipe_transport(1)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._chunks.append(data)
        self._buffered += len(data)
        self._flow(paused=self._buffered >= self.HIGH_WATER)
        self._changed.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._end()

    def process_exited(self) -> None:
        self.strays = not self._killed and self._signal(0)
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
            self._release()

    def _release(self) -> None:
        self._transport.close()
        if self._screen is not None:
            self._screen.close()
        if self._keyboard is not None and not self._keyboard.is_closing():
            self._keyboard.abort()

    def _flow(self, *, paused: bool) -> None:
        pipe = self._screen
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


class _Screen(asyncio.Protocol):
    """The near end of a terminal: what a command shows there is its output."""

    def __init__(self, output: _Output) -> None:
        self._output = output

    def data_received(self, data: bytes) -> None:
        self._output.pipe_data_received(1, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._output.pipe_connection_lost(1, exc)


class Runtime(msgspec.Struct, frozen=True, kw_only=True):
    """What the core may ask of the world; the defaults are real.

    `root` is the folder that relative paths start from; `platform` and `timezone` are told to the
    provider and to the model. `msgspec.structs.replace` makes another that differs in some of it.
    """

    now: Callable[[], float] = time.time
    """Wall clock, Unix seconds."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds for measuring durations."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    uuid: Callable[[], str] = field(default_factory=lambda: _uuid7)
    jitter: Callable[[float, float], float] = random.uniform
    process_id: Callable[[], int] = _process_id
    """Numbers that commands are known by to the model; one may come twice."""
    runner: Runner = field(default_factory=RealRunner)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    root: Path = field(default_factory=Path.cwd)
    timezone: str = field(default_factory=_local_timezone)
    platform: str = field(default_factory=_platform)
    full_name: str = field(default_factory=_full_name)

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
            process_id=itertools.count(1_000).__next__,
            jitter=lambda low, high: (low + high) / 2,
            runner=runner or RealRunner(),
            env=dict(env or {}),
            root=root or Path.cwd(),
            timezone="Etc/UTC",
            platform="Test 0; any",
            full_name="",
        )
