"""Exploration beside what a project uses anyway: snapshots, time limits, workers, random order."""

from typing import Any

import pytest

from agent_rehearsal.face.exploring import told
from agent_rehearsal.face.exploring.merging import ELSEWHERE, Merger
from suites.explore.project import RACY, STEADY, Exploring, tokens

pytest_plugins = ["pytester"]

MARK = "@pytest.mark.explore"
XDIST = ("xdist", "xdist.looponfail")
SNAPSHOT = f"""
{MARK}
async def test_it(snapshot):
    assert await both() == snapshot
"""


def test_the_natural_run_alone_writes_snapshots(project: Exploring) -> None:
    """Under `--snapshot-update` as well: another order is compared, and found to differ."""
    project.write(SNAPSHOT)
    result = project.run("--snapshot-update", also=["syrupy"])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["found by sweep *", "1 snapshot generated."])
    (path,) = project.path.glob("__snapshots__/*.ambr")
    assert path.read_text().index("'first'") < path.read_text().index("'second'")
    result = project.run(also=["syrupy"])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["1 snapshot passed."])


def test_snapshots_are_not_updated_from_a_replay(project: Exploring) -> None:
    """A schedule that breaks a test is nobody's approved order."""
    project.write(SNAPSHOT.replace("== snapshot", '== ["first", "second"]'))
    (token,) = tokens(project.run(also=["syrupy"]))
    result = project.run(f"--explore-replay={token}", "--snapshot-update", also=["syrupy"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --explore-replay *: leave --snapshot-update out"])


LIMITS = """
import pytest

limits = []

@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item, settings):
    limits.append(settings.timeout)

def pytest_unconfigure():
    print(f"set {len(limits)} times: {set(limits)}")
"""


def times_set(project: Exploring, *args: str, also: list[str]) -> int:
    """How often pytest-timeout began to count in a run in which all passes."""
    project.configure(lines=["timeout = 50"])
    project.pytester.makeconftest(LIMITS)
    result = project.run_apart(*args, also=["timeout", *also])
    result.assert_outcomes(passed=1)
    return next(int(line.split()[1]) for line in result.outlines if line.startswith("set "))


def test_a_time_limit_is_for_each_schedule(project: Exploring) -> None:
    """Hundreds of schedules may take longer than one test may."""
    project.write("@pytest.mark.explore(20, sweep=False)", STEADY)
    assert times_set(project, "--explore-twice", also=[]) > 40


def test_a_time_limit_is_for_each_schedule_of_an_example(project: Exploring) -> None:
    """A property has as many as its examples together."""
    project.write(
        """
        from hypothesis import given, settings, strategies

        @pytest.mark.explore(20, sweep=False)
        @settings(max_examples=2, database=None)
        @given(at=strategies.integers(0, 9))
        async def test_it(stage_factory, at):
            await both()
        """
    )
    assert times_set(project, also=["hypothesispytest"]) > 40


def test_a_schedule_that_blocks_is_ended_by_its_limit(project: Exploring) -> None:
    """In the run that blocks, and the report is of that test."""
    project.write(
        """
        import signal

        @pytest.mark.explore
        @pytest.mark.timeout(0.2, func_only=True)
        async def test_blocks():
            signal.pause()
        """
    )
    result = project.run_apart(also=["timeout"])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Timeout*0.2*"])


def test_a_random_order_of_tests_changes_nothing(project: Exploring) -> None:
    """pytest-randomly seeds chance for each phase; every schedule has its own anyway."""
    project.write(
        """
        import random
        numbers = set()

        @pytest.mark.explore(5, sweep=False)
        async def test_it():
            numbers.add(random.random())
            await both()
            assert len(numbers) == 1
        """
    )
    project.run_apart(also=["randomly", "hypothesispytest", "anyio"]).assert_outcomes(passed=1)


def test_a_marked_test_is_divided_among_workers(project: Exploring) -> None:
    """Each has its share, under an id of its own, and sees the plain name: snapshots and folders
    are the test's. Together they are one test. Those without a mark stay whole, there are enough of
    them, and a failure in the natural order is told by one share.
    """
    project.write(
        f"""
        {MARK}
        async def test_named(request):
            assert request.node.name == "test_named"
            assert request.node.nodeid == "test_it.py::test_named"
            await both()

        {MARK}
        async def test_fails():
            assert await both() == []
        """,
        STEADY,
    )
    result = project.run_apart("-v", "-n2", "--explore=5", also=XDIST)
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "*PASSED*test_it.py::test_named[[]explore 1/2[]]*",
            "*PASSED*test_it.py::test_named[[]explore 2/2[]]*",
            "*PASSED*test_it.py::test_steady *",
            "*FAILED*test_it.py::test_fails[[]explore ?/2[]]*",
            "*PASSED [[]found by another share[]] test_it.py::test_fails[[]explore ?/2[]]*",
        ]
    )
    result.stdout.fnmatch_lines(["2 tests explored: *"])


