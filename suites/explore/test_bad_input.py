"""Programs that cannot be explored, or never end: each is named clearly, once."""

from functools import partial
from typing import Any

import pytest

from agent_rehearsal.face.exploring import protocol
from agent_rehearsal.interleave.kernel.kernel import Limits
from agent_rehearsal.interleave.simulation import simulation
from suites.explore.project import Exploring

pytest_plugins = ["pytester"]

MARK = "@pytest.mark.explore(3, sweep=False)"
NATURALLY = "it fails in the natural order already, so no other order was looked for"


def explored(project: Exploring, source: str, *args: str) -> pytest.RunResult:
    """The run of a module whose one test is marked."""
    project.write(source)
    result = project.run(*args)
    result.assert_outcomes(failed=1)
    return result


def test_a_failure_in_the_natural_order_is_an_ordinary_one(project: Exploring) -> None:
    """Said once, with no schedule and no replay, and nothing is kept."""
    result = explored(
        project,
        f"""
        {MARK}
        async def test_it():
            assert await both() == []
        """,
    )
    result.stdout.fnmatch_lines(["E * assert ?'first', 'second'? == ??", NATURALLY])
    result.stdout.no_fnmatch_line("*replay*")
    assert sum("Error: assert" in line for line in result.outlines if line[:1] == "E") == 1
    assert project.kept() == []


def test_a_deadlock_says_who_waits_for_what(project: Exploring) -> None:
    """At once: nothing can wake the test any more."""
    result = explored(
        project,
        f"""
        {MARK}
        async def test_it():
            await asyncio.Event().wait()
        """,
    )
    result.stdout.fnmatch_lines(["*Deadlock*", "*(test_it) waits at test_it.py:* in *wait*"])


def test_a_deadlock_of_one_order_is_found(project: Exploring) -> None:
    """Two clients that each wait for the other to come first, in one order of two."""
    result = explored(
        project,
        """
        @pytest.mark.explore
        async def test_it():
            if await both() != ["first", "second"]:
                await asyncio.Event().wait()
        """,
    )
    result.stdout.fnmatch_lines(["Deadlock at test_it.py:*", "replay: pytest *"])


def test_a_test_that_never_ends_is_ended(project: Exploring) -> None:
    """By the limit of virtual time, with what was pending."""
    result = explored(
        project,
        f"""
        {MARK}
        async def test_it():
            while True:
                await asyncio.sleep(60)
        """,
    )
    result.stdout.fnmatch_lines(["*TimeLimit*", "*(test_it) waits at test_it.py:*"])


def test_a_test_that_spins_is_ended(project: Exploring, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the limit of steps; a low one here, to save time."""
    monkeypatch.setattr(simulation, "Limits", partial(Limits, steps=1_000))
    result = explored(
        project,
        f"""
        {MARK}
        async def test_it():
            while True:
                await asyncio.sleep(0)
        """,
    )
    result.stdout.fnmatch_lines(["*StepLimit*", "*(test_it) waits at test_it.py:*"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "await asyncio.create_subprocess_exec('true')",
            "*subprocess_exec* leaves the simulation*",
        ),
        ("threading.Thread(target=print).start()", "*hread* leaves the simulation *"),
        ("await asyncio.open_connection('192.0.2.1', 9)", "*192.0.2.1* leaves the simulation *"),
        ("subprocess.run(['true'])", "*leaves the simulation *"),
    ],
)
def test_what_leaves_the_simulation_is_named(project: Exploring, body: str, words: str) -> None:
    """The call, and what to do instead; a mark asked for it, so it is a failure."""
    source = f"""
        import subprocess
        import threading

        {MARK}
        async def test_it():
            {body}
        """
    explored(project, source).stdout.fnmatch_lines([words])


def test_one_that_hides_it_fails_all_the_same(project: Exploring) -> None:
    """What the program makes of the refusal does not make it repeatable."""
    result = explored(
        project,
        f"""
        import threading

        {MARK}
        async def test_it():
            try:
                threading.Thread(target=print).start()
            except RuntimeError:
                pass
        """,
    )
    result.stdout.fnmatch_lines(["*leaves the simulation *"])


def test_an_exception_in_a_callback_fails_the_test(project: Exploring) -> None:
    """asyncio only logs it; nothing may be lost while orders are looked for."""
    result = explored(
        project,
        f"""
        def fails():
            raise ValueError("in a callback")

        {MARK}
        async def test_it():
            asyncio.get_running_loop().call_soon(fails)
            await both()
        """,
    )
    result.stdout.fnmatch_lines(["*Exception in callback*", "*ValueError: in a callback*"])


def test_an_exception_that_nobody_takes_fails_the_test(project: Exploring) -> None:
    """A task that failed and was never awaited."""
    result = explored(
        project,
        f"""
        async def fails():
            raise ValueError("in a task")

        {MARK}
        async def test_it():
            task = asyncio.ensure_future(fails())
            await both()
            del task
        """,
    )
    result.stdout.fnmatch_lines(["*never retrieved*", "*ValueError: in a task*"])


def test_a_coroutine_never_awaited_fails_the_test(project: Exploring) -> None:
    """With warnings as errors, in the run that left it."""
    result = explored(
        project,
        f"""
        {MARK}
        async def test_it():
            both()
            await both()
        """,
    )
    result.stdout.fnmatch_lines(["*coroutine 'both' was never awaited*", NATURALLY])


def test_a_test_that_differs_from_run_to_run_is_named(project: Exploring) -> None:
    """With the first difference: no schedule of it could be repeated."""
    source = f"""
        from itertools import count

        numbers = count()

        {MARK}
        async def test_it():
            for _ in range(next(numbers)):
                await both()
        """
    result = explored(project, source)
    result.stdout.fnmatch_lines(
        ["two runs in the natural order differ, *: at step * in one run, * in the other; it *"]
    )
    project.write(source.replace(MARK, ""))
    result = project.run("--explore=3")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 test not explorable, run as ever: 1 not the same twice"])


def test_a_failure_of_one_natural_run_is_not_hidden(project: Exploring) -> None:
    """Be it the first, which may differ for what it imports, or a later one; with a mark or
    without. It is told with the first difference, not run again until it passes.
    """
    source = """
        from itertools import count

        numbers = {{name: count() for name in ("test_first", "test_later")}}

        {mark}
        @pytest.mark.parametrize("name", numbers)
        async def test_it(name):
            number = next(numbers[name])
            assert number != ["test_first", "test_later"].index(name), "only now"
        """
    for mark in ("", MARK):
        project.write(source.format(mark=mark))
        result = project.run("--explore=3")
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(
            ["E * AssertionError: only now"]
            + ["failed in 1 of 3 natural runs: it draws on something *; one run *passed*"] * 2
        )
        result.stdout.no_fnmatch_line("*not explorable*")


def test_what_leaves_the_simulation_in_one_run_alone_is_counted(project: Exploring) -> None:
    """As what does in all: without a mark it is run as ever, whichever order it was."""
    project.write(
        """
        import threading

        async def test_it():
            if await both() != ["first", "second"]:
                threading.Thread(target=print).start()
        """
    )
    result = project.run("--explore=3")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 test not explorable, run as ever: 1 left the simulation"])


def test_a_fixture_that_fails_is_an_error_of_set_up(project: Exploring) -> None:
    """Of a wider scope as of the test's own, said once."""
    project.write(
        f"""
        @pytest.fixture(scope="module")
        def wide():
            raise ValueError("wide")

        @pytest.fixture
        async def own():
            raise ValueError("own")

        {MARK}
        async def test_wide(wide): ...

        {MARK}
        async def test_own(own): ...
        """
    )
    result = project.run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["E * ValueError: wide", "E * ValueError: own", NATURALLY])


