"""A client as a process: started in a session of its own, bounded in time, gone afterwards.

Knows no client. A client that starts processes is ended with all of them, by their group.
"""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LIMIT = 40.0
"""Seconds that a client may take; the slowest takes a tenth of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str


async def run(*argv: str | Path, cwd: Path, env: Mapping[str, str]) -> Ended:
    """Run a command to its end, with stdin closed and `env` beside `PATH`.

    Raises TimeoutError after `LIMIT` seconds, when it has been killed.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *map(str, argv),
            cwd=cwd,
            env={"PATH": os.environ["PATH"], **env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    )
    try:
        async with asyncio.timeout(LIMIT):
            # Shielded: a start that is given up half-way would leave the rest of its group behind.
            process = await asyncio.shield(starting)
            out, err = await process.communicate()
    finally:
        process = await starting
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = await process.wait()
    return Ended(code=code, out=out.decode(), err=err.decode())
