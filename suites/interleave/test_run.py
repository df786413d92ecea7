"""How a run ended, as a value."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from agent_rehearsal.interleave.attempt import Failure
from suites.interleave.worlds import attempted, virtual_sleep

Program = Callable[[], Coroutine[Any, Any, Any]]


async def passes() -> None:
    """Ends well."""
    await virtual_sleep(1)


async def asserts() -> None:
    """Fails an assertion."""
    await virtual_sleep(1)
    assert not "wrong"


async def in_group() -> None:
    """Fails in a task of a group."""
    async with asyncio.TaskGroup() as group:
        group.create_task(asserts())


async def in_library() -> None:
    """Fails in code that is not its own."""
    await asyncio.wait_for(asyncio.Event().wait(), 1)


async def in_callback() -> None:
    """Passes, but a callback did not."""
    asyncio.get_running_loop().call_soon(int, "x")
    await virtual_sleep(1)


async def in_forgotten_task() -> None:
    """Passes, but a task that nobody looked at did not."""
    task = asyncio.create_task(asserts())
    await virtual_sleep(2)
    assert task.done()


async def in_dropped_task() -> None:
    """The same, and the task is gone before the end."""
    _ = asyncio.create_task(asserts())
    await virtual_sleep(2)
    del _
    await virtual_sleep(1)


def failure_in(program: Program) -> Failure:
    """How the program failed."""
    failure = attempted(program).failure
    assert failure is not None
    return failure


def test_a_run_that_passes() -> None:
    """Has no failure, and a trace."""
    attempt = attempted(passes)
    assert attempt.failure is None
    assert attempt.trace.steps


@pytest.mark.parametrize(
    ("program", "kind", "line", "words"),
    [
        (asserts, "AssertionError", 23, "assert not"),
        (in_group, "ExceptionGroup", 23, "assert not"),
        (in_library, "TimeoutError", 34, "wait_for"),
        (in_callback, "ValueError", None, "Exception in callback"),
        (in_forgotten_task, "AssertionError", 23, "Task exception was never retrieved"),
        (in_dropped_task, "AssertionError", 23, "Task exception was never retrieved"),
    ],
)
def test_a_failure_says_what_and_where(
    program: Program, kind: str, line: int | None, words: str
) -> None:
    """Its kind, the deepest line of the program's own code, and the report."""
    failure = failure_in(program)
    assert failure.kind == kind
    assert words in failure.text
    if line is not None:
        assert failure.place == f"suites/interleave/test_run.py:{line}"


def test_the_programs_own_failure_comes_first() -> None:
    """An exception in a callback is not told where the program itself failed."""

    async def program() -> None:
        asyncio.get_running_loop().call_soon(int, "x")
        await asserts()

    assert failure_in(program).kind == "AssertionError"


def test_a_cancelled_callback_is_no_failure() -> None:
    """A callback that meets a cancelled future is no lost exception."""

    async def program() -> None:
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.exception())
        future.cancel()
        await asyncio.sleep(0)

    assert attempted(program).failure is None


def test_a_message_without_an_exception_is_no_failure() -> None:
    """What is only said to the exception handler does not fail a run."""

    async def program() -> None:
        asyncio.get_running_loop().call_exception_handler({"message": "Unclosed session"})

    assert attempted(program).failure is None


def test_what_a_program_reports_itself_is_no_failure() -> None:
    """A program may tell the loop of an exception that it has dealt with."""

    async def program() -> None:
        context = {"message": "a callback failed", "exception": KeyError()}
        asyncio.get_running_loop().call_exception_handler(context)

    assert attempted(program).failure is None


@pytest.mark.parametrize("program", [in_callback, in_forgotten_task, in_dropped_task])
def test_a_handler_of_the_programs_own(program: Program) -> None:
    """Where a program handles lost exceptions itself they are no failures of the run."""

    async def handled() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        await program()

    assert attempted(handled).failure is None


def test_the_place_is_the_first_line_of_a_statement() -> None:
    """Of a statement of several lines, whichever is at fault, the first one is told."""

    async def program() -> None:
        async with (
            asyncio.timeout(1),
            asyncio.timeout(2),
        ):
            await virtual_sleep(3)

    first = program.__code__.co_firstlineno + 1
    assert failure_in(program).place == f"suites/interleave/test_run.py:{first}"


def test_a_task_has_the_same_name_in_every_run() -> None:
    """Tasks that are not named are named by their number in the run."""
    names: list[str] = []

    async def program() -> None:
        task = asyncio.create_task(asyncio.sleep(0))
        names.append(task.get_name())
        await task

    attempted(program)
    attempted(program)
    assert names == ["Task-2", "Task-2"]


def test_the_text_begins_with_the_program() -> None:
    """Not with what called it; what it called in its turn is all there."""
    failure = attempted(in_library).failure
    assert failure is not None
    told = failure.text.rpartition("Traceback ")[2].splitlines()
    first, *rest = [line for line in told if line.startswith("  File ")]
    assert first.endswith("in in_library")
    assert any(line.endswith("in wait_for") for line in rest)


def test_a_program_without_a_frame_of_its_own_keeps_all_of_them() -> None:
    """A failure that nothing of it was running in: a deadlock, say."""

    async def stays() -> None:
        await asyncio.get_running_loop().create_future()

    failure = attempted(stays).failure
    assert failure is not None
    assert "  File " in failure.text
