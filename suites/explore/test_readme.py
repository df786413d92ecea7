"""What README shows of tests that fail: a race that is found, a wait that ends in vain."""

import re

import pytest

from suites.docs.pages import ROOT, blocks, section
from suites.explore.project import Exploring

pytest_plugins = ["pytester"]

README = (ROOT / "README.md").read_text("utf-8")
VOICE = section(README, "A voice in front of the agent")
RACE = section(README, "Finding the schedule that breaks a test")
SECONDS = re.compile(r"\b\d\.\d{3}\b")
TOKEN = re.compile(r"rh1-\S+")


def lines(text: str) -> list[str]:
    """Those of a block as patterns: `...` stands for others, a time or a token may be any."""
    literal = text.replace("[", "[[]")
    shown = TOKEN.sub("rh1-*", SECONDS.sub("*", literal)).splitlines()
    return [line for line in shown if line != "..."]


@pytest.fixture
def race(project: Exploring) -> Exploring:
    """A project with the test of README, below the agent of the example."""
    agent, _, _ = (ROOT / "examples/test_race.py").read_text("utf-8").partition("@pytest.mark")
    project.pytester.makepyfile(test_race=agent + blocks(RACE)[0])
    return project


def test_the_race_passes_where_nobody_looks(race: Exploring) -> None:
    """On real sockets, in the order that the agent means."""
    race.run().assert_outcomes(passed=1)


def test_the_race_is_told_as_readme_shows(race: Exploring) -> None:
    """Line by line, but for what only a confirmation on real sockets adds."""
    result = race.run("--explore=sweep")
    result.assert_outcomes(failed=1)
    told = blocks(RACE, "")[0].replace("; seen on real sockets 20 of 20", "")
    result.stdout.fnmatch_lines(lines(told))


def test_the_wait_for_what_was_not_said_is_told_as_readme_shows(project: Exploring) -> None:
    """The nearest miss, and rows of the timeline with their numbers."""
    example = (ROOT / "examples/test_voice.py").read_text("utf-8")
    waits = example.replace('says("There is one file.")', 'says("There are two files.")')
    project.pytester.makepyfile(test_voice=waits)
    result = project.run("--explore=0")
    result.assert_outcomes(failed=1)
    near, rows = blocks(VOICE, "")[0].split("...\n", 1)
    result.stdout.fnmatch_lines([f"E *{line}" for line in lines(near)])
    result.stdout.fnmatch_lines(lines(rows))
