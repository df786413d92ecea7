"""Subtests of an explored test: told of one run, and a failing one is what a schedule breaks."""

import json

from suites.explore.project import Exploring

pytest_plugins = ["pytester"]

RACY = """
async def test_racy(subtests):
    with subtests.test("sorted"):
        assert sorted(await both()) == ["first", "second"]
    with subtests.test("in order"):
        assert await both() == ["first", "second"]
"""
STEADY = """
async def test_steady(subtests):
    for number in range(2):
        with subtests.test(number=number):
            assert sorted(await both()) == ["first", "second"]
"""


def test_a_subtest_that_an_order_breaks_is_found(project: Exploring) -> None:
    """Of all the runs the shrunk one is told, and each of its subtests once."""
    project.write(RACY)
    result = project.run("--explore=10")
    result.assert_outcomes(failed=2)
    told = str(result.stdout)
    result.stdout.fnmatch_lines(
        [
            "E *assert ?'second', 'first'? == ?'first', 'second'?",
            "1 of 2 subtests failed",
            "found by sweep at schedule *, shrunk to 1 late message in * runs",
            "SUBFAILED[[]in order[]] test_it.py::test_racy *",
            "FAILED test_it.py::test_racy - 1 of 2 subtests failed",
        ]
    )
    assert told.count("SUBFAILED[in order]") == 1
    assert project.kept() == ["test_it/test_racy.json"]


def test_the_replay_of_a_subtest_fails_in_it(project: Exploring) -> None:
    """What was kept is run first, and the same subtest fails."""
    project.write(RACY)
    project.run("--explore=10")
    result = project.run("--explore=10")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["found by stored at schedule 1, *"])


def test_the_failure_is_that_of_what_failed(project: Exploring) -> None:
    """Of neither a subtest that was skipped, nor one before the body failed by itself."""
    skips = RACY.replace("    with", "    with subtests.test(): pytest.skip()\n    with", 1)
    project.write(skips)
    project.run("--explore=10")
    path = project.path / "snapshots/schedules/test_it/test_racy.json"
    (kept,) = json.loads(path.read_text())["schedules"]
    assert kept["kind"] == "AssertionError"
    project.write(RACY.replace("sorted(", "not sorted(", 1) + "    raise ZeroDivisionError")
    result = project.run("--explore=0")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E *ZeroDivisionError"])


def test_subtests_that_hold_are_told_once(project: Exploring) -> None:
    """However often they were run: the natural order alone is run twice."""
    project.write(STEADY)
    result = project.run("--explore=0", "-v")
    assert result.parseoutcomes() == {"passed": 1, "subtests": 2}
    assert str(result.stdout).count("SUBPASSED") == 2


def test_a_subtest_that_fails_anyway_is_an_ordinary_failure(project: Exploring) -> None:
    """In the natural order: nothing else is looked for."""
    project.write(
        """
        async def test_wrong(subtests):
            for number in range(3):
                with subtests.test(number=number):
                    assert number == 0
        """
    )
    result = project.run("--explore=10")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        ["2 of 3 subtests failed", "it fails in the natural order already, *"]
    )


def test_a_test_is_explored_where_subtests_are_off(project: Exploring) -> None:
    """Their plugin counts nothing then."""
    project.write(
        """
        async def test_steady():
            assert sorted(await both()) == ["first", "second"]
        """
    )
    project.run("--explore=0", "-p", "no:subtests").assert_outcomes(passed=1)


def test_a_share_tells_of_its_subtests(project: Exploring) -> None:
    """Under pytest-xdist the share whose failure comes first tells of it, with its subtest."""
    project.write("import pytest", RACY.replace("async", "@pytest.mark.explore\nasync", 1))
    result = project.run_apart("-n", "2", also=["xdist", "xdist.looponfail"])
    told = str(result.stdout)
    assert told.count("\nfound by ") == 1
    assert result.parseoutcomes()["failed"] == 2
