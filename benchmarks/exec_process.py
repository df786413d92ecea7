"""One prompt as a process, from its start to its exit, over a WebSocket: `python -m codex_core
exec` beside the native program of the Codex CLI, each in a fresh home.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.agents import SAID, VERSION, cli_home, cli_missing, cli_program
from benchmarks.child import Unmeasured
from benchmarks.report import MILLISECONDS, Comparison, Finding, Remark
from benchmarks.servers import script
from benchmarks.timing import Contestant, interleaved

GOAL = 1.5
OURS, THEIRS = "python -m codex_core exec", f"codex exec, {VERSION}"
LIMIT = 60.0
"""Seconds after which a process counts as hung."""


def run(*, quick: bool) -> Iterator[Finding]:
    """The wall time of both; a remark where there is no CLI."""
    missing = cli_missing()
    if missing:
        yield Remark(f"not run: {missing}")
        return
    with script("agent_server.py") as server, TemporaryDirectory() as folder:
        fresh = _homes(Path(folder), f"http://127.0.0.1:{server.port}/v1")
        ours = (sys.executable, "-m", "codex_core", "exec", SAID)
        theirs = (str(cli_program()), "exec", "--skip-git-repo-check", "--ephemeral", SAID)
        contestants = {THEIRS: _process(theirs, fresh), OURS: _process(ours, fresh)}
        samples = interleaved(contestants, rounds=5 if quick else 25)
    yield Comparison(
        subject="exec of one prompt, from the start of the process to its end",
        baseline=THEIRS,
        ours=OURS,
        samples=samples,
        unit=MILLISECONDS,
        goal=GOAL,
    )


Home = tuple[Path, Mapping[str, str]]
"""A working folder, and the environment of a process whose home lies in it."""


def _homes(folder: Path, base_url: str) -> Callable[[], Home]:
    numbers = count()

    def fresh() -> Home:
        work = folder / str(next(numbers))
        return work, cli_home(work, base_url)

    return fresh


def _process(command: tuple[str, ...], fresh: Callable[[], Home]) -> Contestant:
    def once() -> float:
        work, env = fresh()
        begin = perf_counter()
        done = subprocess.run(
            command,
            cwd=work,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
        took = perf_counter() - begin
        if done.returncode != 0 or done.stdout.strip() != b"done":
            raise Unmeasured(f"{command}: exit code {done.returncode}, {done.stderr.decode()}")
        return took

    return once
