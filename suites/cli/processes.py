"""The command as a real process: run to its end, or served from until it is told to end.

Every process is bounded in time and gone when its test is.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ("-m", "agent_rehearsal.face.cli")
READY = "rehearsal: listening on "
LIMIT = 30.0
"""Seconds that anything here may take; it takes well under one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str


async def python(*args: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Done:
    """Run Python with `args` to its end, `env` on top of this process's environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, args),
        cwd=cwd,
        env=_environment(env),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with _bounded(process):
        out, err = await process.communicate()
    return Done(code=process.returncode or 0, out=out.decode(), err=err.decode())


async def rehearsal(*args: object, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Done:
    """Run `rehearsal` with `args` to its end."""
    return await python(*COMMAND, *args, cwd=cwd, env=env)


class Serving:
    """A `rehearsal serve` that is ready."""

    def __init__(self, process: asyncio.subprocess.Process, ready: str, errors: Path) -> None:
        self._process = process
        self._ready = ready
        self._errors = errors

    @property
    def url(self) -> str:
        """Where it listens: `http://127.0.0.1:PORT`."""
        return self._ready.strip().removeprefix(READY)

    @property
    def port(self) -> int:
        """The port in that."""
        return int(self.url.rpartition(":")[2])

    async def line(self) -> str:
        """The next line that it says on stdout."""
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    @property
    def err(self) -> str:
        """What it has said on stderr so far."""
        return self._errors.read_text("utf-8")

    async def end(self, number: signal.Signals | None = signal.SIGTERM) -> Done:
        """How it ends after a signal; None waits for it to end by itself."""
        if number is not None:
            self._process.send_signal(number)
        out, _ = await self._process.communicate()
        code = self._process.returncode
        assert code is not None
        return Done(code=code, out=self._ready + out.decode(), err=self.err)


@asynccontextmanager
async def serving(*args: object, errors: Path) -> AsyncIterator[Serving]:
    """Start `rehearsal serve` with `args` and wait for its line; its stderr goes to `errors`."""
    with errors.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *COMMAND,
            "serve",
            *map(str, args),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    async with _bounded(process):
        assert process.stdout is not None
        ready = (await process.stdout.readline()).decode()
        assert ready.startswith(READY), errors.read_text("utf-8")
        yield Serving(process, ready, errors)


@asynccontextmanager
async def _bounded(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LIMIT):
            yield
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **(more or {})}
