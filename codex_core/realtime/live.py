"""A session over a socket: one task that reads, one that writes, and one end for both.

Reading never waits for writing: what comes is told while something else is on its way out.
"""

import asyncio
from collections.abc import Callable

import msgspec

from codex_core.model_client.websocket import WebSocket
from codex_core.protocol.realtime import RealtimeEvent
from codex_core.realtime.connector import Link
from codex_core.realtime.inbox import Inbox
from codex_core.realtime.refusal import StartRefusedError
from codex_core.realtime.session import Ending, Session

__all__ = ["Live"]

_encode = msgspec.json.Encoder().encode


class Live:
    """A session that runs, or is about to; `id` is the operation's that started it.

    `tell` has its events. `ended` has its end, once, unless it was stopped.
    """

    def __init__(
        self,
        submission_id: str,
        session: Session,
        *,
        tell: Callable[["Live", RealtimeEvent], None],
        ended: Callable[["Live", Ending], None],
    ) -> None:
        self.id = submission_id
        self.session = session
        self.inbox = Inbox()
        self._tell = tell
        self._ended = ended
        self._link: Link | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self, link: Link) -> None:
        """Runs it over a link, as soon as that is open."""
        self._link = link
        self._task = asyncio.ensure_future(self._run(link))

    async def stop(self) -> None:
        """Ends it without a word; harmless when it is over."""
        self.session.end(Ending(reason="requested"))
        self.inbox.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._link is not None:
            self._link.drop()

    async def _run(self, link: Link) -> None:
        try:
            ending = await self._talk(await link.open())
        except StartRefusedError as error:
            ending = Ending(reason="error", error=error.message)
        except Exception as error:
            problem = f"internal error: {type(error).__name__}: {error}"
            ending = Ending(reason="error", error=problem)
        self.session.end(ending)
        self.inbox.close()
        self._ended(self, ending)

    async def _talk(self, socket: WebSocket) -> Ending:
        writing = asyncio.ensure_future(self._write(socket))
        reading = asyncio.ensure_future(self._read(socket))
        try:
            await asyncio.wait((writing, reading), return_when=asyncio.FIRST_COMPLETED)
            if writing.done():
                writing.result()
            return await reading
        finally:
            socket.drop()
            writing.cancel()
            reading.cancel()
            await asyncio.wait((writing, reading))

    async def _write(self, socket: WebSocket) -> None:
        session = self.session
        while True:
            while session.frames:
                await socket.send(_encode(session.frames.popleft()))
            work = self.inbox.take()
            if work is not None:
                work(session)
            else:
                await self.inbox.news()

    async def _read(self, socket: WebSocket) -> Ending:
        clock = asyncio.get_running_loop().time
        while self.session.ending is None:
            event = self.session.arrive(await socket.receive(), clock())
            self.inbox.wake()
            if event is not None:
                self._tell(self, event)
        return self.session.ending
