"""The seam under the model client: one way to send a request and to read the reply as it comes."""

from collections.abc import Iterable, Mapping
from typing import Protocol

__all__ = ["Reply", "Transport", "TransportError", "readable_headers"]


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


def readable_headers(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name, the first of each.

    A value that is not ASCII says nothing: nobody knows in which encoding it is.
    """
    found: dict[str, str] = {}
    for name, value in given:
        if value.isascii():
            found.setdefault(name.lower(), value)
    return found
