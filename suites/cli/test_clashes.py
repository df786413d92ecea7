"""The checks of `rehearsal doctor`, on facts that are made up."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent_rehearsal.face.cli.clashes import Facts, problems
from agent_rehearsal.face.cli.ini import Ini, nearest
from agent_rehearsal.face.cli.plugins import Plugin, fixtures_in
from agent_rehearsal.face.cli.versions import OURS, at_least

VERSIONS = {
    OURS: "0.1.0",
    "aiohttp": "3.14.0",
    "msgspec": "0.20.0",
    "websockets": "16.0",
    "zstandard": "0.25.0",
    "pytest": "9.0.0",
    "pytest-asyncio": "1.5.0",
    "syrupy": "7.0.0",
    "anyio": "4.0.0",
    "pytest-trio": "0.8.0",
}
FINE = Facts(
    versions=VERSIONS,
    plugins=(Plugin(name="rehearsal", distribution=OURS, fixtures=frozenset({"responses"})),),
    ini=Ini(Path("pytest.ini"), {"asyncio_mode": "auto"}),
    aiohttp_is_fast=True,
)
THIEF = Plugin(name="responses", distribution="pytest-responses", fixtures=frozenset({"responses"}))


def without(name: str) -> Facts:
    """Facts in which one distribution is missing."""
    return replace(FINE, versions={**VERSIONS, name: None})


def with_ini(**values: str) -> Facts:
    """Facts with these settings."""
    return replace(FINE, ini=Ini(Path("pytest.ini"), values))


CASES = {
    "no aiohttp": (without("aiohttp"), "clash: not installed: aiohttp"),
    "no pytest": (without("pytest"), "clash: pytest is not installed"),
    "no pytest-asyncio": (
        replace(without("pytest-asyncio"), ini=Ini()),
        "note: pytest-asyncio is not installed",
    ),
    "a mode without pytest-asyncio": (
        without("pytest-asyncio"),
        "clash: pytest.ini sets asyncio_mode, but pytest-asyncio is not installed",
    ),
    "an old pytest-asyncio": (
        replace(FINE, versions={**VERSIONS, "pytest-asyncio": "1.3.0"}),
        "clash: pytest-asyncio 1.3.0 is too old, expected 1.4 or later",
    ),
    "a plugin's fixture": (
        replace(FINE, plugins=(THIEF,)),
        "clash: pytest-responses defines responses too",
    ),
    "an unknown mode": (with_ini(asyncio_mode="legacy"), "clash: pytest.ini sets asyncio_mode"),
    "two modes that claim all": (
        with_ini(asyncio_mode="auto", anyio_mode="auto"),
        "clash: pytest.ini sets asyncio_mode = auto and anyio_mode = auto",
    ),
    "trio claims all": (
        with_ini(asyncio_mode="auto", trio_mode="True"),
        "clash: pytest.ini sets asyncio_mode = auto and trio_mode = true",
    ),
    "no syrupy": (without("syrupy"), "note: syrupy is not installed"),
    "not installed ourselves": (without(OURS), f"note: {OURS} itself is not installed"),
    "a slow aiohttp": (
        replace(FINE, aiohttp_is_fast=False),
        "note: aiohttp runs without its C extensions",
    ),
}


def test_what_goes_together_is_fine() -> None:
    """No problem is found where there is none; our own plugin is none."""
    assert problems(FINE) == []
    assert problems(with_ini(asyncio_mode="strict", anyio_mode="auto")) == []


@pytest.mark.parametrize("case", CASES)
def test_each_check_finds_its_own(case: str) -> None:
    """The first problem is the one, told with a remedy after a semicolon."""
    facts, wanted = CASES[case]
    told = [str(problem) for problem in problems(facts)]
    assert told[0].startswith(wanted)
    assert "; " in told[0]


def test_clashes_come_first() -> None:
    """A note never stands before a clash."""
    facts = replace(FINE, versions={}, aiohttp_is_fast=False)
    levels = [problem.level for problem in problems(facts)]
    assert levels == sorted(levels)
    assert set(levels) == {"clash", "note"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("@pytest.fixture\ndef responses(): ...", {"responses"}),
        ("@fixture(scope='session')\nasync def codex(): ...", {"codex"}),
        ("@pytest_asyncio.fixture(name='journal')\nasync def x(): ...", {"journal"}),
        ("@pytest.fixture(name=NAME)\ndef x(): ...", {"x"}),
        ("def responses(): ...", set()),
        ("@cache\ndef responses(): ...", set()),
        ("no python at all", set()),
        ("a null \0 byte", set()),
    ],
)
def test_fixtures_are_read_from_the_text(source: str, names: set[str]) -> None:
    """A decorated function counts, under the name that it is given."""
    assert fixtures_in(source) == names


@pytest.mark.parametrize(
    ("version", "enough"),
    [("1.4", True), ("1.4.0", True), ("1.10.0a1", True), ("2", True), ("1.3.9", False)],
)
def test_versions_compare_by_number(version: str, enough: bool) -> None:  # noqa: FBT001
    """Ten is later than four."""
    assert at_least(version, (1, 4)) is enough


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\nasyncio_mode = auto"),
        ("tox.ini", "[tox]\nenvlist = py\n[pytest]\nasyncio_mode = auto"),
        ("setup.cfg", "[tool:pytest]\nasyncio_mode = auto"),
        ("pyproject.toml", "[tool.pytest.ini_options]\nasyncio_mode = 'auto'"),
        ("pyproject.toml", "[tool.pytest]\nasyncio_mode = 'auto'"),
        ("pytest.toml", "[pytest]\nasyncio_mode = 'auto'"),
    ],
)
def test_settings_are_found_in_every_file(name: str, text: str, tmp_path: Path) -> None:
    """Each file that pytest reads, from below its folder; files without a section are passed."""
    (tmp_path / name).write_text(text, "utf-8")
    below = tmp_path / "below"
    below.mkdir()
    (below / "pyproject.toml").write_text("[project]\nname = 'x'", "utf-8")
    assert nearest(below) == Ini(tmp_path / name, {"asyncio_mode": "auto"})


def test_a_damaged_file_has_no_settings(tmp_path: Path) -> None:
    """A file that does not parse is passed over: pytest itself tells what is wrong in it."""
    (tmp_path / "pytest.ini").write_text("asyncio_mode = auto", "utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\nx = 'y'", "utf-8")
    assert nearest(tmp_path).values == {"x": "y"}
