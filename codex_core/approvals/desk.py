"""Where a thread's tools ask: each thing once, and what the user granted for the session not again.

Equal questions wait for each other: an answer for the session to one is the answer to all. No
question is told and no answer given to a tool whose turn is over.
"""

import asyncio
from collections.abc import Callable
from weakref import WeakValueDictionary

import msgspec

from codex_core.approvals.rule_book import RuleBook
from codex_core.approvals.waiters import Kind, Waiters
from codex_core.protocol.decisions import ApprovedWithRule, ExecDecision
from codex_core.protocol.questions import Answers

__all__ = ["CommandGrant", "Desk", "FileGrant", "Question", "is_approval"]


class CommandGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly this command, there, with or without the sandbox."""

    command: tuple[str, ...]
    cwd: str
    unconfined: bool


class FileGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of the file at an absolute path."""

    path: str


Grant = CommandGrant | FileGrant


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What to ask: `tell` tells the request to the client, `cancelled` if the turn is over.

    `grants` are what an answer for the session is about.
    """

    kind: Kind
    key: str
    turn_id: str
    grants: frozenset[Grant]
    tell: Callable[[], None]
    cancelled: Callable[[], bool]

    def check(self) -> None:
        """Raises `CancelledError` if the turn is over."""
        if self.cancelled():
            raise asyncio.CancelledError


class Desk:
    """The approvals of one thread; `book` may be shared by many."""

    def __init__(self, book: RuleBook | None = None) -> None:
        self.book = book or RuleBook()
        self.waiters: Waiters[ExecDecision] = Waiters()
        self.questions: Waiters[Answers] = Waiters()
        """Who waits for what the user answers to the model's own questions."""
        self._granted: set[Grant] = set()
        self._queues: WeakValueDictionary[frozenset[Grant], asyncio.Lock]
        self._queues = WeakValueDictionary()

    async def ask(self, question: Question) -> ExecDecision:
        """The user's decision; at once where it was given for the session."""
        queue = self._queues.setdefault(question.grants, asyncio.Lock())
        async with queue:
            question.check()
            if question.grants and question.grants <= self._granted:
                return "approved_for_session"
            decision = await self._answer(question)
            if decision == "approved_for_session":
                self._granted |= question.grants
            return decision

    async def _answer(self, question: Question) -> ExecDecision:
        key = question.key
        with self.waiters.waiting(question.kind, key, turn_id=question.turn_id) as waiter:
            question.tell()
            decision = await waiter.answer
        question.check()
        return decision


def is_approval(decision: ExecDecision) -> bool:
    """May it be done?"""
    return isinstance(decision, ApprovedWithRule) or decision in (
        "approved",
        "approved_for_session",
    )
