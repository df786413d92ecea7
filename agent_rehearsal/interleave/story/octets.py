"""Bytes that come in pieces, read as if they were all there.

A reader is a generator that yields where it needs more bytes than there are. Nothing here knows a
protocol.
"""

from collections.abc import Generator
from typing import TypeVar

_T = TypeVar("_T")
Reading = Generator[None, None, _T]
"""A reading under way: yields when it needs more bytes, returns what it has read."""


class Garbled(Exception):
    """The bytes are not of the protocol that they were read as."""


class Octets:
    """What has come and was not read yet."""

    def __init__(self) -> None:
        self._held = bytearray()

    def __len__(self) -> int:
        return len(self._held)

    def feed(self, data: bytes) -> None:
        """More has come."""
        self._held += data

    def peek(self, size: int) -> bytes:
        """The next bytes, left where they are: `size` of them, or as many as there are."""
        return bytes(self._held[:size])

    def take(self, size: int) -> Reading[bytes]:
        """The next `size` bytes."""
        while len(self._held) < size:
            yield
        return self._cut(size)

    def some(self, most: int | None = None) -> Reading[bytes]:
        """What is there, at least one byte and at most `most`."""
        while not self._held:
            yield
        return self._cut(len(self._held) if most is None else min(most, len(self._held)))

    def line(self, most: int) -> Reading[bytes]:
        """The next line without its end (LF or CR LF). Raises Garbled beyond `most` bytes."""
        looked = 0
        while (end := self._held.find(b"\n", looked)) < 0:
            looked = len(self._held)
            if looked > most:
                raise Garbled
            yield
        if end > most:
            raise Garbled
        return self._cut(end + 1)[:-1].removesuffix(b"\r")

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken
