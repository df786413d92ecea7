"""Plugins and options that fight exploration: a table, and the words that refuse them.

Each of them replaces what exploration replaces, or runs a test again on its own account.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

MARKS = {
    "flaky": "it is marked flaky: a rerun hides the schedule that exploration looks for",
    "forked": "it is marked forked: it runs in a process of its own",
    "repeat": "it is marked repeat, which runs it several times under one schedule",
    "parallel_threads": "it is marked parallel_threads: it runs on threads",
}
"""Marks of other plugins -> why a test that has one cannot be explored."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A plugin that fights exploration."""

    name: str
    """As one installs it."""
    here: Callable[[pytest.Config], bool]
    """Is it in the way in this run?"""
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name} {self.why}; {self.remedy}"


def _option(*names: str) -> Callable[[pytest.Config], bool]:
    return lambda config: any(config.getoption(name, None) for name in names)


def _more_than(name: str, least: int) -> Callable[[pytest.Config], bool]:
    def here(config: pytest.Config) -> bool:
        value = config.getoption(name, None)
        return value is not None and str(value) not in map(str, range(least + 1))

    return here


def _loaded(*modules: str) -> Callable[[pytest.Config], bool]:
    return lambda config: any(is_loaded(config, module) for module in modules)


def is_loaded(config: pytest.Config, module: str) -> bool:
    """Is this module a plugin of this run, by whatever name it was registered?"""
    plugin = sys.modules.get(module)
    return plugin is not None and config.pluginmanager.is_registered(plugin)


_RERUNS = "runs a failed test again, on the stock loop"
CLASHES = (
    Clash(
        "looptime",
        _loaded("looptime.plugin", "looptime._internal.plugin"),
        "replaces the loops' time, and so does exploration",
        "pass -p no:looptime_plugin",
    ),
    Clash("pytest-rerunfailures", _more_than("reruns", 0), _RERUNS, "leave --reruns out"),
    Clash("pytest-retry", _more_than("retries", 0), _RERUNS, "leave --retries out"),
    Clash("flaky", _option("force_flaky"), _RERUNS, "leave --force-flaky out"),
    Clash(
        "pytest-flakefinder",
        _option("flake_finder_enable"),
        "multiplies tests, and exploration finds their flakes already",
        "leave --flake-finder out",
    ),
    Clash(
        "pytest-repeat",
        _more_than("count", 1),
        "repeats each exploration, which finds the same again",
        "leave --count out",
    ),
    Clash(
        "pytest-socket",
        _option("disable_socket", "allow_hosts"),
        "replaces sockets, and so does exploration",
        "leave --disable-socket and --allow-hosts out",
    ),
    Clash(
        "pytest-forked",
        _option("forked"),
        "runs each test in a process of its own",
        "leave --forked out",
    ),
    Clash(
        "pytest-run-parallel",
        _more_than("parallel_threads", 1),
        "runs tests on threads",
        "leave --parallel-threads out",
    ),
    Clash(
        "pytest-asyncio-cooperative",
        _loaded("pytest_asyncio_cooperative.plugin"),
        "runs several tests on one loop",
        "pass -p no:asyncio-cooperative",
    ),
    Clash(
        "pytest's --pdb",
        lambda config: (
            bool(config.getoption("usepdb", None))
            and config.getoption("explore_replay", None) is None
        ),
        "would stop at each failing schedule of the search",
        "give it together with --explore-replay",
    ),
)


def clashes(config: pytest.Config) -> Iterator[Clash]:
    """Those that are in the way in this run."""
    return (clash for clash in CLASHES if clash.here(config))


def check_clashes(config: pytest.Config) -> None:
    """Raise UsageError that names every clash."""
    if found := list(clashes(config)):
        lines = "".join(f"\n  {clash}" for clash in found)
        raise pytest.UsageError(f"exploration cannot work beside these:{lines}")
