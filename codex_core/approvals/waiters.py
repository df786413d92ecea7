"""Who waits for which answer: one-shot waiters by kind and id.

A waiter is there before its request is told, so that no answer comes too early; it is gone with its
answer, or with whoever waited. An answer that finds none has no effect.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, Literal, TypeVar

import msgspec

__all__ = ["Kind", "NotPendingError", "Waiter", "Waiters"]

Kind = Literal["exec", "patch", "input"]

_ANSWERED_BY: Mapping[Kind, str] = {
    "exec": "exec_approval",
    "patch": "patch_approval",
    "input": "user_input_answer",
}
"""The operation that answers, by kind."""

Answer = TypeVar("Answer")


class NotPendingError(LookupError):
    """An answer to nothing that waits: answered before, ended with its turn, or never asked."""


class Waiter(msgspec.Struct, Generic[Answer], frozen=True, kw_only=True, eq=False):
    """One that waits for an answer."""

    turn_id: str
    answer: asyncio.Future[Answer]


class Waiters(Generic[Answer]):
    """Those of one thread, for answers of one type."""

    def __init__(self) -> None:
        self._open: dict[tuple[Kind, str], Waiter[Answer]] = {}

    @contextmanager
    def waiting(self, kind: Kind, key: str, *, turn_id: str) -> Iterator[Waiter[Answer]]:
        """A waiter for as long as the block lasts, or until it is answered."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        waiter = self._open[kind, key] = Waiter(turn_id=turn_id, answer=future)
        try:
            yield waiter
        finally:
            if self._open.get((kind, key)) is waiter:
                del self._open[kind, key]

    def find(self, kind: Kind, key: str, *, turn_id: str | None = None) -> Waiter[Answer]:
        """The waiter of that id; raises `NotPendingError`, naming those that there are."""
        waiter = self._open.get((kind, key))
        if waiter is not None and not waiter.answer.done() and turn_id in (None, waiter.turn_id):
            return waiter
        within = f" in turn {turn_id}" if turn_id else ""
        raise NotPendingError(
            f"no request waits for {_ANSWERED_BY[kind]} {key!r}{within}: it was answered before, "
            "or its turn is over, or it was never made; nothing has changed. "
            f"Waiting are {self._names()}"
        )

    def answer(self, kind: Kind, key: str, answer: Answer, *, turn_id: str | None = None) -> None:
        """Hands in the one answer; raises `NotPendingError`."""
        waiter = self.find(kind, key, turn_id=turn_id)
        del self._open[kind, key]
        waiter.answer.set_result(answer)

    def _names(self) -> str:
        return ", ".join(f"{_ANSWERED_BY[kind]} {key!r}" for kind, key in self._open) or "none"
