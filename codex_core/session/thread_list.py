"""The threads of a core: those that run, and in short the newest of those that ended.

A thread that ended is let go, with its history; what stays is what another one may be told of it.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Protocol

import msgspec

from codex_core.protocol.items import KnownItem
from codex_core.session.compaction.speech import is_spoken, spoken_text

__all__ = ["RunningThread", "ThreadInShort", "ThreadList", "in_short"]

MOST_ENDED = 40
"""No more are told of."""


class ThreadInShort(msgspec.Struct, frozen=True, kw_only=True):
    """Where a thread works, when its last turn began (Unix seconds), what the user said first."""

    cwd: Path
    active_at: float
    asked: str


class RunningThread(Protocol):
    """A thread as the list knows it."""

    async def shutdown(self) -> None:
        """Ends it; harmless when repeated."""
        ...

    @property
    def in_short(self) -> ThreadInShort | None:
        """What there is to tell of it by now."""
        ...


class ThreadList:
    """The threads of one core."""

    def __init__(self) -> None:
        self.running: list[RunningThread] = []
        self._ended: list[ThreadInShort] = []

    def __iter__(self) -> Iterator[ThreadInShort]:
        yield from self._ended
        yield from filter(None, (thread.in_short for thread in self.running))

    def end(self, thread: RunningThread) -> None:
        """Takes a thread that ended off the running ones."""
        self.running.remove(thread)
        if (short := thread.in_short) is not None:
            self._ended = sorted([*self._ended, short], key=attrgetter("active_at"))[-MOST_ENDED:]


def in_short(
    items: Iterable[KnownItem], cwd: Path, active_at: float | None
) -> ThreadInShort | None:
    """A thread with these items; None if the user said nothing in it."""
    texts = (spoken_text(item).strip() for item in items if is_spoken(item))
    asked = next(filter(None, texts), None)
    if asked is None or active_at is None:
        return None
    return ThreadInShort(cwd=cwd, active_at=active_at, asked=asked)
