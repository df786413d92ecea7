"""The gate between tools: shared or exclusive, fair, and safe under cancellation."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from codex_core.tools.gate import Gate
from suites.core.progress import Progress

Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["shared", "exclusive", "leave", "cancel", "tick"]), st.integers(0, 3)
    ),
    max_size=40,
)


class Users:
    """Tasks that hold a gate until they are told to leave; checks the rule at each entry."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.inside: dict[int, bool] = {}
        self.entered: list[int] = []
        self.exits: list[asyncio.Event] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.came = 0
        self.progress = Progress()

    def come(self, *, exclusive: bool) -> None:
        self.exits.append(asyncio.Event())
        task = asyncio.create_task(self._use(len(self.tasks), exclusive=exclusive))
        self.tasks.append(task)

    async def _use(self, number: int, *, exclusive: bool) -> None:
        self.came += 1
        self.progress.note()
        async with self.gate.hold(exclusive=exclusive):
            self.inside[number] = exclusive
            self.entered.append(number)
            self.progress.note()
            assert len(self.inside) == 1 or not any(self.inside.values())
            try:
                await self.exits[number].wait()
            finally:
                del self.inside[number]
                self.progress.note()

    async def all_came(self) -> None:
        """Everybody is inside or waits for it."""
        await self.progress.until(lambda: self.came == len(self.tasks))

    async def enters(self, count: int) -> None:
        """So many have been inside."""
        await self.progress.until(lambda: len(self.entered) >= count)

    async def everybody_leaves(self) -> None:
        for event in self.exits:
            event.set()
        async with asyncio.timeout(5):
            await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_shared_holders_come_together_and_exclusive_ones_alone() -> None:
    """A later shared holder does not overtake an exclusive one that waits."""
    users = Users()
    for exclusive in (False, False, True, False):
        users.come(exclusive=exclusive)
    await users.enters(2)
    await users.all_came()
    assert users.entered == [0, 1]
    users.exits[0].set()
    users.exits[1].set()
    await users.enters(3)
    assert users.entered == [0, 1, 2]
    await users.everybody_leaves()
    assert users.entered == [0, 1, 2, 3]


async def test_a_waiter_that_is_cancelled_lets_the_next_in() -> None:
    """A cancelled exclusive waiter no longer holds back the shared ones behind it."""
    users = Users()
    for exclusive in (False, True, False):
        users.come(exclusive=exclusive)
    await users.all_came()
    users.tasks[1].cancel()
    await users.enters(2)
    assert users.entered == [0, 2]
    await users.everybody_leaves()


async def test_a_waiter_cancelled_in_the_moment_of_its_turn_gives_it_back() -> None:
    """The gate is free again though it was just given away."""
    users = Users()
    for exclusive in (True, True, True):
        users.come(exclusive=exclusive)
    await users.all_came()
    users.exits[0].set()
    await users.progress.until(lambda: 0 not in users.inside)
    users.tasks[1].cancel()
    await users.progress.until(lambda: 2 in users.inside)
    assert users.entered in ([0, 2], [0, 1, 2])
    await users.everybody_leaves()


@given(STEPS)
def test_any_order_of_coming_leaving_and_cancelling(steps: list[Step]) -> None:
    """Nobody is beside an exclusive holder, and everybody who stays gets in at last."""
    asyncio.run(walk(steps))


async def walk(steps: list[Step]) -> None:
    users = Users()
    for kind, number in steps:
        match kind:
            case "shared" | "exclusive":
                users.come(exclusive=kind == "exclusive")
            case "leave" if number < len(users.exits):
                users.exits[number].set()
            case "cancel" if number < len(users.tasks):
                users.tasks[number].cancel()
            case "tick":
                await asyncio.sleep(0)
    await users.everybody_leaves()
    kept = [i for i, task in enumerate(users.tasks) if not task.cancelled()]
    assert all(task.cancelled() or task.exception() is None for task in users.tasks)
    assert set(kept) <= set(users.entered)
    async with asyncio.timeout(5), users.gate.hold(exclusive=True):
        assert users.inside == {}
