"""How strict a test is: the ini option, the marker, and where a violation fails it."""

from typing import get_args

import pytest

from agent_rehearsal.face.staging import STRICT
from agent_rehearsal.wire import Strictness
from suites.plugin.project import Project

pytest_plugins = ["pytester"]

UNUSED = """
async def test_unused(responses):
    responses.reply(message("never sent"), name="the greeting")
"""
UNMATCHED = """
async def test_unmatched(responses):
    assert (await ask(responses.base_url))[0] == 400
"""


def test_the_plugin_knows_every_strictness() -> None:
    """The plugin's list, which it has without importing the servers, is theirs."""
    assert set(STRICT) == set(get_args(Strictness))


@pytest.mark.parametrize(
    ("source", "said"),
    [(UNUSED, "unused: *greeting*was not asked for*"), (UNMATCHED, "unmatched: *")],
)
def test_a_violation_fails_the_call_of_its_test(project: Project, source: str, said: str) -> None:
    """A test that passed fails in its own call, with the finding, once, and none of our frames."""
    project.write(source)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("During handling of *")
    result.stdout.no_fnmatch_line("*agent_rehearsal/face*")


def test_a_synchronous_test_is_held_to_the_same(project: Project) -> None:
    """A reply that a synchronous test leaves unused fails it too."""
    project.write(UNUSED.replace("async def", "def"))
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["unused: *greeting*was not asked for*"])


def test_a_test_keeps_its_own_failure(project: Project) -> None:
    """What the test itself failed or was skipped with is not replaced by violations."""
    project.write(
        """
        async def test_fails(responses):
            responses.reply(message("never sent"))
            assert 1 == 2

        async def test_skips(responses):
            responses.reply(message("never sent"))
            pytest.skip("not today")

        @pytest.mark.xfail(strict=True, reason="known")
        async def test_known(responses):
            responses.reply(message("never sent"))
        """
    )
    result = project.run()
    result.assert_outcomes(failed=1, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["E*assert 1 == 2"])
    result.stdout.no_fnmatch_line("*was not asked for*")


@pytest.mark.parametrize("strict", ["warn", "off"])
@pytest.mark.parametrize("source", [UNUSED, UNMATCHED])
def test_the_option_lets_violations_pass(project: Project, strict: str, source: str) -> None:
    """`warn` prints them after the run, `off` says nothing."""
    project.configure(lines=[f"rehearsal_strict = {strict}"])
    project.write(source)
    result = project.run()
    result.assert_outcomes(passed=1)
    printed = "rehearsal advice" in result.stdout.str()
    assert printed is (strict == "warn")


@pytest.mark.parametrize("option", ["rehearsal_strict", "rehearsal_conduct"])
def test_a_bad_option_ends_the_run(project: Project, option: str) -> None:
    """A strictness that is none is a usage error with those there are."""
    result = project.run("-o", f"{option}=lenient")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: ini option {option} = lenient: expected one of error, warn, off"]
    )


def test_the_marker_wins_over_the_option(project: Project) -> None:
    """The nearest marker decides, argument by argument."""
    project.configure(lines=["rehearsal_strict = off"])
    project.write(
        """
        pytestmark = pytest.mark.rehearsal(strict="error", waive="unused")

        async def test_waived(responses):
            responses.reply(message("never sent"))

        @pytest.mark.rehearsal(waive=["unmatched"])
        async def test_waives_something_else(responses):
            responses.reply(message("never sent"))

        @pytest.mark.rehearsal(strict="warn", waive=())
        async def test_warned(responses):
            responses.reply(message("never sent"))
        """
    )
    result = project.run("-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*test_waives_something_else FAILED*"])


def test_unknown_paths_fail_where_the_marker_says_so(project: Project) -> None:
    """A request to a path that is not served is advice, or a violation with `strict_paths`."""
    project.write(
        """
        async def test_lenient(responses):
            assert (await ask(responses.base_url + "/plugins"))[0] == 404

        @pytest.mark.rehearsal(strict_paths=True)
        async def test_strict(responses):
            assert (await ask(responses.base_url + "/plugins"))[0] == 404
        """
    )
    result = project.run("-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*test_strict FAILED*"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("strict='lenient'", "strict='lenient'; expected one of 'error', 'warn', 'off'"),
        ("conduct=None", "conduct=None; expected one of 'error', 'warn', 'off'"),
        ("strict_paths='yes'", "strict_paths='yes'; expected True or False"),
        ("tls=1", "tls=1; expected True or False"),
        ("waive=3", "waive=3; expected the name of a finding"),
        ("port=80", "it has no 'port'"),
        ("'off'", "'off' has no name"),
    ],
)
@pytest.mark.parametrize("kind", ["async def", "def"])
def test_a_bad_marker_is_named(project: Project, kind: str, given: str, said: str) -> None:
    """The error has the test, what was given and what may be."""
    project.write(
        f"""
        @pytest.mark.rehearsal({given})
        {kind} test_it(responses): ...
        """
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    named = "*strict, strict_paths, tls, conduct, waive)"
    result.stdout.fnmatch_lines([f"marker rehearsal of test_it.py::test_it: {said}{named}"])
