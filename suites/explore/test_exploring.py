"""A test under many schedules: what is found, and that each schedule begins from nothing."""

import json

import pytest

from suites.explore.project import RACY, STEADY, Exploring, tokens

pytest_plugins = ["pytester"]

MARK = "@pytest.mark.explore"
FEW = "@pytest.mark.explore(5, sweep=False)"
QUIET = """
async def test_quiet():
    await asyncio.gather(asyncio.to_thread(int), asyncio.to_thread(int))
"""


def test_a_marked_test_that_can_fail_does(project: Exploring) -> None:
    """It passes as it is; its mark alone finds the schedule that breaks it, and one report tells
    of it: the failure, what usually happens, the late message, the verdict, the replay.
    """
    project.write(RACY)
    project.run().assert_outcomes(passed=1)
    project.write(MARK, RACY)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E * AssertionError: assert ?'second', 'first'? == ?'first', 'second'?",
            "*- rehearsal exploration -*",
            "AssertionError at test_it.py:*",
            "found by sweep at schedule *, shrunk to 1 late message in * runs",
            "*what usually arrives*what arrived here*",
            "verdict: possible on stock asyncio: only message timing was changed",
            "replay: pytest 'test_it.py::test_racy' --explore-replay=rh1-*",
            "1 test explored: *",
        ]
    )


def test_a_test_that_holds_says_how_far_was_looked(project: Exploring) -> None:
    """In its line of a verbose run, and in one line for all."""
    project.write(MARK, STEADY)
    result = project.run("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "test_it.py::test_steady PASSED [[]sweep 100 + 20 schedules, * distinct orders*",
            "1 test explored: * schedules, * distinct orders",
        ]
    )


def test_with_the_option_every_async_test_is_explored(project: Exploring) -> None:
    """Marked or not; a synchronous one is run as ever and not counted."""
    project.write(RACY, QUIET, "def test_sync(): ...")
    result = project.run("--explore=10")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["2 tests explored: *"])
    result.stdout.no_fnmatch_line("*not explorable*")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "passed in the natural order; no other was tried"),
        ("sweep", "sweep *, * distinct orders; no single message up to 100 ms late breaks this"),
        ("3", "sweep * + 3 schedules, *"),
    ],
)
def test_the_amount_is_what_is_run(project: Exploring, amount: str, words: str) -> None:
    """The natural order alone, the sweep alone, or the sweep and so many schedules."""
    project.write(QUIET)
    result = project.run("-v", f"--explore={amount}")
    result.stdout.fnmatch_lines([f"*PASSED [[]{words}*"])


def test_time_is_virtual(project: Exploring) -> None:
    """Ten minutes of sleep are none, in several schedules neither."""
    project.write(
        f"""
        {FEW}
        async def test_sleeps():
            await asyncio.gather(both(), asyncio.sleep(600))
        """
    )
    project.run().assert_outcomes(passed=1)


def test_every_function_fixture_is_rebuilt_and_wider_ones_are_not(project: Exploring) -> None:
    """A schedule finds nothing of the one before; what outlives a test is made once, on no
    simulated kernel, and ended once.
    """
    project.write(
        f"""
        import socket
        from itertools import count

        numbers = count()
        made, ended = [], []

        @pytest.fixture(scope="module")
        def wide():
            made.append(socket.socket.__module__)
            yield
            ended.append("wide")

        @pytest.fixture
        async def fresh(wide):
            yield {{}}
            ended.append("fresh")

        {MARK}
        async def test_counts(fresh):
            assert fresh == {{}}
            fresh["used"] = next(numbers)
            await both()

        def test_after(wide):
            runs = next(numbers)
            assert runs > 100
            assert ended == ["fresh"] * runs
            assert made == ["socket"]
        """
    )
    project.run("-p", "no:randomly").assert_outcomes(passed=2)


