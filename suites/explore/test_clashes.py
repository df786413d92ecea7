"""Plugins that fight exploration are refused by name, each with the remedy."""

import pytest

from suites.explore.project import STEADY, Exploring

pytest_plugins = ["pytester"]

OPTIONS = """
def pytest_addoption(parser):
    parser.addoption("--reruns", type=int, default=0)
    parser.addoption("--retries", type=int, default=0)
    parser.addoption("--force-flaky", action="store_true")
    parser.addoption("--flake-finder", dest="flake_finder_enable", action="store_true")
    parser.addoption("--count", type=int, default=1)
    parser.addoption("--disable-socket", action="store_true")
    parser.addoption("--forked", action="store_true")
    parser.addoption("--parallel-threads", default=1)
"""
"""The options of those plugins, as they have them."""


@pytest.mark.parametrize(
    ("option", "refusal"),
    [
        ("--reruns=2", "pytest-rerunfailures runs a failed test again, *; leave --reruns out"),
        ("--retries=1", "pytest-retry runs a failed test again, *; leave --retries out"),
        ("--force-flaky", "flaky runs a failed test again, *; leave --force-flaky out"),
        ("--flake-finder", "pytest-flakefinder multiplies tests, *; leave --flake-finder out"),
        ("--count=3", "pytest-repeat repeats each exploration, *; leave --count out"),
        ("--disable-socket", "pytest-socket replaces sockets, *; leave --disable-socket and *"),
        ("--forked", "pytest-forked runs each test in a process of its own; leave --forked out"),
        ("--parallel-threads=auto", "pytest-run-parallel runs tests on threads; leave *"),
        ("--parallel-threads=2", "pytest-run-parallel runs tests on threads; leave *"),
        ("--pdb", "pytest's --pdb would stop at each failing schedule *--explore-replay*"),
    ],
)
def test_an_option_that_fights_is_refused(project: Exploring, option: str, refusal: str) -> None:
    """Before anything is collected."""
    project.pytester.makeconftest(OPTIONS)
    project.write(STEADY)
    result = project.run("--explore=5", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: exploration cannot work beside these:", f"  {refusal}"])


def test_the_same_plugins_at_rest_are_no_trouble(project: Exploring) -> None:
    """Installed is not used."""
    project.pytester.makeconftest(OPTIONS)
    project.write(STEADY)
    project.run("--explore=0").assert_outcomes(passed=1)


def test_a_plugin_that_is_always_at_work_is_refused_when_loaded(project: Exploring) -> None:
    """looptime changes every loop of pytest-asyncio from the moment it is there."""
    package = project.pytester.mkpydir("looptime")
    (package / "plugin.py").touch()
    project.write(STEADY)
    result = project.run_apart("--explore=5", "-p", "looptime.plugin")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["  looptime replaces the loops' time, *; pass -p no:looptime_plugin"]
    )


def test_marks_alone_meet_the_same_refusal(project: Exploring) -> None:
    """After collection, when it is known that a test is to be explored; not if none is."""
    project.pytester.makeconftest(OPTIONS)
    project.write(STEADY)
    project.run("--reruns=2").assert_outcomes(passed=1)
    project.write("@pytest.mark.explore", STEADY)
    result = project.run("--reruns=2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["  pytest-rerunfailures runs a failed test again, *"])
