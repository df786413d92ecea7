"""pytest as a child process with chosen plugins, and what it cost. Knows no benchmark."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from time import perf_counter

OURS = "rehearsal"
"""Our plugin's name."""
LIMIT = 120
"""Seconds after which a run counts as hung."""
_SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_PLUGINS")
"""What would change the runs from outside."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of one run: on the wall, and of processor time in user mode, workers included."""

    wall: float
    user: float


class Unmeasured(RuntimeError):
    """Why there is nothing to measure: our plugin is not there, or a run failed or hung."""


def plugins() -> frozenset[str]:
    """The pytest plugins that are installed, by name. Raises Unmeasured if ours is not there."""
    names = frozenset(found.name for found in entry_points(group="pytest11"))
    if OURS not in names:
        raise Unmeasured(
            "the pytest plugin is not installed in this environment; "
            "run `make bench`, or `pip install -e '.[test]'` first"
        )
    return names


def without(names: Iterable[str]) -> list[str]:
    """The arguments that block these plugins."""
    return [argument for name in sorted(names) for argument in ("-p", f"no:{name}")]


def pytest(*arguments: str, folder: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Run pytest in `folder`, which leaves no cache there.

    Raises Unmeasured for a run that fails, with its output, or lasts longer than `LIMIT`.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    kept = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    user, wall = _user(), perf_counter()
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**kept, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unmeasured(f"{' '.join(command)}: not done after {LIMIT} s") from error
    if done.returncode != 0:
        raise Unmeasured(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout[-4000:]}")
    return Cost(wall=perf_counter() - wall, user=_user() - user)


def _user() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
