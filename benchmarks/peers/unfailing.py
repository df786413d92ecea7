"""Five programs that stock asyncio cannot fail: each relies on an order that it promises or always
keeps, so that whoever reports one as broken cries wolf. They use no network and no clock.
"""

import asyncio


class Both:
    """What ran, in its order; waited for until there are two."""

    def __init__(self) -> None:
        self._ran: list[str] = []
        self._done = asyncio.Event()

    def note(self, name: str) -> None:
        """One of the two runs."""
        self._ran.append(name)
        if len(self._ran) > 1:
            self._done.set()

    async def in_order(self) -> None:
        """Both ran, the first one first."""
        await self._done.wait()
        assert self._ran == ["first", "second"], f"ran {self._ran}"


async def callbacks() -> None:
    """`call_soon` runs callbacks in the order of the calls, as its documentation says."""
    both = Both()
    loop = asyncio.get_running_loop()
    loop.call_soon(both.note, "first")
    loop.call_soon(both.note, "second")
    await both.in_order()


async def future() -> None:
    """The callbacks of a future run in the order in which they were added."""
    both = Both()
    waited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waited.add_done_callback(lambda _: both.note("first"))
    waited.add_done_callback(lambda _: both.note("second"))
    waited.set_result(None)
    await both.in_order()


async def group() -> None:
    """Tasks of a group start in the order in which they were made."""
    started: list[int] = []

    async def start(number: int) -> None:
        started.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(3):
            tasks.create_task(start(number))
    assert started == [0, 1, 2], f"started {started}"


async def pause() -> None:
    """`sleep(0)` lets a task begin that was made before it."""
    began = False

    async def begin() -> None:
        nonlocal began
        began = True

    task = asyncio.create_task(begin())
    await asyncio.sleep(0)
    assert began, "the task has not begun"
    await task


async def getters() -> None:
    """Who waits for a queue first is served first."""
    queue = asyncio.Queue[str]()
    served: list[tuple[str, str]] = []

    async def get(name: str) -> None:
        served.append((name, await queue.get()))

    tasks = [asyncio.create_task(get(name)) for name in ("early", "late")]
    for _ in tasks:
        await asyncio.sleep(0)
    for item in ("first", "second"):
        queue.put_nowait(item)
    await asyncio.gather(*tasks)
    assert served == [("early", "first"), ("late", "second")], f"served {served}"


UNFAILING = {
    "call_soon twice": callbacks,
    "two callbacks of one future": future,
    "start order in a TaskGroup": group,
    "sleep(0) lets a task begin": pause,
    "two getters of one queue": getters,
}
"""By name."""
