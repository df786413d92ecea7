"""What a run prints: the timeline of a test that failed, the advice of any."""

import pytest

from agent_rehearsal.face.timeline import MOST_ROWS
from suites.plugin.project import Project

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_a_failed_test_shows_its_timeline(project: Project, kind: str) -> None:
    """What went over the wire is below the failure, with secrets as labels."""
    ask = "await ask" if kind == "async def" else "ask_now"
    project.write(
        f"""
        KEY = "-".join(["not", "key-like", "4711abcd"])

        {kind} test_fails(responses):
            responses.reply(message("hello"))
            headers = {{"authorization": "Bearer " + KEY}}
            {ask}(responses.base_url, headers, input="it is " + KEY)
            assert not "hello"

        async def test_passes(responses):
            responses.reply(message("quiet"))
            await ask(responses.base_url)
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*rehearsal timeline*", "*>c1*POST /v1/responses*<secret *>*"])
    result.stdout.no_fnmatch_line("*4711abcd*")
    result.stdout.no_fnmatch_line("*quiet*")


def test_a_timeline_is_bounded(project: Project) -> None:
    """A test of thousands of entries prints a page, not a book, and says what it left out."""
    project.write(
        """
        async def test_fails(journal):
            for number in range(5000):
                journal.note("event", f"number {number}", {})
            assert not "hello"
        """
    )
    result = project.run()
    result.stdout.fnmatch_lines(["*rows left out, entries #*"])
    assert len(result.outlines) < MOST_ROWS + 50


def test_times_never_run_backwards(project: Project) -> None:
    """A finding made after the test's end has a time, that of its end."""
    project.write(
        """
        async def test_unused(responses):
            responses.reply(message("one"))
            await ask(responses.base_url)
            responses.reply(message("two"))
        """
    )
    result = project.run()
    result.stdout.fnmatch_lines(["*FINDING unused*"])
    (row,) = [line for line in result.outlines if "FINDING unused" in line]
    assert float(row.split()[1]) >= 0


@pytest.mark.parametrize("phase", ["setup", "teardown"])
def test_a_fixture_that_fails_shows_the_timeline(project: Project, phase: str) -> None:
    """A user's fixture that breaks before or after the test is told the same way."""
    project.write(
        f"""
        @pytest.fixture
        async def agent(responses):
            if "{phase}" == "teardown":
                yield
            responses.reply(message("hello"))
            await ask(responses.base_url)
            raise RuntimeError("broken")
            yield

        async def test_agent(agent): ...
        """
    )
    result = project.run()
    result.stdout.fnmatch_lines(
        ["*RuntimeError: broken", "*rehearsal timeline*", "*POST /v1/resp*"]
    )


def test_a_test_that_sent_nothing_has_no_timeline(project: Project) -> None:
    """An empty journal prints nothing."""
    project.write("async def test_fails(responses): assert not responses.base_url")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*rehearsal timeline*")


def test_advice_of_tests_that_passed_is_printed_once(project: Project) -> None:
    """One piece of advice about several tests is one line, with the first of them."""
    project.write(
        """
        @pytest.mark.parametrize("number", range(3))
        async def test_strays(responses, number):
            assert (await ask(responses.base_url + "/plugins"))[0] == 404
        """
    )
    result = project.run()
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["*= rehearsal advice =*", "unknown-path: *", "    test_it.py::test_strays?0? and 2 more"]
    )
    assert result.stdout.str().count("unknown-path") == 1


def test_advice_of_a_failed_test_is_a_section_of_its_report(project: Project) -> None:
    """It stands with the failure and not in the summary too."""
    project.write(
        """
        async def test_strays(responses):
            await ask(responses.base_url + "/plugins")
            assert not "found"
        """
    )
    result = project.run()
    result.stdout.fnmatch_lines(["*- rehearsal advice -*", "unknown-path: *"])
    result.stdout.no_fnmatch_line("*= rehearsal advice =*")