def test_an_instance_is_made_for_each_schedule(project: Exploring) -> None:
    """A test of a class has a new `self` each time, and its set-up method is called."""
    project.write(
        f"""
        class TestIt:
            used = False

            def setup_method(self):
                self.ready = True

            {FEW}
            async def test_self(self):
                assert self.ready
                assert not self.used
                self.used = True
                await both()
        """
    )
    project.run().assert_outcomes(passed=1)


def test_the_temporary_folder_has_one_name(project: Exploring) -> None:
    """What a program sends may tell its folder: that must not differ from run to run."""
    project.write(
        f"""
        names = set()

        {FEW}
        async def test_folder(tmp_path):
            assert not list(tmp_path.iterdir())
            (tmp_path / "file").touch()
            names.add(tmp_path)
            await both()

        def test_after():
            assert len(names) == 1
        """
    )
    project.run().assert_outcomes(passed=2)


def test_parameters_are_explored_one_by_one(project: Exploring) -> None:
    """Each case is a test of its own, with its own ending, replay and file."""
    project.write(
        f"""
        {MARK}
        @pytest.mark.parametrize("ordered", [False, True])
        async def test_case(ordered):
            heard = await both()
            assert not ordered or heard == ["first", "second"]
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["replay: pytest 'test_it.py::test_case[[]True]' *"])
    assert project.kept() == ["test_it/test_case[True].json"]


def test_strict_mode_has_it_too(project: Exploring) -> None:
    """What pytest-asyncio runs is explored, in both its modes."""
    project.configure(mode="strict")
    project.write("@pytest.mark.asyncio", MARK, RACY)
    project.run().assert_outcomes(failed=1)


def test_what_was_found_is_kept_and_run_first(project: Exploring) -> None:
    """The next run needs one schedule for the same failure, and keeps the file as it is."""
    project.write(MARK, RACY)
    project.run().assert_outcomes(failed=1)
    assert project.kept() == ["test_it/test_racy.json"]
    path = project.path / "snapshots/schedules/test_it/test_racy.json"
    before = path.read_text()
    (kept,) = json.loads(before)["schedules"]
    assert (kept["kind"], kept["found_by"]) == ("AssertionError", "sweep")
    result = project.run()
    result.stdout.fnmatch_lines(
        ["found by stored at schedule 1, *", "1 test explored: 1 schedule, *"]
    )
    assert path.read_text() == before


def test_a_mended_test_passes_with_its_kept_schedule(project: Exploring) -> None:
    """It is run again, says nothing, and stays for the next time."""
    project.write(MARK, RACY)
    project.run()
    project.write(FEW, STEADY.replace("test_steady", "test_racy"))
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*no longer applies*")
    assert project.kept() == ["test_it/test_racy.json"]


def test_a_kept_schedule_that_no_longer_applies_is_told(project: Exploring) -> None:
    """With the first thing that is missing, and the file that may go; the test passes."""
    project.write(MARK, RACY)
    project.run()
    project.write(
        f"""
        {MARK}
        async def test_racy():
            await asyncio.sleep(1)
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "test_it.py::test_racy: a kept schedule no longer applies: *never came to it*",
            "    *snapshots/schedules/test_it/test_racy.json*",
        ]
    )


def test_a_damaged_file_of_schedules_fails_its_test(project: Exploring) -> None:
    """By name, with what is wrong in it and what to do; other tests go on."""
    project.write(MARK, RACY, FEW, STEADY)
    path = project.path / "snapshots/schedules/test_it/test_racy.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"test": "test_it.py::test_racy", "schedules": [{"kind": 1}]}')
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*snapshots/schedules/test_it/test_racy.json cannot be read as kept schedules: *"]
    )


def test_what_cannot_be_kept_is_said(project: Exploring) -> None:
    """The failure is reported all the same."""
    (project.path / "snapshots").write_text("a file where a folder is to be")
    project.write(MARK, RACY)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the schedule found in *::test_racy could not be kept: *"])


def test_other_schedules_of_one_test_have_other_tokens(project: Exploring) -> None:
    """A token is of the test and of the schedule."""
    project.write(MARK, RACY, MARK, RACY.replace("test_racy", "test_other"))
    assert len(tokens(project.run())) == 2
