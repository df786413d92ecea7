"""Many one-turn tests on two workers, on the `responses` fixture and on a stub written by hand.

Both suites have the same client and run beside the same two plugins. The tests are in `one_turn`.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import child
from benchmarks.child import plugins, pytest, without
from benchmarks.one_turn.count import VARIABLE
from benchmarks.report import SECONDS, Comparison, Finding
from benchmarks.timing import Contestant, interleaved

BARE, OURS = "aiohttp stub written by hand", "responses fixture"
GOAL = 1.5
FOLDER = Path(__file__).parent / "one_turn"
NEEDED = frozenset({child.OURS, "asyncio", "xdist", "xdist.looponfail"})


def run(*, quick: bool) -> Iterator[Finding]:
    """The wall time of each suite, from the start of pytest to its end."""
    count, rounds = (100, 2) if quick else (500, 7)
    others = plugins() - NEEDED
    contestants = {
        BARE: _suite("test_on_stub.py", count, blocked=others | {child.OURS}),
        OURS: _suite("test_on_fixture.py", count, blocked=others),
    }
    yield Comparison(
        subject=f"{count} one-turn tests, pytest -n 2",
        baseline=BARE,
        ours=OURS,
        samples=interleaved(contestants, rounds),
        unit=SECONDS,
        goal=GOAL,
    )


def _suite(name: str, count: int, *, blocked: frozenset[str]) -> Contestant:
    env = {VARIABLE: str(count)}
    suite = partial(pytest, "-n", "2", *without(blocked), name, folder=FOLDER, env=env)
    return lambda: suite().wall
