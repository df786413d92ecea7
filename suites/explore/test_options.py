"""The command line of exploration, and who is chosen by it."""

import pytest

from agent_rehearsal.face.exploring.options import Options
from agent_rehearsal.face.exploring.wish import Wish, budget_of, is_long
from suites.explore.project import STEADY, Exploring

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--explore=many", "*--explore: 'many': expected a number of schedules, 'sweep', or 0*"),
        ("--explore=-1", "*--explore: '-1': expected a number of schedules, 'sweep', or 0*"),
        ("--explore=1.5", "*--explore: '1.5': expected a number of schedules, 'sweep', or 0*"),
        ("--explore-seconds=0", "*--explore-seconds: '0': expected a number of seconds*"),
        ("--explore-seconds=nan", "*--explore-seconds: 'nan': expected a number of seconds*"),
        ("--explore-seconds=soon", "*--explore-seconds: 'soon': expected a number of seconds*"),
        ("--explore-story=racing.py", "*'racing.py': expected a folder, and racing.py is a file"),
        ("--explore-story=racing.py/a", "*'racing.py/a': expected a folder, and racing.py is *"),
    ],
)
def test_a_bad_value_is_refused_with_what_was_expected(
    project: Exploring, argument: str, message: str
) -> None:
    """Nothing is collected, let alone run."""
    result = project.run(argument)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])


@pytest.mark.parametrize("share", ["-1", "few", "1.5"])
def test_a_bad_share_is_refused(project: Exploring, share: str) -> None:
    """The ini option, what it says, what was expected."""
    project.write("@pytest.mark.explore", STEADY)
    result = project.run("-o", f"rehearsal_explore_share={share}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"*rehearsal_explore_share = {share}: expected a number of schedules from 0*"]
    )


def test_the_share_of_marked_tests_can_be_set(project: Exploring) -> None:
    """So many schedules, every sixth of them drawn; a number in a test's mark stands."""
    project.write("@pytest.mark.explore", STEADY)
    result = project.run("-v", "-o", "rehearsal_explore_share=12")
    result.stdout.fnmatch_lines(["*test_steady PASSED [[]sweep 10 + 2 schedules, *"])


ALL = {"sweep": True, "singles": None}
NONE = {"sweep": False, "singles": None}


