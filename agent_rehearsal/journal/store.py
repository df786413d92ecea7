"""Where entries are kept: the list, its cap, the sharing of repeated bytes. Knows no waits.

A batch has a place in the list for each of its entries. While anybody holds one of them it is the
same object for all who ask; it stays for good once somebody has paid for parsing it.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import overload
from weakref import WeakValueDictionary

from agent_rehearsal.journal.batch import Batch
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
        self._entries: list[Entry | Batch] = []
        self._first = 0
        self._batched = False
        self._held: WeakValueDictionary[int, Entry] = WeakValueDictionary()
        self._headers: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}
        self._heads: dict[Headers, Headers] = {}
        self._bodies: dict[bytes, bytes] = {}
        self._long: deque[Entry] = deque()
        """Those with long bodies, under a cap: the bodies are let go of with the entries."""

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
            return [self._entry(place) for place in range(len(self))[index]]
        return self._entry(range(len(self))[index])

    def by_seq(self, seq: int) -> Entry:
        """The entry numbered `seq`. Raises LookupError."""
        place = seq - self.dropped - 1
        if not 0 <= place < len(self):
            held = f"#{self.dropped + 1} to #{self.last_seq}" if len(self) else "none"
            raise LookupError(f"no entry #{seq}: the journal holds {held}")
        return self._entry(place)

    def since(self, seq: int) -> list[Entry]:
        """The entries later than `seq`."""
        first = max(0, seq - self.dropped)
        if self._batched:
            return [self._entry(place) for place in range(first, len(self))]
        return self._entries[self._first + first :]  # type: ignore[return-value] # no batch in it

    def add(self, entry: Entry) -> None:
        """Keep `entry`, at the cost of the oldest one when the cap is reached."""
        self._entries.append(entry)
        if self.cap is not None:
            if len(entry.raw) >= _LONG:
                self._long.append(entry)
            self._drop(self.cap)

    def add_all(self, batch: Batch) -> None:
        """Keep each entry of `batch`, as `add` would."""
        self._batched = True
        self._entries += [batch] * len(batch)
        if self.cap is not None:
            self._drop(self.cap)

    def settle(self, entries: Iterable[Entry]) -> None:
        """Keep for good those of `entries` that have been parsed, so that it is not done twice."""
        if not self._batched:
            return
        for entry in entries:
            place = entry.seq - self.dropped - 1
            if entry.parsed and place >= 0:
                self._entries[self._first + place] = entry

    def interned(self, headers: Headers) -> Headers:
        """`headers`, or the equal ones that are kept already; else made of pairs that are."""
        shared = self._heads.get(headers)
        if shared is None:
            if len(self._headers) + len(self._heads) > _INTERNED:
                self._headers.clear()
                self._heads.clear()
            known = self._headers
            shared = tuple([known.setdefault(pair, pair) for pair in headers])
            self._heads[shared] = shared
        return shared

    def once(self, raw: bytes) -> bytes:
        """`raw`, or the equal bytes that are kept already."""
        return raw if len(raw) < _LONG else self._bodies.setdefault(raw, raw)

    def _entry(self, place: int) -> Entry:
        found = self._entries[self._first + place]
        if isinstance(found, Entry):
            return found
        seq = self.dropped + place + 1
        entry = self._held.get(seq)
        if entry is None:
            entry = self._held[seq] = found.entry(seq)
        return entry

    def _drop(self, cap: int) -> None:
        excess = len(self) - cap
        if excess > 0:
            self._first += excess
            self.dropped += excess
            if self._first > cap:
                self._forget()

    def _forget(self) -> None:
        """Let go of what the cap dropped; done once in `cap` appends, so an append stays O(1)."""
        del self._entries[: self._first]
        self._first = 0
        while self._long and self._long[0].seq <= self.dropped:
            self._long.popleft()
        self._bodies = {entry.raw: entry.raw for entry in self._long}
