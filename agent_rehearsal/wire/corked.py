"""A transport that holds writes back for a moment, so that many become one.

Uses what asyncio documents about transports and nothing else; knows neither HTTP nor frames.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class Corked:
    """Stands for `inner`, all of whose attributes it has, before a protocol."""

    def __init__(self, inner: asyncio.Transport) -> None:
        self._inner = inner
        self._held: list[bytes] | None = None
        self.wrote = False
        """Whether anything was written since somebody made this False."""

    @contextmanager
    def corked(self) -> Iterator[None]:
        """Hold back what is written inside and send it as one write in the end."""
        if self._held is not None:
            yield
            return
        self._held = []
        try:
            yield
        finally:
            self._release()

    def write(self, data: bytes) -> None:
        """Write, or keep until the cork is out."""
        if self._held is None:
            self.wrote = True
            self._inner.write(data)
        else:
            self._held.append(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes]) -> None:
        """As `write`, for several pieces."""
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        """Whether the transport is closed or about to be."""
        return self._inner.is_closing()

    def get_write_buffer_size(self) -> int:
        """How many bytes the transport has not sent yet; what is held back does not count."""
        return self._inner.get_write_buffer_size()

    def close(self) -> None:
        """Close once all is sent that was written, what is held back too; once is enough."""
        self._release()
        # A TLS transport that is closed twice forgets its connection and can no longer be aborted.
        if not self._inner.is_closing():
            self._inner.close()

    def _release(self) -> None:
        held, self._held = self._held, None
        if held and not self._inner.is_closing():
            self.write(b"".join(held))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
