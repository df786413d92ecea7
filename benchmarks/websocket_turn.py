"""A whole turn over a WebSocket against a server that answers at once: `codex_core` as a library,
beside the app server of the Codex CLI.

Each round begins a thread, so that histories stay short, and does not count its first turns: these
connect.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.agents import CLI, CORE, Cli, Core, cli, cli_missing, core
from benchmarks.report import MILLISECONDS, Comparison, Finding, Remark
from benchmarks.servers import script
from benchmarks.timing import Contestant, interleaved

GOAL = 0.33
WARM = 3
"""Turns of a thread before those that count."""
TURNS = 20
"""Turns of a round that count: one is too short."""


def run(*, quick: bool) -> Iterator[Finding]:
    """The cost of a turn of both; a remark where there is no CLI."""
    missing = cli_missing()
    if missing:
        yield Remark(f"not run: {missing}")
        return
    with script("agent_server.py") as server, TemporaryDirectory() as folder:
        base_url = f"http://127.0.0.1:{server.port}/v1"
        with cli(base_url, Path(folder)) as theirs, core(base_url, Path(folder)) as ours:
            contestants = {CLI: _round_of(theirs), CORE: _round_of(ours)}
            samples = interleaved(contestants, rounds=5 if quick else 25)
    yield Comparison(
        subject="a warm turn over a WebSocket, from the user's words to its end",
        baseline=CLI,
        ours=CORE,
        samples=samples,
        unit=MILLISECONDS,
        goal=GOAL,
    )


def _round_of(agent: Cli | Core) -> Contestant:
    def once() -> float:
        agent.fresh()
        agent.turns(WARM)
        return agent.turns(TURNS) / TURNS

    return once
