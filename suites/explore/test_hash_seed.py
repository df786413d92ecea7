"""A pinned hash seed: pytest starts again with one where there is none, and says so."""

import pytest

from suites.explore.project import RACY, STEADY, Exploring, tokens

pytest_plugins = ["pytester"]

AGAIN = "rehearsal: *, and PYTHONHASHSEED is not 0: pytest starts again with PYTHONHASHSEED=0 *"
SHOWS = """
async def test_shows():
    import os

    assert os.environ["PYTHONHASHSEED"] == "0"
"""


@pytest.fixture
def unpinned(project: Exploring, monkeypatch: pytest.MonkeyPatch) -> Exploring:
    """A project whose runs have a random hash seed."""
    monkeypatch.delenv("PYTHONHASHSEED")
    return project


def test_the_option_starts_again_before_collection(unpinned: Exploring) -> None:
    """Once, with the same arguments."""
    unpinned.write(SHOWS)
    result = unpinned.run_apart("--explore=2")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([AGAIN, "*test session starts*"])
    assert sum(line.startswith("rehearsal:") for line in result.outlines) == 1
    assert sum("test session starts" in line for line in result.outlines) == 1


def test_marks_alone_start_again_after_collection(unpinned: Exploring) -> None:
    """Only then is it known; a run without marked tests goes on as it is."""
    unpinned.write("@pytest.mark.explore", SHOWS)
    result = unpinned.run_apart()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*test session starts*", AGAIN, "*test session starts*"])
    unpinned.write(STEADY)
    unpinned.run_apart().stdout.no_fnmatch_line("rehearsal: *")


def test_collecting_alone_starts_nothing_again(unpinned: Exploring) -> None:
    """Nothing is run under any seed."""
    unpinned.write("@pytest.mark.explore", STEADY)
    unpinned.run_apart("--collect-only").stdout.no_fnmatch_line("rehearsal: *")


def test_any_pinned_seed_will_do(project: Exploring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only its being pinned counts; a token brings its own."""
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    project.write("@pytest.mark.explore", RACY)
    result = project.run_apart()
    result.stdout.no_fnmatch_line("rehearsal: *")
    (token,) = tokens(result)
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    result = project.run_apart(f"--explore-replay={token}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["rehearsal: *PYTHONHASHSEED is not 7: pytest starts again*"])


def test_a_call_of_pytest_from_a_program_goes_on_and_says_what_it_means(
    unpinned: Exploring,
) -> None:
    """There is no command line to start again; a replay found so may stray in another process."""
    unpinned.write("@pytest.mark.explore", RACY)
    result = unpinned.run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("rehearsal: *")
    result.stdout.fnmatch_lines(["found under a random hash seed: *; set PYTHONHASHSEED=0 *"])


def test_the_controller_of_workers_pins_theirs(unpinned: Exploring) -> None:
    """Workers cannot start again; nor has their controller to."""
    unpinned.write(SHOWS)
    result = unpinned.run_apart("--explore=2", "-n1", also=["xdist", "xdist.looponfail"])
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("rehearsal: *")
