"""What the house asks of every file: a docstring, a size that fits in one head, no shortcuts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from suites.repo.tree import PACKAGES, ROOT, Module, modules

CODE = (*PACKAGES, "suites", "benchmarks")
MOST_LINES = 400
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|Users|work|workspace)/\w")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b")
TEXT = {".cfg", ".md", ".py", ".toml", ".txt", ".json", ".yml"}
NEVER = ("pytest.mark.flaky", "pytest.skip", "pytest.importorskip", "time.sleep")
SLEEPS = {"suites/races/zoo/ground.py": "a program under test takes its time; no test waits by it"}
"""Modules that may sleep, and why."""
WITH_REASON = ("pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail")


def texts() -> Iterator[Path]:
    """Every text file of the repository that people wrote."""
    folders = (*CODE, "docs", "snapshots", ".ci")
    inner = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    for path in (*ROOT.iterdir(), *inner):
        if path.suffix in TEXT or path.name in {"Makefile", "run"}:
            yield path


def shortcuts(module: Module) -> Iterator[str]:
    """Sleeps, retries and bare skips in a test module."""
    for node in ast.walk(module.tree):
        place = f"{module.path}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Attribute() if ast.unparse(node) in NEVER:
                yield f"{place}: {ast.unparse(node)}; wait for what the test waits for"
            case ast.Call(func=func, args=args) if ast.unparse(func) == "asyncio.sleep":
                if ast.unparse(args[0]) != "0" and str(module.path) not in SLEEPS:
                    yield f"{place}: a sleep; wait for an entry, a gate or a future"
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from (
                    f"{place}: {mark} without a reason that a user would accept"
                    for mark in unexplained_marks(node.decorator_list)
                )


def unexplained_marks(decorators: list[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
        if ast.unparse(called) in WITH_REASON and "reason" not in {k.arg for k in keywords}:
            yield ast.unparse(called)


def untold_rules(module: Module) -> Iterator[str]:
    """Tests whose docstring does not say which rule they prove."""
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name.startswith("test_")
            and not ast.get_docstring(node)
        ):
            yield f"{module.path}:{node.lineno}: {node.name} does not say the rule it proves"


def test_every_module_opens_with_its_law() -> None:
    """A module without a docstring does not say what may live in it."""
    assert [str(m.path) for m in modules(*CODE) if not ast.get_docstring(m.tree)] == []


def test_no_module_has_two_subjects() -> None:
    """A module over 400 lines is to be divided."""
    sizes = {str(m.path): len(m.source.splitlines()) for m in modules(*CODE)}
    assert {path: size for path, size in sizes.items() if size > MOST_LINES} == {}


def test_the_suites_take_no_shortcut() -> None:
    """No sleep, no retry, no skip without a reason."""
    assert [line for module in modules("suites") for line in shortcuts(module)] == []


def test_every_test_says_its_rule() -> None:
    """The docstring of a test is the rule it proves."""
    assert [line for module in modules("suites") for line in untold_rules(module)] == []


def test_nothing_is_tied_to_a_machine_or_left_undone() -> None:
    """No path of somebody's machine, no note of something to be done."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if MACHINE_PATH.search(line) or UNFINISHED.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("async def test_a():\n    await asyncio.sleep(0.1)", 1),
        ("def test_a():\n    time.sleep(1)", 1),
        ("@pytest.mark.flaky(reruns=3)\ndef test_a(): ...", 1),
        ("@pytest.mark.skip\ndef test_a(): ...", 1),
        ("@pytest.mark.xfail(strict=True)\nclass TestA: ...", 1),
        ("@pytest.mark.skipif(WINDOWS, reason='no signals')\ndef test_a(): ...", 0),
        ("async def test_a():\n    await asyncio.sleep(0)", 0),
    ],
)
def test_a_shortcut_is_found(source: str, count: int) -> None:
    """Each shortcut is reported once; yielding to the loop is none."""
    assert len(list(shortcuts(Module(Path("suites/turns/test_a.py"), source)))) == count


@pytest.mark.parametrize("prefix", ["home", "root", "tmp", "Users"])
def test_a_machine_path_is_found(prefix: str) -> None:
    """A path below a person's or a machine's folder is recognised, a URL path is not."""
    assert MACHINE_PATH.search(f'"/{prefix}/somebody"')
    assert not MACHINE_PATH.search(f"https://example.org/{prefix}/x")
