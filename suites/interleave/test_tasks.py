"""Sets of tasks, futures and connections hand out their members in an order that is decided."""

import asyncio
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from agent_rehearsal.interleave.simulation.tasks import place_in_sets
from agent_rehearsal.interleave.strategies.strategies import Natural
from suites.interleave.worlds import attempted, simulated, virtual_sleep


class Salted(Natural):
    """Gives tasks salts by their number."""

    def __init__(self, salts: dict[int, int]) -> None:
        self.salts = salts

    def salt(self, task: int) -> int:
        return self.salts.get(task, task)


async def name(of: str) -> str:
    """Ends a turn later."""
    await asyncio.sleep(0)
    return of


async def done_order() -> str:
    """The names of three tasks in the order in which `asyncio.wait` hands them out."""
    tasks = [asyncio.create_task(name(each)) for each in "abc"]
    done, _ = await asyncio.wait(tasks)
    return "".join(task.result() for task in done)


async def cancel_order() -> str:
    """The names of three tasks in the order in which a group cancels them."""
    order = list[str]()

    async def member(of: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            order.append(of)

    async def fails() -> None:
        await asyncio.sleep(0)
        raise KeyError

    async def group() -> None:
        async with asyncio.TaskGroup() as members:
            for each in "abc":
                members.create_task(member(each))
            members.create_task(fails())

    with pytest.raises(ExceptionGroup):
        await group()
    return "".join(order)


@pytest.mark.parametrize("program", [done_order, cancel_order])
def test_naturally_sets_keep_the_order_of_their_filling(program: Any) -> None:
    """Where nothing is drawn, what was put in first comes out first."""
    assert [simulated(program) for _ in range(5)] == ["abc"] * 5


def test_naturally_many_tasks_keep_near_their_order() -> None:
    """Sets of up to eighteen keep their order, also of tasks that were made far apart."""

    async def program(size: int) -> list[int]:
        tasks = set[asyncio.Task[None]]()
        for number in range(size):
            for _ in range(7):
                await asyncio.create_task(virtual_sleep(0))
            tasks.add(asyncio.create_task(virtual_sleep(0), name=str(number)))
        order = [int(task.get_name()) for task in tasks]
        await asyncio.gather(*tasks)
        return order

    for size in range(18):
        assert simulated(partial(program, size)) == list(range(size))


def test_salts_bring_about_every_order() -> None:
    """Any order of a small set has salts that make it: lower ones come first."""
    for order in permutations(range(3)):
        salts = {task: order.index(task - 2) + 5 for task in (2, 3, 4)}
        assert simulated(done_order, Salted(salts)) == "".join("abc"[each] for each in order)


def test_one_salt_moves_one_task_back() -> None:
    """A task with a salt among those without one comes after them."""
    assert simulated(done_order, Salted({2: 7})) == "bca"


def test_a_salt_that_is_the_number_is_none() -> None:
    """Tasks made together have one natural place; any other salt is the place itself."""
    assert place_in_sets(7, 7) == place_in_sets(8, 8)
    assert place_in_sets(40, 40) != place_in_sets(8, 8)
    assert place_in_sets(7, 3) == 3


def test_sets_of_futures_repeat_themselves() -> None:
    """Plain futures too come out of sets in the order of their filling."""

    async def program() -> list[int]:
        loop = asyncio.get_running_loop()
        jobs = [loop.run_in_executor(None, int, number) for number in range(4)]
        done, _ = await asyncio.wait(jobs)
        return [job.result() for job in done]

    assert simulated(program) == [0, 1, 2, 3]


def test_sets_of_protocols_repeat_themselves() -> None:
    """Connections that a library keeps in a set are closed in one order."""

    async def program() -> list[int]:
        class Connection(asyncio.Protocol):
            def __init__(self, number: int) -> None:
                self.number = number

        return [each.number for each in {Connection(number) for number in range(6)}]

    assert simulated(program) == list(range(6))


def test_tasks_say_what_they_are() -> None:
    """In texts a task is a Task and a future a Future, as on stock asyncio."""

    async def program() -> tuple[str, str]:
        task = asyncio.current_task()
        future = asyncio.get_running_loop().create_future()
        return repr(task)[:6], repr(future)

    assert simulated(program) == ("<Task ", "<Future pending>")


def test_a_task_factory_is_kept() -> None:
    """A program's own task factory makes its tasks."""

    async def program() -> bool:
        made = list[Any]()

        def factory(loop: Any, coro: Any, **options: Any) -> Any:
            made.append(asyncio.Task(coro, loop=loop, **options))
            return made[-1]

        asyncio.get_running_loop().set_task_factory(factory)
        task = asyncio.create_task(name("a"))
        await task
        return made == [task]

    assert simulated(program)


def test_tasks_made_without_their_loop_have_places_too() -> None:
    """Sets hand out in order what a library made by calling `asyncio.Task` itself."""
    kept = asyncio.Task

    async def program() -> str:
        tasks = [asyncio.Task(name(each)) for each in "abc"]
        assert all(isinstance(task, asyncio.Task) for task in tasks)
        done, _ = await asyncio.wait(tasks)
        return "".join(task.result() for task in done)

    assert simulated(program) == "abc"
    for order in permutations(range(3)):
        salts = {task: order.index(task - 2) + 5 for task in (2, 3, 4)}
        assert simulated(program, Salted(salts)) == "".join("abc"[each] for each in order)
    assert asyncio.Task is kept


def test_a_deadlock_names_tasks_made_without_their_loop() -> None:
    """Whoever waits without end is told, however its task was made."""

    async def program() -> None:
        await asyncio.Task(asyncio.Event().wait(), name="the one that waits")

    failure = attempted(program).failure
    assert failure is not None
    assert failure.kind == "Deadlock"
    assert "the one that waits (Event.wait)" in failure.text


def test_a_program_may_have_a_kind_of_task_of_its_own() -> None:
    """A class that inherits from `asyncio.Task` makes its own instances, in a run as ever."""

    async def program() -> tuple[str, bool, bool]:
        class Own(asyncio.Task[str]):
            """A kind of task."""

        own, stock = Own(name("a")), asyncio.Task(name("b"))
        assert isinstance(own, asyncio.Task)
        assert issubclass(Own, asyncio.Task)
        await asyncio.wait([own, stock])
        return own.result(), isinstance(own, Own), isinstance(stock, Own)

    assert simulated(program) == ("a", True, False)


@pytest.mark.skipif(
    not hasattr(asyncio, "eager_task_factory"), reason="eager tasks came with Python 3.12"
)
def test_eager_tasks_have_places_too() -> None:
    """The stock factory of eager tasks makes tasks that sets hand out in order."""

    async def program() -> tuple[list[str], str]:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(getattr(asyncio, "eager_task_factory"))  # noqa: B009
        begun = list[str]()

        async def starts(of: str) -> str:
            begun.append(of)
            await asyncio.sleep(0)
            return of

        tasks = {asyncio.create_task(starts(each)) for each in "abc"}
        assert begun == ["a", "b", "c"]
        done, _ = await asyncio.wait(tasks)
        return begun, "".join(task.result() for task in done)

    assert simulated(program) == (["a", "b", "c"], "abc")
