"""The model client: requests of one turn, each a stream of typed events.

The inner layer of repetition is here: a request that was refused with 5xx or never answered is sent
again. A response that broke off is the session's matter.
"""

import asyncio
from dataclasses import dataclass

from codex_core.config.config import Config
from codex_core.model_client.endpoint import endpoint
from codex_core.model_client.error_map import status_error
from codex_core.model_client.errors import TIMEOUT, ModelError, stream_error
from codex_core.model_client.events import ResponseEvent
from codex_core.model_client.metadata import RequestIdentity
from codex_core.model_client.rate_limits import snapshot
from codex_core.model_client.request import Prompt, request_body
from codex_core.model_client.retry import parse_retry_after, pause_before
from codex_core.model_client.stream import StreamState
from codex_core.model_client.transport import Reply, Transport, TransportError
from codex_core.runtime import Runtime

__all__ = ["ResponseStream", "TurnClient"]

_TURN_STATE = "x-codex-turn-state"
_LONGEST_ERROR_BODY = 1 << 20
_SERVER_ERROR = 500


@dataclass(kw_only=True)
class TurnClient:
    """The model as one turn sees it.

    The server's turn state lives here: the first value of the turn is sent with its later requests.
    """

    config: Config
    transport: Transport
    runtime: Runtime
    identity: RequestIdentity
    turn_state: str | None = None

    async def stream(self, prompt: Prompt) -> "ResponseStream":
        """Sends a request; raises `ModelError` when no 2xx reply comes of it."""
        provider = self.config.provider
        target = endpoint(provider, self.runtime, openai_base_url=self.config.openai_base_url)
        headers = {**target.headers, **self.identity.headers(self.turn_state)}
        if target.authorization:
            headers["authorization"] = target.authorization
        reply = await self._send(target.url, headers, self._body(prompt))
        if self.turn_state is None:
            self.turn_state = reply.headers.get(_TURN_STATE)
        return ResponseStream(reply, provider.idle_timeout)

    def _body(self, prompt: Prompt) -> bytes:
        return request_body(
            prompt,
            model=self.config.model,
            info=self.config.model_info,
            store=self.config.provider.is_azure,
            cache_key=self.identity.thread_id,
            client_metadata=self.identity.client_metadata(),
        )

    async def _send(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._post(url, headers, body)
            except ModelError as error:
                if attempt > self.config.provider.request_retries or not _repeatable(error):
                    raise
                pause = pause_before(attempt, self.runtime.jitter, asked=error.delay)
            await self.runtime.sleep(pause)

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        try:
            async with asyncio.timeout(self.config.provider.idle_timeout):
                reply = await self.transport.post(url, headers, body)
                if reply.status // 100 == 2:
                    return reply
                refusal = await _whole_body(reply)
        except TimeoutError:
            raise ModelError(TIMEOUT, "request timed out") from None
        except TransportError as error:
            raise stream_error(str(error)) from error
        raise self._refused(reply, refusal, url)

    def _refused(self, reply: Reply, body: bytes, url: str) -> ModelError:
        obeys = self.config.provider.honor_retry_after
        asked = reply.headers.get("retry-after") if obeys else None
        pause = parse_retry_after(asked, now=self.runtime.now())
        return status_error(reply.status, reply.headers, body, url=url, retry_after=pause)


def _repeatable(error: ModelError) -> bool:
    """5xx and network trouble; other refusals would only come again."""
    return error.retryable if error.status is None else error.status >= _SERVER_ERROR


async def _whole_body(reply: Reply) -> bytes:
    body = bytearray()
    try:
        while len(body) < _LONGEST_ERROR_BODY and (chunk := await reply.read()):
            body += chunk
    finally:
        reply.close()
    return bytes(body)


class ResponseStream:
    """The events of one response, as they come. Close it, whatever happened."""

    def __init__(self, reply: Reply, idle_timeout: float) -> None:
        self.rate_limits = snapshot(reply.headers)
        self._reply = reply
        self._state = StreamState()
        self._idle = idle_timeout
        self._deadline = self._next_deadline()

    async def read(self) -> list[ResponseEvent]:
        """The next events, at least one; none when the response was completed.

        Raises `ModelError` when it broke off, failed, or was silent for too long.
        """
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
        """Gives the connection up."""
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
