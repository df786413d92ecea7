"""One wait under way: what it asks, what it has found, and how it is woken. Knows no journal."""

import asyncio
from collections.abc import Callable

from agent_rehearsal.journal.entry import Entry


class Waiter:
    """A question to the entries later than `after`, until `missing` of them meet it.

    It takes entries until it is off the journal's list, even after its deadline woke it.
    Made in the running event loop.
    """

    __slots__ = ("_after", "_ask", "_error", "_found", "_missing", "woken")

    def __init__(
        self,
        ask: Callable[[Entry], bool],
        missing: int,
        *,
        after: int,
    ) -> None:
        self._ask = ask
        self._missing = missing
        self._after = after
        self._found: list[Entry] = []
        self._error: BaseException | None = None
        self.woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the wait has ended, or its time is up; never holds an exception."""

    @property
    def ended(self) -> bool:
        """Whether it has found all, or failed."""
        return self._error is not None or len(self._found) == self._missing

    def offer(self, entry: Entry) -> None:
        """Ask about one more entry."""
        # An entry may be in the past that the wait has looked at and still be on its way to here.
        if self.ended or entry.seq <= self._after:
            return
        try:
            met = self._ask(entry)
        except Exception as error:
            self.fail(error)
            return
        if met:
            self._found.append(entry)
        if self.ended:
            self.wake()

    def fail(self, error: BaseException) -> None:
        """End the wait with `error`, unless it has ended."""
        if not self.ended:
            self._error = error
            self.wake()

    def wake(self) -> None:
        """Let the wait look at what there is."""
        if not self.woken.done():
            self.woken.set_result(None)

    def result(self) -> list[Entry]:
        """What was found, perhaps not all. Raises what the wait failed with."""
        if self._error is not None:
            raise self._error.with_traceback(None)
        return self._found
