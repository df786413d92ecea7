"""The commands of one thread, by the numbers that the model knows them by. It bounds how many.

A session stays until its end has been fetched, so its last words are never lost to a race with its
exit. When too many are kept, one goes: never one of those used last, an ended one first.
"""

import asyncio
from collections.abc import Iterable

from codex_core.runtime import Command, Process, Runtime
from codex_core.tools.session import Origin, Session, Tell

__all__ = ["MOST_SESSIONS", "SessionStore"]

MOST_SESSIONS = 64
_PROTECTED = 8
_GRACE = 1.0
"""Seconds that commands have to end when they are asked to."""


class SessionStore:
    """Sessions in the order in which they were used, the latest at the end."""

    def __init__(self, runtime: Runtime, tell: Tell) -> None:
        self._runtime = runtime
        self._tell = tell
        self._kept: dict[int, Session] = {}
        self._running: set[Session] = set()
        self._strays: list[Process] = []
        self._closed = False

    def __len__(self) -> int:
        return len(self._kept)

    async def start(self, command: Command, origin: Origin) -> Session:
        """Starts a command; raises `OSError` when that cannot be done.

        One that comes up after `close` is killed, and whoever wanted it is cancelled.
        """
        process = await self._runtime.runner.start(command)
        if self._closed:
            process.kill()
            await process.wait()
            raise asyncio.CancelledError
        self._make_room()
        session = Session(
            session_id=self._free_id(),
            origin=origin,
            command=command,
            process=process,
            runtime=self._runtime,
            tell=self._tell,
        )
        self._kept[session.id] = session
        self._running.add(session)
        session.following.add_done_callback(lambda _: self._note_end(session))
        return session

    def use(self, session_id: int) -> Session | None:
        """The session of that number, if it is kept; it is the one used last from now on."""
        session = self._kept.pop(session_id, None)
        if session is not None:
            self._kept[session_id] = session
        return session

    def drop(self, session: Session) -> None:
        """Forgets a session that has ended and was fetched."""
        if self._kept.get(session.id) is session:
            del self._kept[session.id]

    async def end_all(self) -> None:
        """Asks all commands to end, then makes them, with all that they left in their groups."""
        running = list(self._running)
        for process in self._processes(running):
            process.terminate()
        await _ended(running)
        for process in self._processes(running):
            process.kill()
        self._strays.clear()
        await _ended(running)

    async def close(self) -> None:
        """Ends all commands, and those still to come; each has told its end."""
        self._closed = True
        await self.end_all()
        self._kept.clear()

    def _processes(self, running: Iterable[Session]) -> list[Process]:
        return [*(session.process for session in running), *self._strays]

    def _note_end(self, session: Session) -> None:
        self._running.discard(session)
        if session.process.strays:
            self._strays.append(session.process)

    def _free_id(self) -> int:
        while (number := self._runtime.process_id()) in self._kept:
            continue
        return number

    def _make_room(self) -> None:
        while len(self._kept) >= MOST_SESSIONS:
            session = self._least_wanted()
            del self._kept[session.id]
            if session in self._running:
                session.process.kill()

    def _least_wanted(self) -> Session:
        open_to_all = list(self._kept.values())[:-_PROTECTED]
        ended = (session for session in open_to_all if session.exit_code is not None)
        return next(ended, open_to_all[0])


async def _ended(sessions: list[Session]) -> None:
    if sessions:
        await asyncio.wait([session.following for session in sessions], timeout=_GRACE)
