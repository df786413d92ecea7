"""The seam under the model client: one way to send a request and to read the reply as it comes."""

from collections.abc import Mapping
from typing import Protocol

__all__ = ["Reply", "Transport", "TransportError"]


class TransportError(Exception):
    """The network failed: no connection, or one that broke. The text says how."""


class Reply(Protocol):
    """An HTTP reply whose body is read as it comes."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers by lower-case name."""
        ...

    async def read(self) -> bytes:
        """The next bytes of the body, b"" at its end; raises `TransportError`."""
        ...

    def close(self) -> None:
        """Ends the reply at once; harmless when repeated."""
        ...


class Transport(Protocol):
    """Sends HTTP requests. A test hands in its own."""

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """Sends a request and awaits the reply's headers; raises `TransportError`."""
        ...

    async def close(self) -> None:
        """Closes all connections."""
        ...
