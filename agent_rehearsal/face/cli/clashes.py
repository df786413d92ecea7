"""What does not go together: a table of checks over what is installed and how pytest is set up.

Values only; each check looks at `Facts` and says what it found and what to do about it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from agent_rehearsal.face.cli.ini import Ini
from agent_rehearsal.face.cli.plugins import Plugin
from agent_rehearsal.face.cli.versions import OURS, at_least

FIXTURES = frozenset({"codex", "journal", "realtime", "request_snapshot", "responses"})
"""The fixtures of our plugin."""
_BASE = ("aiohttp", "msgspec", "websockets", "zstandard")
_OLDEST_ASYNCIO = (1, 4)
_MODES = ("auto", "strict")
_RIVALS = {"anyio": ("anyio_mode", "auto"), "pytest-trio": ("trio_mode", "true")}
"""Distributions that may claim every asynchronous test, and the setting by which they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the checks look at."""

    versions: Mapping[str, str | None]
    """Distribution -> installed version."""
    plugins: tuple[Plugin, ...]
    ini: Ini
    aiohttp_is_fast: bool
    """Whether aiohttp has its C extensions and may use them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something found. A clash breaks tests; a note only costs something."""

    level: Literal["clash", "note"]
    text: str

    def __str__(self) -> str:
        return f"{self.level}: {self.text}"


def problems(facts: Facts) -> list[Problem]:
    """Everything that the checks find, clashes first."""
    found = [problem for check in CHECKS for problem in check(facts)]
    return sorted(found, key=lambda problem: problem.level)


def _parts_missing(facts: Facts) -> Iterator[Problem]:
    missing = [name for name in _BASE if not facts.versions.get(name)]
    if missing:
        what = f"not installed: {', '.join(missing)}; no server starts without"
        yield Problem("clash", f"{what}; install with: pip install {OURS}")


def _not_installed(facts: Facts) -> Iterator[Problem]:
    if not facts.versions.get(OURS):
        what = f"{OURS} itself is not installed, so pytest does not load its plugin"
        yield Problem("note", f"{what}; install it, or run pytest -p agent_rehearsal.face.plugin")


def _pytest_missing(facts: Facts) -> Iterator[Problem]:
    if not facts.versions.get("pytest"):
        what = "pytest is not installed, so there are no fixtures"
        yield Problem("clash", f"{what}; install with: pip install '{OURS}[pytest]'")


def _asyncio_missing(facts: Facts) -> Iterator[Problem]:
    version = facts.versions.get("pytest-asyncio")
    if version is None:
        what = "pytest-asyncio is not installed: fixtures work in synchronous tests only"
        yield Problem("note", f"{what}; install with: pip install '{OURS}[pytest]'")
    elif not at_least(version, _OLDEST_ASYNCIO):
        oldest = ".".join(map(str, _OLDEST_ASYNCIO))
        what = f"pytest-asyncio {version} is too old, expected {oldest} or later"
        yield Problem("clash", f"{what}; run: pip install 'pytest-asyncio>={oldest}'")


def _fixtures_taken(facts: Facts) -> Iterator[Problem]:
    for plugin in facts.plugins:
        taken = ", ".join(sorted(plugin.fixtures & FIXTURES))
        if taken and plugin.distribution != OURS:
            what = f"{plugin.distribution or plugin.name} defines {taken} too"
            why = "tests get the fixture of whichever plugin was loaded last"
            yield Problem("clash", f"{what}: {why}; run pytest -p no:{plugin.name}, or remove it")


def _mode(facts: Facts) -> Iterator[Problem]:
    mode = facts.ini.get("asyncio_mode")
    if not mode:
        return
    if not facts.versions.get("pytest-asyncio"):
        what = f"{facts.ini.path} sets asyncio_mode, but pytest-asyncio is not installed"
        yield Problem("clash", f"{what}; install with: pip install '{OURS}[pytest]'")
    if mode not in _MODES:
        what = f"{facts.ini.path} sets asyncio_mode = {mode}"
        yield Problem("clash", f"{what}; expected {' or '.join(_MODES)}")


def _rival_modes(facts: Facts) -> Iterator[Problem]:
    if facts.ini.get("asyncio_mode") != "auto":
        return
    for rival, (name, value) in _RIVALS.items():
        if facts.versions.get(rival) and facts.ini.get(name).lower() == value:
            what = f"{facts.ini.path} sets asyncio_mode = auto and {name} = {value}"
            yield Problem("clash", f"{what}: both claim every asynchronous test; keep one of them")


def _syrupy_missing(facts: Facts) -> Iterator[Problem]:
    if facts.versions.get("pytest") and not facts.versions.get("syrupy"):
        what = "syrupy is not installed: the fixture request_snapshot does not work"
        yield Problem("note", f"{what}; install with: pip install '{OURS}[pytest]'")


def _slow_aiohttp(facts: Facts) -> Iterator[Problem]:
    if facts.versions.get("aiohttp") and not facts.aiohttp_is_fast:
        what = "aiohttp runs without its C extensions, so servers are several times slower"
        yield Problem("note", f"{what}; install a wheel of it and unset AIOHTTP_NO_EXTENSIONS")


CHECKS: tuple[Callable[[Facts], Iterator[Problem]], ...] = (
    _parts_missing,
    _not_installed,
    _pytest_missing,
    _asyncio_missing,
    _fixtures_taken,
    _mode,
    _rival_modes,
    _syrupy_missing,
    _slow_aiohttp,
)