@pytest.mark.parametrize(
    ("wish", "options", "expected"),
    [
        (Wish(), Options(), {"schedules": 20, "sweep": True, "singles": 100}),
        (Wish(), Options(share=3), {"schedules": 0, "sweep": True, "singles": 3}),
        (Wish(), Options(share=0), {"schedules": 0, "sweep": False}),
        (Wish("sweep"), Options(share=30), {"schedules": 0, "sweep": True, "singles": 25}),
        (Wish(7), Options(share=0), {"schedules": 7, **ALL}),
        (Wish(), Options(amount=300, share=0), {"schedules": 300, **ALL}),
        (Wish(), Options(amount=300), {"schedules": 300, **ALL}),
        (Wish(), Options(amount="sweep"), {"schedules": 0, **ALL}),
        (Wish(), Options(amount=0), {"schedules": 0, **NONE}),
        (Wish(200), Options(), {"schedules": 200, **ALL}),
        (Wish(200), Options(amount=5_000), {"schedules": 200, **ALL}),
        (Wish(200), Options(amount="sweep"), {"schedules": 0, **ALL}),
        (Wish(200), Options(amount=0), {"schedules": 0, **NONE}),
        (Wish("sweep"), Options(amount=300), {"schedules": 0, **ALL}),
        (Wish(0), Options(amount=300), {"schedules": 0, **NONE}),
        (Wish(0), Options(amount="sweep"), {"schedules": 0, **NONE}),
        (Wish(7, sweep=False), Options(), {"schedules": 7, **NONE}),
        (Wish(sweep=False), Options(amount="sweep"), {"schedules": 0, **NONE}),
    ],
)
def test_mark_and_command_line_give_the_budget_together(
    wish: Wish, options: Options, expected: dict[str, object]
) -> None:
    """`0` and `sweep` on the command line bound every test; else a test's own number stands."""
    budget = budget_of(wish, options)
    assert {name: getattr(budget, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("wish", "options", "worth"),
    [
        (Wish(), Options(), True),
        (Wish(), Options(share=12), False),
        (Wish(40), Options(share=12), True),
        (Wish(0), Options(), False),
        (Wish(), Options(amount=200, share=12), True),
    ],
)
def test_a_small_share_is_not_worth_dividing(wish: Wish, options: Options, *, worth: bool) -> None:
    """Each worker would begin with the natural order, twice."""
    assert is_long(wish, options) == worth


def test_the_mark_says_how_late_and_how_busy() -> None:
    """The times and the tier of the mark go into the budget, and the seconds of the option."""
    wish = Wish(late=0.5, stall=0.02, tier="task")
    budget = budget_of(wish, Options(seconds=1.5), shard=(1, 3))
    assert (budget.late, budget.stall, budget.tier) == (0.5, 0.02, "task")
    assert (budget.seconds, budget.shard) == (1.5, (1, 3))


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("explore(-1)", "n=-1: expected a number of schedules"),
        ("explore(True)", "n=True: expected a number of schedules"),
        ("explore(late=0)", "late=0: expected a number of seconds greater than 0"),
        ("explore(late='1')", "late='1': expected a number of seconds greater than 0"),
        ("explore(stall=-1)", "stall=-1: expected a number of seconds from 0"),
        ("explore(tier='any')", "tier='any': expected one of 'env', 'task'"),
        ("explore(sweep=1)", "sweep=1: expected True or False"),
        ("explore(300, 0.1)", "too many positional arguments"),
        ("explore(times=3)", "got an unexpected keyword argument 'times'"),
    ],
)
def test_a_bad_mark_is_refused_at_collection(project: Exploring, mark: str, message: str) -> None:
    """The test, the argument, what was expected, and how the mark is written."""
    project.write(f"@pytest.mark.{mark}", STEADY)
    result = project.run("--collect-only")
    assert result.ret != pytest.ExitCode.OK
    text = result.stdout.str() + result.stderr.str()
    assert f"mark explore of test_it.py::test_steady: {message}" in text
    assert "explore(n=None, *, late=0.1, stall=0.0, tier='env', sweep=True)" in text
    assert "During handling of" not in text


def test_help_and_markers_name_what_there_is(project: Exploring) -> None:
    """`pytest --help` and `pytest --markers` tell exploration to those who look there."""
    result = project.run("--help")
    result.stdout.fnmatch_lines(["*--explore=N|sweep|0*", "*--explore-replay=TOKEN*"])
    project.run("--markers").stdout.fnmatch_lines(["@pytest.mark.explore(n=None, *"])


def test_a_run_that_is_not_explored_does_not_load_the_engine(project: Exploring) -> None:
    """Neither the engine nor the part of the plugin that knows it."""
    project.pytester.makepyfile(
        test_it="""
        import sys

        async def test_imports():
            loaded = [name for name in sys.modules if name.startswith("agent_rehearsal.interleave")]
            assert loaded == []
            assert "agent_rehearsal.face.exploring.hooks" not in sys.modules
        """
    )
    project.run_apart().assert_outcomes(passed=1)


def test_collecting_an_explored_suite_does_not_load_the_kernel(project: Exploring) -> None:
    """What runs a schedule is imported when the first one is run."""
    project.write("@pytest.mark.explore", STEADY)
    project.pytester.makeconftest(
        """
        import sys

        def pytest_collection_finish():
            assert "agent_rehearsal.interleave.simulation.simulation" not in sys.modules
        """
    )
    assert project.run_apart("--collect-only").ret == pytest.ExitCode.OK
