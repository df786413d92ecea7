"""Tier `task`: a step that is held back lets steps of other tasks go first, and nothing else."""

import asyncio
import random
from collections.abc import Callable
from functools import partial

from agent_rehearsal.interleave.keys import Key
from agent_rehearsal.interleave.strategies.strategies import Natural
from suites.interleave.worlds import Ends, attempted, simulated, stream_pair


class Holds(Natural):
    """Holds back steps by a function of their name."""

    def __init__(self, turns: Callable[[Key], int]) -> None:
        self.turns = turns
        self.asked: list[Key] = []

    def step(self, key: Key, turn: int) -> int:
        self.asked.append(key)
        return self.turns(key)


def by_chance(seed: int) -> Holds:
    """Holds back steps by up to two turns."""
    dice = random.Random(seed)
    return Holds(lambda _: dice.randrange(3))


def note(order: list[int], number: int, _: object) -> None:
    """A callback of a future."""
    order.append(number)


async def racing() -> str:
    """The names of two tasks in the order in which they come to their second step."""
    order = list[str]()

    async def member(of: str) -> None:
        await asyncio.sleep(0)
        order.append(of)

    async with asyncio.TaskGroup() as group:
        for each in "ab":
            group.create_task(member(each))
    return "".join(order)


def test_a_held_step_lets_others_go_first() -> None:
    """Task 2 waits at its second step for a turn, and task 3 overtakes it."""
    assert simulated(racing) == "ab"
    assert simulated(racing, Holds(lambda key: key == "task:2#2")) == "ba"


def test_steps_are_named_in_their_order() -> None:
    """Each step of each task is asked for once; held ones are in the trace."""
    strategy = Holds(lambda key: 3 * (key == "task:3#1"))
    trace = attempted(racing, strategy).trace
    assert strategy.asked[:4] == ["task:1#1", "task:2#1", "task:3#1", "task:2#2"]
    assert len(set(strategy.asked)) == len(strategy.asked)
    assert [step.key for step in trace.steps if step.what == "task"] == ["task:3#1"]


def test_callbacks_keep_their_order() -> None:
    """What `call_soon` was given, and the callbacks of a future, are never held."""

    async def program() -> list[int]:
        loop, order = asyncio.get_running_loop(), list[int]()
        future = loop.create_future()
        for number in range(3):
            loop.call_soon(order.append, number)
            future.add_done_callback(partial(note, order, 10 + number))
        loop.call_soon(future.set_result, None)
        await future
        order.append(20)
        return order

    for seed in range(30):
        found = simulated(program, by_chance(seed))
        assert found == [0, 1, 2, 10, 11, 12, 20]


def test_streams_work_in_any_order_of_steps() -> None:
    """Programs over streams that are right stay right."""

    async def play(client: Ends, server: Ends) -> bytes:
        client[1].write(b"line\n")
        server[1].write(await server[0].readline())
        return await client[0].readline()

    for seed in range(30):
        assert simulated(lambda: stream_pair(play), by_chance(seed)) == b"line\n"


def test_a_strategy_without_steps_holds_none() -> None:
    """In tier `env` no step is asked for."""
    assert not [step for step in attempted(racing).trace.steps if step.what == "task"]
