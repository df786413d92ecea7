"""Gates: named places in a script where the server waits until the test lets it go on."""

import asyncio

from agent_rehearsal.journal import DEFAULT_TIMEOUT, Connection, Entry, Journal, head, kind, like
from agent_rehearsal.wire.script import Mark


class Gate(Mark):
    """Holds every script that comes to it, until it is opened; from then on it holds none."""

    __slots__ = ("_journal", "_open", "name")

    def __init__(self, journal: Journal, name: str) -> None:
        self.name = name
        self._journal = journal
        self._open = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether it has been opened."""
        return self._open.is_set()

    def open(self) -> None:
        """Let all scripts pass, those that wait and those that come later."""
        if not self.is_open:
            self._journal.note("gate", self.name, {"state": "opened"})
            self._open.set()

    async def reached(self, *, timeout: float = DEFAULT_TIMEOUT) -> Entry:
        """Wait until a script has come to the gate. Raises WaitTimeout."""
        at_gate = kind("gate") & head(self.name) & like({"state": "reached"})
        return await self._journal.wait_for(at_gate, timeout=timeout)

    async def passage(self, conn: Connection | None = None, re: int | None = None) -> None:
        """Come to the gate as a script does: recorded, then held until it is open.

        A test may hold a client of its own here.
        """
        self._journal.note("gate", self.name, {"state": "reached"}, conn=conn, re=re)
        await self._open.wait()

    def __repr__(self) -> str:
        return f"gate({self.name!r})"
