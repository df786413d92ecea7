"""The life of one Responses stream over SSE, as a state machine. No sockets, no clock.

- Completed ends the stream, whatever follows.
- Failed, incomplete and an unreadable completion end nothing: the error is kept and surfaces when
  the body ends without a completion; the last one wins.
- A body that ends with nothing kept was cut.
"""

from codex_core.model_client.error_map import failed_error
from codex_core.model_client.errors import ModelError, stream_error
from codex_core.model_client.events import (
    BrokenCompletion,
    Completed,
    Failed,
    Incomplete,
    RateLimits,
    ResponseEvent,
    TurnStateSet,
    decode_events,
)
from codex_core.model_client.sse import SseParser

__all__ = ["StreamState", "ending_error"]

_END_MARK = b"[DONE]"
"""What servers of the older API end a stream with; it says nothing here."""


class StreamState:
    """Feed it the body's chunks; ask `ended` for the error when the body is over."""

    def __init__(self) -> None:
        self._sse = SseParser()
        self._error: ModelError | None = None
        self.completed = False

    def feed(self, chunk: bytes) -> tuple[list[ResponseEvent], int]:
        """The events to act on, and how many were received in all (for the idle timeout)."""
        received = [data for data in self._sse.feed(chunk) if data != _END_MARK]
        events: list[ResponseEvent] = []
        for data in received:
            events += filter(self._concerns, decode_events(data))
            if self.completed:
                break
        return events, len(received)

    def ended(self) -> ModelError:
        """Why a body that is over was no whole response."""
        return self._error or stream_error("stream closed before response.completed")

    def _concerns(self, event: ResponseEvent) -> bool:
        """Is the event the turn's business? Errors are kept here instead."""
        match event:
            case Completed():
                self.completed = True
            case RateLimits() | TurnStateSet():
                return False  # Over HTTP only the headers tell these.
            case Failed() | Incomplete() | BrokenCompletion():
                self._error = ending_error(event)
                return False
        return True


def ending_error(event: ResponseEvent) -> ModelError | None:
    """The error that an event says the response ended with; None for any other event."""
    match event:
        case Failed():
            return failed_error(event.error)
        case Incomplete():
            return stream_error(f"Incomplete response returned, reason: {event.reason}")
        case BrokenCompletion():
            return stream_error(f"failed to parse ResponseCompleted: {event.message}")
    return None
