"""What an import drags in, seen in a fresh process; and no circle among the modules.

The layers themselves are contracts of import-linter in `pyproject.toml`; here is what these
cannot see.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from suites.repo.tree import ROOT, Module, packaged

HEAVY = (
    *("aiohttp", "click", "msgspec", "openai", "pytest", "rich", "syrupy", "websockets"),
    "zstandard",
)
HARNESS = ("agent_rehearsal", "mock_realtime", "mock_responses")
ABOVE_THE_MOCKS = (
    "agent_rehearsal.face",
    "click",
    "codex_core",
    "openai",
    "pytest",
    "rich",
    "syrupy",
)

BARRED = {
    "agent_rehearsal": (*HEAVY, "asyncio", "agent_rehearsal.", "codex_core", "mock_"),
    "agent_rehearsal.face.plugin": (
        *("aiohttp", "click", "msgspec", "openai", "rich", "syrupy", "websockets", "zstandard"),
        *("codex_core", "mock_realtime", "mock_responses"),
    ),
    "agent_rehearsal.journal": ("aiohttp", *ABOVE_THE_MOCKS, "agent_rehearsal.wire", "mock_"),
    "agent_rehearsal.wire": (*ABOVE_THE_MOCKS, "mock_"),
    "codex_core": (*HEAVY, "asyncio", "codex_core.", *HARNESS),
    "codex_core.session.codex": (
        *("aiohttp", "click", "openai", "pytest", "rich", "websockets"),
        *HARNESS,
    ),
    "mock_realtime": (*ABOVE_THE_MOCKS, "mock_responses"),
    "mock_responses": (*ABOVE_THE_MOCKS, "mock_realtime"),
}
"""Module imported first -> what it may not drag in. A trailing dot or underscore: any such name."""


def present() -> list[str]:
    names = {module.name for module in packaged()}
    packages = {module.name for module in packaged() if module.is_package}
    return sorted(packages | (names & BARRED.keys()))


def dragged_in(name: str) -> list[str]:
    """The modules loaded after `import name` in a process that imported nothing else."""
    code = f"import sys; before = set(sys.modules); import {name}; import json;"
    code += "print(json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"import {name} fails in a fresh process:\n{done.stderr}"
    loaded: list[str] = json.loads(done.stdout)
    return loaded


def is_barred(loaded: str, barred: str) -> bool:
    if barred.endswith((".", "_")):
        return loaded.startswith(barred)
    return loaded == barred or loaded.startswith(f"{barred}.")


@pytest.mark.parametrize("name", present())
def test_each_package_can_come_first(name: str) -> None:
    """Any package may be a process's first import, and it brings nothing that it must not."""
    loaded = dragged_in(name)
    unwanted = [each for each in loaded for bar in BARRED.get(name, ()) if is_barred(each, bar)]
    assert unwanted == []


def imported_modules(module: Module, names: frozenset[str]) -> Iterator[str]:
    """Modules of ours that run before this one is done."""
    for each in module.imports:
        if not (each.deferred or each.typing_only):
            whole = f"{each.module}.{each.name}"
            yield from {whole if whole in names else each.module} & names


def circle(tree: tuple[Module, ...]) -> list[str]:
    """The modules of an import circle, [] without one."""
    names = frozenset(module.name for module in tree)
    graph = {module.name: set(imported_modules(module, names)) for module in tree}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_circle_among_the_modules() -> None:
    """Imports that run at import time form no circle."""
    assert circle(packaged()) == []


def test_a_circle_is_found() -> None:
    """Two modules that import each other are named; a deferred import breaks the circle."""
    first = Module(Path("codex_core/a.py"), "from codex_core import b")
    second = Module(Path("codex_core/b.py"), "from codex_core.a import x")
    later = Module(Path("codex_core/b.py"), "def f() -> None:\n    from codex_core.a import x")
    assert sorted(set(circle((first, second)))) == ["codex_core.a", "codex_core.b"]
    assert circle((first, later)) == []
