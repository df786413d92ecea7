"""`pytest --collect-only` with the plugin installed and unused, against the same with the plugin
blocked: what everybody pays who has it in the environment.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import child
from benchmarks.child import Cost, plugins, pytest, without
from benchmarks.report import MILLISECONDS, Comparison, Difference, Finding
from benchmarks.timing import Samples, rounds_of

BARE, OURS = f"-p no:{child.OURS}", "installed, unused"
GOAL = 0.030
"""Seconds."""
TEST = '''"""A test that needs no fixture."""


def test_nothing() -> None:
    """It is collected, never run."""
'''


def run(*, quick: bool) -> Iterator[Finding]:
    """The cost beside every plugin that is installed here, and beside none."""
    others = plugins() - {child.OURS}
    rounds = 4 if quick else 20
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
        (folder / "test_nothing.py").write_text(TEST, "utf-8")
        yield from _compare(folder, f"beside {len(others)} other plugins", [], rounds)
        yield from _compare(folder, "beside no other plugin", without(others), rounds)


def _compare(folder: Path, where: str, blocked: list[str], rounds: int) -> Iterator[Finding]:
    collect = partial(pytest, "--collect-only", *blocked, folder=folder)
    contestants: dict[str, Callable[[], Cost]] = {
        BARE: partial(collect, *without({child.OURS})),
        OURS: collect,
    }
    costs = rounds_of(contestants, rounds)
    for clock in ("wall", "user"):
        comparison = Comparison(
            subject=f"pytest --collect-only {where}, {clock} time",
            baseline=BARE,
            ours=OURS,
            samples={n: Samples(tuple(getattr(c, clock) for c in v)) for n, v in costs.items()},
            unit=MILLISECONDS,
        )
        yield Difference(comparison=comparison, goal=GOAL)
