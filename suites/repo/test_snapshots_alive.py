"""Every approved snapshot belongs to a test that exists.

Layout: `snapshots/<suite>/<module>/<test>[.<name>].txt` for `suites/<suite>/<module>.py::<test>`,
and for `examples/<module>.py::<test>` as suite `examples`; the case of a parametrised test follows
its name in brackets. `snapshots/schedules/` has its own.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from suites.repo.tree import ROOT, modules

OTHER = "schedules"
EXAMPLES = "examples"
TEST_NAME = re.compile(r"test_\w+")


def names_written_in(root: Path, suite: str, module: str) -> set[str]:
    """The names of the test functions and methods in a module of a suite."""
    folder = root if suite == EXAMPLES else root / "suites"
    path = folder / suite / f"{module}.py"
    if not path.is_file():
        return set()
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and TEST_NAME.match(node.name)
    }


def orphans(root: Path) -> Iterator[str]:
    """Files below `snapshots/` that no test of `suites/` can have written."""
    folder = root / "snapshots"
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_dir() or parts[0] == OTHER:
            continue
        name = TEST_NAME.match(path.name)
        if len(parts) != 3 or path.suffix != ".txt" or not name:
            yield f"{path.relative_to(root)}: is not <suite>/<module>/<test>[.<name>].txt"
        elif name[0] not in names_written_in(root, parts[0], parts[1]):
            yield f"{path.relative_to(root)}: suites/{parts[0]}/{parts[1]}.py has no {name[0]}"


def test_every_snapshot_has_its_test() -> None:
    """A snapshot whose test was renamed or removed goes with it."""
    assert list(orphans(ROOT)) == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A tree with one test in `suites/turns/test_tools.py`."""
    (tmp_path / "suites/turns").mkdir(parents=True)
    (tmp_path / "suites/turns/test_tools.py").write_text(
        "class TestA:\n    async def test_ls(): ..."
    )
    return tmp_path


@pytest.mark.parametrize("name", ["test_ls.txt", "test_ls.second.txt", "test_ls[sse-1].second.txt"])
def test_a_snapshot_of_a_test_is_alive(checkout: Path, name: str) -> None:
    """A name behind a dot, or a case in brackets, belongs to the same test."""
    (checkout / "snapshots/turns/test_tools").mkdir(parents=True)
    (checkout / "snapshots/turns/test_tools" / name).touch()
    assert list(orphans(checkout)) == []


@pytest.mark.parametrize(
    "name",
    [
        "turns/test_tools/test_cat.txt",
        "turns/test_gone/test_ls.txt",
        "turns/test_tools/test_ls_all.txt",
        "turns/test_tools/notes.md",
        "turns/test_ls.txt",
    ],
)
def test_an_orphan_is_named(checkout: Path, name: str) -> None:
    """Neither another module's test nor a longer name keeps a snapshot alive."""
    path = checkout / "snapshots" / name
    path.parent.mkdir(parents=True)
    path.touch()
    (line,) = orphans(checkout)
    assert line.startswith(f"snapshots/{name}: ")


def test_schedules_are_left_alone(checkout: Path) -> None:
    """Schedules that were found and kept have a layout of their own."""
    (checkout / "snapshots/schedules").mkdir(parents=True)
    (checkout / "snapshots/schedules/a.json").touch()
    assert list(orphans(checkout)) == []


def test_the_suites_are_where_this_test_looks() -> None:
    """The tree that is read is the one that this test is part of."""
    assert Path("suites/repo/test_snapshots_alive.py") in {m.path for m in modules("suites/repo")}
