"""How much of one output a model is told: a limit, and the unit it is counted in. A value only."""

from math import ceil
from typing import Literal

import msgspec

__all__ = ["BYTES_PER_TOKEN", "TruncationPolicy"]

BYTES_PER_TOKEN = 4
"""A token is estimated as so many bytes of UTF-8."""


class TruncationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """At most `limit` tokens or bytes of one output."""

    mode: Literal["tokens", "bytes"]
    limit: int

    @property
    def tokens(self) -> int:
        """The limit in tokens."""
        return self.limit if self.mode == "tokens" else -(-self.limit // BYTES_PER_TOKEN)

    @property
    def bytes(self) -> int:
        """The limit in bytes."""
        return self.limit if self.mode == "bytes" else self.limit * BYTES_PER_TOKEN

    def times(self, factor: float) -> "TruncationPolicy":
        """The same with another limit, rounded up."""
        return TruncationPolicy(mode=self.mode, limit=ceil(self.limit * factor))

    def of_bytes(self, size: int) -> "TruncationPolicy":
        """The same unit, with what `size` bytes are in it as the limit."""
        limit = size if self.mode == "bytes" else -(-size // BYTES_PER_TOKEN)
        return TruncationPolicy(mode=self.mode, limit=limit)

    def with_tokens(self, limit: int) -> "TruncationPolicy":
        """The same unit, with `limit` tokens in it as the limit."""
        return self.of_bytes(limit * BYTES_PER_TOKEN)
