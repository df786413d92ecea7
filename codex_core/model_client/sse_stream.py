"""A response over HTTP: a reply, read as events. A thin skin over `StreamState`."""

import asyncio

from codex_core.model_client.errors import stream_error
from codex_core.model_client.events import ResponseEvent, header_events
from codex_core.model_client.stream import StreamState
from codex_core.model_client.transport import Reply, TransportError

__all__ = ["SseStream"]


class SseStream:
    """The events of one response, as they come, those of the reply's headers first.

    Close it, whatever happened.
    """

    def __init__(self, reply: Reply, idle_timeout: float) -> None:
        self._first: list[ResponseEvent] = [*header_events(reply.headers)]
        self._reply = reply
        self._state = StreamState()
        self._idle = idle_timeout
        self._deadline = self._next_deadline()

    async def read(self) -> list[ResponseEvent]:
        """As the protocol says."""
        if self._first:
            first, self._first = self._first, []
            return first
        while not self._state.completed:
            chunk = await self._chunk()
            if not chunk:
                raise self._state.ended()
            events, received = self._state.feed(chunk)
            if received:
                self._deadline = self._next_deadline()
            if events:
                return events
        return []

    def close(self) -> None:
        """As the protocol says."""
        self._reply.close()

    async def _chunk(self) -> bytes:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._reply.read()
        except TimeoutError:
            raise stream_error("idle timeout waiting for SSE") from None
        except TransportError as error:
            raise stream_error(str(error)) from error

    def _next_deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._idle
