"""A response over a WebSocket: what arrives, read as events. A thin skin over `FrameState`."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from codex_core.model_client.errors import ModelError, stream_error
from codex_core.model_client.events import ResponseEvent, TurnStateSet
from codex_core.model_client.turn_state import TurnState
from codex_core.model_client.websocket import Arrival, WebSocket
from codex_core.model_client.websocket_frames import FrameState

__all__ = ["WebSocketStream"]


class WebSocketStream:
    """The events of one response, as they come. Close it, whatever happened.

    `first` are events that precede the response, `early` what arrived before it was asked for;
    `ended` is called once, with what the response came to, when it is complete or given up.
    """

    def __init__(
        self,
        socket: WebSocket,
        state: FrameState,
        *,
        idle_timeout: float,
        turn_state: TurnState,
        first: Iterable[ResponseEvent],
        early: Iterable[Arrival],
        ended: Callable[[FrameState], None],
    ) -> None:
        self._socket = socket
        self._state = state
        self._idle = idle_timeout
        self._turn_state = turn_state
        self._first = list(first)
        self._early = deque(early)
        self._ended = ended
        self._closed = False

    async def read(self) -> list[ResponseEvent]:
        """As the protocol says."""
        events, self._first = self._first, []
        while not events and not self._state.over:
            events = await self._next()
        if self._state.completed is not None or (self._state.error and not events):
            self.close()
        if not events and self._state.error is not None:
            raise self._state.error
        return events

    def close(self) -> None:
        """As the protocol says."""
        if not self._closed:
            self._closed = True
            self._ended(self._state)

    async def _next(self) -> list[ResponseEvent]:
        """What the next arrivals say: the one that is waited for, and all that came with it."""
        events = self._state.feed(self._poll() or await self._arrival())
        while not self._state.over and (arrival := self._poll()) is not None:
            events += self._state.feed(arrival)
        for event in events:
            if isinstance(event, TurnStateSet):
                self._turn_state.offer(event.value)
        return events

    def _poll(self) -> Arrival | None:
        return self._early.popleft() if self._early else self._socket.poll()

    async def _arrival(self) -> Arrival:
        try:
            async with asyncio.timeout(self._idle):
                return await self._socket.receive()
        except TimeoutError:
            self._state.error = self._silence()
            self.close()
            raise self._state.error from None

    def _silence(self) -> ModelError:
        complaint = self._state.complaint
        said = f"; the server had said: {complaint}" if complaint else ""
        return stream_error(f"idle timeout waiting for websocket{said}")
