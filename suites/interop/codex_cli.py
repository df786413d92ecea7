"""The real Codex CLI as a process: found, run once with a prompt, and gone afterwards."""

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("0.142.0", "0.169.0")
"""The versions that `make interop` installs side by side."""
LIMIT = 40.0
"""Seconds that a run may take; it takes well under one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run left behind."""

    code: int
    events: list[dict[str, Any]]
    """The JSON lines on stdout."""
    stderr: str


def program(version: str) -> Path:
    """The CLI of one version: the native binary, else the wrapper that npm made."""
    modules = ROOT / ".interop" / f"codex-{version}" / "node_modules"
    native = sorted(modules.glob("@openai/codex-*/vendor/*/*/codex"))
    for path in (*native, modules / ".bin" / "codex"):
        if path.is_file():
            return path.resolve()
    raise AssertionError(
        f"Codex CLI {version} is not in {modules}; `make interop` installs it and runs these tests"
    )


async def codex_exec(version: str, prompt: str, *, cwd: Path, env: Mapping[str, str]) -> Run:
    """Run `codex exec` on `prompt` to its end. Raises TimeoutError after `LIMIT` seconds."""
    process = await asyncio.create_subprocess_exec(
        program(version),
        *("exec", "--json", "--skip-git-repo-check", prompt),
        cwd=cwd,
        env={**env, "PATH": os.environ["PATH"]},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(LIMIT):
            out, err = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = await process.wait()
    events = [json.loads(line) for line in out.splitlines()]
    return Run(code=code, events=events, stderr=err.decode())
