"""The inner layer of a request: address, credentials, and repetition of what was refused or lost.

A request that was refused with 5xx or never answered is sent again, after a 401 with better
credentials if there are some. A response that broke off is the session's matter; what a body means
is the caller's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TypeVar

import msgspec

from codex_core.config.providers import ModelProvider
from codex_core.model_client.auth import Auth
from codex_core.model_client.compression import ENCODING, compressed
from codex_core.model_client.endpoint import base_url, fixed_headers, join
from codex_core.model_client.error_map import status_error
from codex_core.model_client.errors import TIMEOUT, ModelError, stream_error
from codex_core.model_client.local_time import local_time
from codex_core.model_client.retry import parse_retry_after, pause_before
from codex_core.model_client.transport import Reply, Transport, TransportError
from codex_core.runtime import Runtime

__all__ = ["HttpClient"]

_LONGEST_ERROR_BODY = 1 << 20
_SUCCESS = 2
_Got = TypeVar("_Got")


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request, credentials left out: each attempt has those of its moment."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class HttpClient(msgspec.Struct, kw_only=True):
    """Requests to one provider. One for a thread."""

    provider: ModelProvider
    transport: Transport
    runtime: Runtime
    auth: Auth
    openai_base_url: str | None = None
    compresses: bool = True
    """May request bodies be compressed at all?"""

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        compress: bool = False,
    ) -> Reply:
        """A 2xx reply, its body unread; raises `ModelError` when none comes of the request.

        With `compress` the body is compressed where the provider is known to take that.
        """
        request = self._request(method, path, headers, body, compress=compress)
        return await self._obtain(partial(self._open, request))

    async def fetch(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        timeout: float | None = None,
    ) -> tuple[Mapping[str, str], bytes]:
        """Headers and whole body of a 2xx reply; raises `ModelError`.

        `timeout` is for one attempt, in seconds; the provider's idle timeout if None.
        """
        request = self._request(method, path, headers, body, compress=False)
        return await self._obtain(partial(self._whole, request, timeout))

    def address(self, path: str) -> str:
        """The address of an endpoint such as `responses`."""
        chatgpt, own = self.auth.chatgpt, self.openai_base_url
        base = base_url(self.provider, self.runtime.env, chatgpt=chatgpt, openai_base_url=own)
        return join(base, path, self.provider.query_params)

    def fixed_headers(self) -> Mapping[str, str]:
        """The headers that every request to the provider has, credentials left out."""
        return fixed_headers(self.provider, self.runtime)

    async def signed(self, headers: Mapping[str, str]) -> dict[str, str]:
        """All headers of a request or a handshake: the fixed ones, these, the credentials last.

        Raises `ModelError` if there are no credentials where there should be.
        """
        await self.auth.prepare()
        return {**self.fixed_headers(), **headers, **self.auth.headers()}

    def refused(self, status: int, headers: Mapping[str, str], body: bytes, url: str) -> ModelError:
        """The error of a reply that is not 2xx, or of a handshake that was refused with it."""
        now, obeys = self.local_now(), self.provider.honor_retry_after
        asked = headers.get("retry-after") if obeys else None
        pause = parse_retry_after(asked, now=now.timestamp())
        return status_error(status, headers, body, url=url, retry_after=pause, now=now)

    def local_now(self) -> datetime:
        """The time where the user is."""
        return local_time(self.runtime.now(), self.runtime.timezone)

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, *, compress: bool
    ) -> _Request:
        if compress and self.compresses and self.auth.chatgpt and self.provider.is_openai:
            body = compressed(body, {**self.fixed_headers(), **headers})
            headers = {**headers, ENCODING: "zstd"}
        return _Request(method=method, url=self.address(path), headers=headers, body=body)

    async def _obtain(self, once: Callable[[], Awaitable[_Got]]) -> _Got:
        """Goes on after a 401 for as long as the credentials may get better."""
        await self.auth.prepare()
        recovery = self.auth.recovery()
        while True:
            try:
                return await self._persist(once)
            except ModelError as error:
                if error.status != HTTPStatus.UNAUTHORIZED or not await recovery.next():
                    raise

    async def _persist(self, once: Callable[[], Awaitable[_Got]]) -> _Got:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await once()
            except ModelError as error:
                if attempt > self.provider.request_retries or not _repeatable(error):
                    raise
                pause = pause_before(attempt, self.runtime.jitter, asked=error.delay)
            await self.runtime.sleep(pause)

    async def _open(self, request: _Request) -> Reply:
        async with _limited(self.provider.idle_timeout):
            return await self._reply(request)

    async def _whole(
        self, request: _Request, timeout: float | None
    ) -> tuple[Mapping[str, str], bytes]:
        async with _limited(timeout or self.provider.idle_timeout):
            reply = await self._reply(request)
            return reply.headers, await _whole_body(reply)

    async def _reply(self, request: _Request) -> Reply:
        headers = await self.signed(request.headers)
        reply = await self.transport.request(request.method, request.url, headers, request.body)
        if reply.status // 100 == _SUCCESS:
            return reply
        body = await _whole_body(reply, most=_LONGEST_ERROR_BODY)
        raise self.refused(reply.status, reply.headers, body, request.url)


@asynccontextmanager
async def _limited(seconds: float) -> AsyncIterator[None]:
    """One attempt: it ends in time, and what the network does to it is a `ModelError`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ModelError(TIMEOUT, "request timed out") from None
    except TransportError as error:
        raise stream_error(str(error)) from error


def _repeatable(error: ModelError) -> bool:
    """5xx and network trouble; other refusals would only come again."""
    if error.status is None:
        return error.retryable
    return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR


async def _whole_body(reply: Reply, *, most: int | None = None) -> bytes:
    """The body, read until it ends or `most` bytes are there."""
    body = bytearray()
    try:
        while (most is None or len(body) < most) and (chunk := await reply.read()):
            body += chunk
    finally:
        reply.close()
    return bytes(body)
