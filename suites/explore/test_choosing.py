"""Who cannot be explored: refused where a mark asks for it, else counted and run as ever."""

import pytest

from suites.explore.project import STEADY, Exploring

pytest_plugins = ["pytester"]

MARK = "@pytest.mark.explore"
REAL = """
@pytest.mark.real
async def test_it():
    await both()
"""
WIDE_LOOP = """
@pytest.mark.asyncio(loop_scope="module")
async def test_it():
    await both()
"""
FLAKY = """
@pytest.mark.flaky(reruns=3)
async def test_it():
    await both()
"""
WIDE_FIXTURE = """
@pytest.fixture(scope="session")
async def connection():
    return await both()

{}
async def test_it(connection): ...
"""
LOOP_FIXTURE = """
import pytest_asyncio

@pytest_asyncio.fixture(loop_scope="module")
async def connection():
    return await both()

{}
async def test_it(connection): ...
"""
CANNOT = [
    (
        f"{MARK}{REAL}",
        "it is marked real, and a real process has no simulated time; take one*away",
    ),
    (
        f"{MARK}{WIDE_LOOP}",
        "it runs on the event loop of its module (loop_scope), and a schedule needs a fresh one; "
        "give it loop_scope='function'",
    ),
    (
        WIDE_FIXTURE.format(MARK),
        "its fixture 'connection' lives on the event loop of its session, *; give the fixture "
        "scope and loop_scope 'function'",
    ),
    (
        LOOP_FIXTURE.format(MARK),
        "its fixture 'connection' lives on the event loop of its module*",
    ),
    (f"{MARK}{FLAKY}", "it is marked flaky: a rerun hides the schedule *"),
]


@pytest.mark.parametrize(("source", "why"), CANNOT)
def test_a_marked_test_that_cannot_be_explored_is_an_error_at_collection(
    project: Exploring, source: str, why: str
) -> None:
    """The test, why, and what to do; nothing is run."""
    project.write(source)
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"test_it.py::test_it is marked explore, but {why}"])


def test_a_marked_synchronous_test_is_an_error_at_collection(project: Exploring) -> None:
    """There is no order in it to explore."""
    project.write(MARK, "def test_it(): ...")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["test_it.py::test_it is marked explore, but it is synchronous, *; write it as async def"]
    )


def test_a_marked_method_of_a_test_case_is_refused(project: Exploring) -> None:
    """pytest-asyncio does not run those of unittest."""
    project.write(
        f"""
        from unittest import IsolatedAsyncioTestCase

        class TestIt(IsolatedAsyncioTestCase):
            {MARK}
            async def test_it(self):
                await both()
        """
    )
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*test_it.py::TestIt::test_it is marked explore, but it is a method of a TestCase, *"]
    )


def test_a_marked_set_of_parameters_is_refused(project: Exploring) -> None:
    """Its event loop cannot be chosen apart from that of the other sets."""
    project.write(
        f"""
        @pytest.mark.parametrize("n", [1, pytest.param(2, marks={MARK.removeprefix("@")})])
        async def test_it(n):
            await both()
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*a mark of one set of parameters cannot ask for it*"])


def test_without_pytest_asyncio_a_mark_is_an_error_with_the_remedy(project: Exploring) -> None:
    """What to install, and what not to pass."""
    project.pytester.makeini("[pytest]")
    project.write(MARK, STEADY)
    result = project.run_apart("-p", "no:asyncio")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*test_steady is marked explore, but pytest-asyncio is not loaded; install it with pip *"]
    )


def test_pytest_asyncio_is_known_by_any_name(project: Exploring) -> None:
    """Loaded by its module, as where plugins are not loaded by themselves."""
    project.write(MARK, "async def test_it(): ...")
    project.run_apart("-p", "no:asyncio", "-p", "pytest_asyncio.plugin").assert_outcomes(passed=1)


def test_in_strict_mode_a_test_of_nobody_is_refused(project: Exploring) -> None:
    """Marked to be explored, but not marked as pytest-asyncio's."""
    project.configure(mode="strict")
    project.write(MARK, STEADY)
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*is marked explore, but pytest-asyncio does not run it; mark it with *"]
    )


def test_unmarked_ones_are_run_as_ever_and_counted(project: Exploring) -> None:
    """`--explore` goes by what cannot be explored, and says how many and why."""
    project.write(
        """
        import subprocess
        import sys

        @pytest.mark.real
        async def test_real():
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
            assert await process.wait() == 0

        @pytest.mark.asyncio(loop_scope="module")
        async def test_wide():
            await both()

        async def test_child():
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
            assert await process.wait() == 0

        async def test_quiet():
            await asyncio.sleep(1)
        """,
    )
    result = project.run("--explore=2", "--strict-markers")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "1 test explored: *",
            "3 tests not explorable, run as ever: 1 marked real, 1 on the event loop of its "
            "module, 1 left the simulation",
        ]
    )


def test_sync_fixtures_of_any_scope_are_welcome(project: Exploring) -> None:
    """They own nothing that is bound to a loop."""
    project.write(
        f"""
        @pytest.fixture(scope="session")
        def number():
            return 7

        {MARK}
        async def test_it(number):
            await both()
            assert number == 7
        """
    )
    project.run().assert_outcomes(passed=1)


def test_skips_and_expected_failures_stay_what_they_are(project: Exploring) -> None:
    """There is nothing to explore in them: they end with their first run."""
    project.write(
        f"""
        {MARK}
        @pytest.mark.skip(reason="not now")
        async def test_skipped(): ...

        {MARK}
        async def test_skips():
            pytest.skip("not here")

        {MARK}
        @pytest.mark.xfail(reason="known", strict=True)
        async def test_fails():
            assert False
        """
    )
    project.run().assert_outcomes(skipped=2, xfailed=1)


def test_an_empty_selection_is_what_it_always_is(project: Exploring) -> None:
    """Exploring no test is no success."""
    project.write("def test_sync(): ...")
    assert project.run("--explore=5", "-k", "nothing").ret == pytest.ExitCode.NO_TESTS_COLLECTED
