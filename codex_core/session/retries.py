"""The outer layer of repetition: a response that broke off is asked for again, after a while.

When that has been done often enough over a WebSocket, the thread goes over to HTTP for good and the
count begins anew.
"""

from collections.abc import Callable

from codex_core.model_client.errors import ModelError
from codex_core.model_client.retry import pause_before
from codex_core.protocol.events import EventMsg, StreamError, Warning
from codex_core.session.state import ThreadState

__all__ = ["StreamRetries"]


class StreamRetries:
    """The repetitions of one response; `most` is the provider's setting unless it is given."""

    def __init__(
        self, state: ThreadState, emit: Callable[[EventMsg], None], *, most: int | None = None
    ) -> None:
        self._state = state
        self._emit = emit
        self._most = state.config.provider.stream_retries if most is None else most
        self._count = 0

    async def after(self, error: ModelError) -> None:
        """Waits until the request is to be sent again; raises the error if it is not."""
        if not error.retryable:
            raise error
        self._count += 1
        if self._count > self._most:
            self._fall_back(error)
            return
        self._tell(error)
        runtime = self._state.runtime
        await runtime.sleep(pause_before(self._count, runtime.jitter, asked=error.delay))

    def _fall_back(self, error: ModelError) -> None:
        if not self._state.model.fall_back():
            raise error
        self._count = 0
        message = f"Falling back from WebSockets to HTTPS transport. {error.message}"
        self._emit(Warning(message=message))

    def _tell(self, error: ModelError) -> None:
        """The first break of a WebSocket is nothing to tell: such connections do not live long."""
        if self._count == 1 and self._state.model.uses_websocket:
            return
        self._emit(
            StreamError(
                message=f"Reconnecting... {self._count}/{self._most}",
                codex_error_info={
                    "response_stream_disconnected": {"http_status_code": error.status}
                },
                additional_details=error.message,
            )
        )
