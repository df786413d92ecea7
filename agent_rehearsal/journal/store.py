"""Where entries are kept: the list, its cap, the sharing of repeated bytes. Knows no waits."""

from collections.abc import Iterator
from typing import overload

from agent_rehearsal.journal.entry import Entry, Headers

_LONG = 512
"""Bodies of at least this many bytes are looked up among those already kept."""
_INTERNED = 4096
"""Different headers that are remembered for sharing before the memory starts afresh."""


class Store:
    """Entries by sequence number, counted from `first_seq`; with a cap, only the newest.

    What a cap drops is let go of in batches, so up to twice as many may be in memory.
    """

    def __init__(self, cap: int | None = None, *, first_seq: int = 1) -> None:
        if cap is not None and cap < 1:
            raise ValueError(f"cap={cap}: expected at least 1 entry, or None for no cap")
        self.cap = cap
        self.dropped = first_seq - 1
        self._entries: list[Entry] = []
        self._first = 0
        self._headers: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}
        self._bodies: dict[bytes, bytes] = {}

    @property
    def last_seq(self) -> int:
        """The sequence number of the newest entry, 0 if there is none."""
        return self.dropped + len(self)

    def __len__(self) -> int:
        return len(self._entries) - self._first

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.since(0))

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        if isinstance(index, slice):
            return self._entries[self._first :][index]
        return self._entries[self._first + range(len(self))[index]]

    def by_seq(self, seq: int) -> Entry:
        """The entry numbered `seq`. Raises LookupError."""
        place = seq - self.dropped - 1
        if not 0 <= place < len(self):
            held = f"#{self.dropped + 1} to #{self.last_seq}" if len(self) else "none"
            raise LookupError(f"no entry #{seq}: the journal holds {held}")
        return self._entries[self._first + place]

    def since(self, seq: int) -> list[Entry]:
        """The entries later than `seq`."""
        return self._entries[self._first + max(0, seq - self.dropped) :]

    def add(self, entry: Entry) -> None:
        """Keep `entry`, at the cost of the oldest one when the cap is reached."""
        self._entries.append(entry)
        if self.cap is not None and len(self) > self.cap:
            self._first += 1
            self.dropped += 1
            if self._first > self.cap:
                self._forget()

    def interned(self, headers: Headers) -> Headers:
        """`headers` made of pairs that equal headers share."""
        if len(self._headers) > _INTERNED:
            self._headers.clear()
        known = self._headers
        return tuple([known.setdefault(pair, pair) for pair in headers])

    def once(self, raw: bytes) -> bytes:
        """`raw`, or the equal bytes that are kept already."""
        return raw if len(raw) < _LONG else self._bodies.setdefault(raw, raw)

    def _forget(self) -> None:
        """Let go of what the cap dropped; done once in `cap` appends, so an append stays O(1)."""
        del self._entries[: self._first]
        self._first = 0
        self._bodies = {e.raw: e.raw for e in self._entries if len(e.raw) >= _LONG}