def test_a_test_of_one_process_is_not_divided(project: Exploring) -> None:
    """Its id is its own."""
    project.write(MARK, STEADY)
    project.run("--collect-only", "-q").stdout.fnmatch_lines(["test_it.py::test_steady"])


def test_a_divided_test_has_one_ending(project: Exploring) -> None:
    """Though both shares find its race: one report, one replay, and one schedule that is kept,
    under the plain id.
    """
    project.write(MARK, RACY)
    result = project.run_apart("-v", "-n2", also=XDIST)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines_random(["*PASSED [[]found by another share[]]*"])
    (token,) = tokens(result)
    assert project.kept() == ["test_it/test_racy.json"]
    project.run(f"--explore-replay={token}").assert_outcomes(failed=1)


@pytest.mark.parametrize("phase", ["setup", "call", "teardown"])
def test_the_first_failure_of_a_share_is_the_one_that_counts(phase: str) -> None:
    """What it fails with stands, whatever the phase; that of another share of the test is a pass,
    and other tests are not touched.
    """
    merger = Merger()

    def reported(test: str, share: int, when: Any = phase) -> pytest.TestReport:
        nodeid = f"{test}[explore {share}/2]"
        report = pytest.TestReport(nodeid, ("", 0, ""), {}, "failed", "it failed", when)
        told.note(report, kept={"schedule": 1}, test=test, schedules=3)
        told.note_share(report, test)
        hook = merger.pytest_runtest_logreport(report)
        next(hook)
        return report

    first, same, other = reported("a", 2), reported("a", 2, "teardown"), reported("b", 1)
    assert {report.outcome for report in (first, same, other)} == {"failed"}
    late = reported("a", 1)
    assert (late.outcome, late.longrepr) == ("passed", None)
    assert late.when == ("teardown" if phase == "teardown" else "call")
    assert told.noted(late) == {"words": ELSEWHERE, "test": "a", "schedules": 3}


def test_a_story_is_drawn_of_every_explored_test(project: Exploring) -> None:
    """Of passing ones too; other tests have none."""
    project.write(MARK, RACY, "@pytest.mark.explore(0)", STEADY, "async def test_other(): ...")
    project.run("--explore-story=stories").assert_outcomes(passed=2, failed=1)
    folder = project.path / "stories/test_it"
    assert sorted(path.name for path in folder.iterdir()) == ["test_racy.svg", "test_steady.svg"]
    assert all(path.read_text().startswith("<svg ") for path in folder.iterdir())


def test_every_schedule_is_run_twice_on_demand(project: Exploring) -> None:
    """One that is not the same is named: its strategy and its first difference."""
    project.write(
        f"""
        from itertools import count

        numbers = count()

        {MARK}
        async def test_it():
            if next(numbers) == 8:
                await both()
            await both()
        """
    )
    result = project.run("--explore-twice")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["two runs of one schedule (*) differ: at step *"])


def test_seconds_end_an_exploration(project: Exploring) -> None:
    """No schedule is begun after them; what was not tried is said."""
    project.write(STEADY)
    result = project.run("-v", "--explore=1000", "--explore-seconds=0.001")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 test explored: 0 schedules, *"])
