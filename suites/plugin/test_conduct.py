"""What the client's conduct does to a test: the ini option, the marker, and where it is told."""

import pytest

from suites.plugin.project import Project

pytest_plugins = ["pytester"]

REPEATS = """
from mock_responses import status

async def test_repeats(responses):
    responses.reply(status(400), times=2)
    for _ in range(2):
        assert (await ask(responses.base_url))[0] == 400
"""
SAID = "retried-refusal: #* POST /v1/responses is #* POST /v1/responses again, *"


def test_misconduct_is_advice(project: Project) -> None:
    """By default the test passes, and what was found is printed after the run."""
    project.write(REPEATS)
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*rehearsal advice*", SAID, "*test_it.py::test_repeats"])


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_the_option_makes_it_fail(project: Project, kind: str) -> None:
    """With `error` the test fails in its call, synchronous or not."""
    project.configure(lines=["rehearsal_conduct = error"])
    source = REPEATS if kind == "async def" else REPEATS.replace("await ask", "ask_now")
    project.write(source.replace("async def", kind))
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([SAID])


def test_the_option_turns_it_off(project: Project) -> None:
    """With `off` nothing is said."""
    project.configure(lines=["rehearsal_conduct = off"])
    project.write(REPEATS)
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*retried-refusal*")


@pytest.mark.parametrize(
    ("marker", "outcome"),
    [
        ("conduct='error'", "failed"),
        ("conduct='error', waive='retried-refusal'", "passed"),
        ("conduct='error', strict='off'", "failed"),
        ("strict='error'", "passed"),
    ],
)
def test_the_marker_wins_over_the_option(project: Project, marker: str, outcome: str) -> None:
    """It raises or lowers the one, and leaves the other alone."""
    project.configure(lines=["rehearsal_conduct = off"])
    project.write(REPEATS.replace("async def", f"@pytest.mark.rehearsal({marker})\nasync def"))
    project.run().assert_outcomes(**{outcome: 1})


def test_a_test_that_failed_by_itself_is_told_too(project: Project) -> None:
    """Advice stands beside its failure, and in its timeline."""
    project.write(REPEATS + "    assert 1 == 2\n")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*assert 1 == 2", "*FINDING retried-refusal advice*"])


def test_a_synchronous_test_may_ask(project: Project) -> None:
    """`assert_no_findings` is there through the stand-ins as well."""
    project.write(
        """
        from agent_rehearsal import Violation
        from mock_responses import status

        def test_asks(responses):
            responses.reply(status(400), times=2)
            responses.assert_no_findings()
            for _ in range(2):
                ask_now(responses.base_url)
            with pytest.raises(Violation, match="retried-refusal"):
                responses.assert_no_findings()
        """
    )
    project.run().assert_outcomes(passed=1)
