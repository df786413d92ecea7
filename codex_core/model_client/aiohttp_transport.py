"""The real transport. The only module that knows aiohttp, and it loads it on first use."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING

from codex_core.model_client.transport import Reply, TransportError, readable_headers
from codex_core.model_client.trust import Trust

if TYPE_CHECKING:
    import aiohttp

__all__ = ["HttpTransport"]

_CONNECT_TIMEOUT = 30.0
_SLICE = 1 << 16
_LARGE = 1 << 20
_LONGEST_HEADER = 1 << 16


class HttpTransport:
    """One aiohttp session, made on first use."""

    def __init__(self, trust: Trust | None = None) -> None:
        self._trust = trust or Trust()
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """As the protocol says. Redirects are not followed: a POST would come back as a GET."""
        import aiohttp
        from yarl import URL

        sent = headers
        if body or method != "GET":
            sent = {**headers, "content-length": str(len(body))}
        try:
            target = URL(url, encoded=True)
            response = await self._open().request(
                method,
                target,
                data=(body or None) if len(body) < _LARGE else _slices(body),
                headers=sent,
                ssl=self._trust.context if target.scheme == "https" else True,
                allow_redirects=False,
                skip_auto_headers=("Accept-Encoding",),
            )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            message = f"error sending request for url ({url}): {_told(error)}"
            raise TransportError(message) from error
        return _HttpReply(response)

    async def close(self) -> None:
        """Closes all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                max_field_size=_LONGEST_HEADER,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_TIMEOUT),
            )
        return self._session


class _HttpReply:
    """A reply whose connection is used again only if the body was read to its end."""

    def __init__(self, response: "aiohttp.ClientResponse") -> None:
        self._response = response
        self.status = response.status
        self.headers = readable_headers(response.headers.items())
        self._whole = False

    async def read(self) -> bytes:
        import aiohttp

        try:
            data = await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise TransportError(f"error reading the response body: {_told(error)}") from error
        self._whole = not data
        return data

    def close(self) -> None:
        if self._whole:
            self._response.release()
        else:
            self._response.close()


async def _slices(body: bytes) -> AsyncIterator[bytes]:
    """A long body in pieces: aiohttp warns of one long write."""
    for start in range(0, len(body), _SLICE):
        yield body[start : start + _SLICE]


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__