def test_the_end_of_wider_fixtures_is_reported_with_the_last_test(project: Exploring) -> None:
    """After the schedules, as pytest does it."""
    project.write(
        f"""
        @pytest.fixture(scope="module")
        def wide():
            yield
            raise ValueError("at the end")

        {MARK}
        async def test_it(wide):
            await both()
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["* ERROR at teardown of test_it *", "E * ValueError: at the end"])


def test_output_is_that_of_the_told_run_alone(project: Exploring) -> None:
    """A hundred runs do not print a hundred times."""
    result = explored(
        project,
        """
        import logging

        @pytest.mark.explore
        async def test_it():
            print("said by the test")
            logging.getLogger("mine").warning("logged by the test")
            assert await both() == ["first", "second"]
        """,
    )
    lines = result.outlines
    assert lines.count("said by the test") == 1
    assert sum(line.endswith("logged by the test") for line in lines) == 1


def test_warnings_are_counted_once(project: Exploring) -> None:
    """Those of one run, not of all."""
    project.write(
        f"""
        import warnings

        {MARK}
        async def test_it():
            warnings.warn("careful")
            await both()
        """
    )
    result = project.run("-W", "default")
    result.assert_outcomes(passed=1, warnings=1)


def test_an_unknown_failure_of_the_engine_is_no_pass(
    project: Exploring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised outside of the runs fails the test, with its traceback."""

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("in the engine")

    monkeypatch.setattr(protocol, "explore", broken)
    result = explored(project, f"{MARK}\nasync def test_it(): ...")
    result.stdout.fnmatch_lines(["E * ZeroDivisionError: in the engine"])


def test_a_server_of_a_wider_scope_is_not_in_the_simulation(project: Exploring) -> None:
    """It was started outside of it: the refusal is told with where it came from."""
    result = explored(
        project,
        f"""
        import socket

        @pytest.fixture(scope="module")
        def address():
            with socket.create_server(("127.0.0.1", 0)) as listener:
                yield listener.getsockname()

        {MARK}
        async def test_it(address):
            await asyncio.open_connection(*address)
        """,
    )
    result.stdout.fnmatch_lines([NATURALLY, "nobody listened at 127.0.0.1:*: a simulation has *"])


def test_a_thing_of_another_runs_loop_is_told(project: Exploring) -> None:
    """A fixture that outlives a run keeps it: asyncio names the thing, the report the remedy."""
    result = explored(
        project,
        f"""
        @pytest.fixture(scope="module")
        def lock():
            return asyncio.Lock()

        {MARK}
        async def test_it(lock):
            async def hold():
                async with lock:
                    await asyncio.sleep(1)

            await asyncio.gather(hold(), hold())
        """,
    )
    result.stdout.fnmatch_lines(
        ["E * is bound to a different event loop", NATURALLY, "*give that fixture scope='function'"]
    )
