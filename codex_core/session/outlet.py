"""Where a thread's events leave: first to the callback, at once, then to the queue for readers."""

import asyncio
from collections.abc import Callable

from codex_core.protocol.events import Event, EventMsg

__all__ = ["EventCallback", "Outlet", "ThreadClosedError"]

EventCallback = Callable[[str, Event], None]
"""Called with the thread's id and each event, inside the event loop; it must not block."""


class ThreadClosedError(RuntimeError):
    """The thread was shut down: it takes no input and has no more events."""


class Outlet:
    """The events of one thread, in one order for everybody."""

    def __init__(self, thread_id: str, callback: EventCallback | None) -> None:
        self._thread_id = thread_id
        self._callback = callback
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._closed = False

    def emit(self, turn_id: str, msg: EventMsg) -> None:
        """Tells an event; after `close` nothing is told."""
        if self._closed:
            return
        event = Event(id=turn_id, msg=msg)
        if self._callback is not None:
            self._call(self._callback, event)
        self._queue.put_nowait(event)

    async def next(self) -> Event:
        """The next event; raises `ThreadClosedError` after the last."""
        event = await self._queue.get()
        if event is None:
            self._queue.put_nowait(None)
            raise ThreadClosedError(
                f"thread {self._thread_id} is shut down and all its events were read"
            )
        return event

    def close(self) -> None:
        """No more events; whoever waits for one is told so."""
        if not self._closed:
            self._closed = True
            self._queue.put_nowait(None)

    def _call(self, callback: EventCallback, event: Event) -> None:
        """A callback that raises is reported to the loop; the turn goes on."""
        try:
            callback(self._thread_id, event)
        except Exception as error:
            context = {"message": f"on_event failed for {event.type}", "exception": error}
            asyncio.get_running_loop().call_exception_handler(context)
