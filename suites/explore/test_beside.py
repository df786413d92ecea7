"""Exploration beside what a project uses anyway: snapshots, time limits, workers, random order."""

import pytest

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
    result = project.run_apart("--snapshot-update", also=["syrupy"])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["found by sweep *", "1 snapshot generated."])
    (path,) = project.path.glob("__snapshots__/*.ambr")
    assert path.read_text().index("'first'") < path.read_text().index("'second'")
    result = project.run_apart(also=["syrupy"])
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["1 snapshot passed."])


def test_snapshots_are_not_updated_from_a_replay(project: Exploring) -> None:
    """A schedule that breaks a test is nobody's approved order."""
    project.write(SNAPSHOT.replace("== snapshot", '== ["first", "second"]'))
    (token,) = tokens(project.run_apart(also=["syrupy"]))
    result = project.run_apart(f"--explore-replay={token}", "--snapshot-update", also=["syrupy"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --explore-replay *: leave --snapshot-update out"])


def test_a_time_limit_is_for_each_schedule(project: Exploring) -> None:
    """Hundreds of schedules may take longer than one test may."""
    project.configure(lines=["timeout = 50"])
    project.write(STEADY)
    project.pytester.makeconftest(
        """
        import pytest

        limits = []

        @pytest.hookimpl(tryfirst=True)
        def pytest_timeout_set_timer(item, settings):
            limits.append(settings.timeout)

        def pytest_unconfigure():
            print(f"set {len(limits)} times: {set(limits)}")
        """
    )
    result = project.run_apart("--explore=3", "--explore-twice", also=["timeout"])
    result.assert_outcomes(passed=1)
    times = next(line.split()[1] for line in result.outlines if line.startswith("set "))
    assert int(times) > 100


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
        f"""
        import random
        numbers = set()

        {MARK}
        async def test_it():
            numbers.add(random.random())
            await both()
            assert len(numbers) == 1
        """
    )
    project.run_apart(also=["randomly", "hypothesispytest", "anyio"]).assert_outcomes(passed=1)


def test_a_marked_test_is_divided_among_workers(project: Exploring) -> None:
    """Each has its share, under an id of its own; together they run what one would."""
    project.write(MARK, STEADY)
    alone = project.run_apart("-v").outlines
    result = project.run_apart("-v", "-n2", also=XDIST)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines_random(
        ["*PASSED*test_it.py::test_steady[[]explore 1/2[]]*", "*::test_steady[[]explore 2/2[]]*"]
    )
    result.stdout.fnmatch_lines(["2 tests explored: *"])
    assert not any("explore 1/" in line for line in alone)


def test_what_a_share_finds_is_kept_under_the_plain_id(project: Exploring) -> None:
    """By the controller, which writes alone; its token has the plain id as well."""
    project.write(MARK, RACY)
    result = project.run_apart("-n2", also=XDIST)
    assert result.parseoutcomes()["failed"] >= 1
    assert project.kept() == ["test_it/test_racy.json"]
    token = sorted(tokens(result))[0]
    project.run_apart(f"--explore-replay={token}").assert_outcomes(failed=1)


def test_a_share_sees_the_plain_name(project: Exploring) -> None:
    """In its fixtures: snapshots and folders are the test's, not its share's."""
    project.write(
        f"""
        {MARK}
        async def test_it(request):
            assert request.node.name == "test_it"
            assert request.node.nodeid == "test_it.py::test_it"
            await both()
        """
    )
    project.run_apart("-n2", also=XDIST).assert_outcomes(passed=2)


def test_a_failure_in_the_natural_order_is_told_by_one_share(project: Exploring) -> None:
    """The others say so and skip."""
    project.write(MARK, "async def test_it():\n    assert await both() == []")
    project.run_apart("-n2", also=XDIST).assert_outcomes(failed=1, skipped=1)


def test_tests_without_a_mark_are_not_divided(project: Exploring) -> None:
    """There are enough of them to keep the workers busy."""
    project.write(STEADY)
    result = project.run_apart("-n2", "--explore=5", also=XDIST)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 test explored: *"])


def test_a_story_is_drawn_of_every_explored_test(project: Exploring) -> None:
    """Of passing ones too; other tests have none."""
    project.write(MARK, RACY, MARK, STEADY, "async def test_other(): ...")
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
