"""What a turn costs when the history is long: `codex_core` over a WebSocket, with a thread of
10,000 items beside one of 100. Only what is new is sent, so both are to cost the same.

The threads live side by side and have the same turns; a turn adds two items to either.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.agent_server import FILL, WORD
from benchmarks.agents import Core, core
from benchmarks.report import MILLISECONDS, Comparison, Finding
from benchmarks.servers import script
from benchmarks.timing import Contestant, interleaved

SHORT, LONG = 100, 10_000
"""Items of the histories."""
STEP = FILL + 2
"""Items that a turn adds which asks for a long history."""
TURNS = 20
"""Turns of a round: one is too short."""
GOAL = 1.5


def run(*, quick: bool) -> Iterator[Finding]:
    """The cost of a turn with either history."""
    with ExitStack() as stack:
        server = stack.enter_context(script("agent_server.py"))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        base_url = f"http://127.0.0.1:{server.port}/v1"
        agents = {size: stack.enter_context(core(base_url, folder)) for size in (SHORT, LONG)}
        for size, agent in agents.items():
            agent.fresh()
            agent.turns(size // STEP, WORD.decode())
        contestants = {_named(size): _round_of(agent) for size, agent in agents.items()}
        samples = interleaved(contestants, rounds=5 if quick else 25)
    yield Comparison(
        subject="a turn over a WebSocket, from the user's words to its end",
        baseline=_named(SHORT),
        ours=_named(LONG),
        samples=samples,
        unit=MILLISECONDS,
        goal=GOAL,
    )


def _named(size: int) -> str:
    return f"{size:,} items in the history"


def _round_of(agent: Core) -> Contestant:
    return lambda: agent.turns(TURNS) / TURNS
