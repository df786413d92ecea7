"""What one agent does, as the journal has it: its events and its pauses.

It also knows which endings the test asked for, because it sees each before any wait does.
"""

import asyncio
from typing import Any

import msgspec

import codex_core
from agent_rehearsal.journal import Journal
from codex_core.protocol.events import TurnAborted


class Recorder:
    """The journal's side of one agent; `backoff` is what its pauses are multiplied by."""

    def __init__(self, journal: Journal, *, backoff: float) -> None:
        self.journal = journal
        self.excused: set[str] = set()
        """Turns whose error or abort is no surprise to the test."""
        self.interrupts = 0
        """How many operations that end a turn are under way."""
        self._backoff = backoff
        self._thread_id = ""

    def event(self, thread_id: str, event: codex_core.Event) -> None:
        """Record an event of the agent, with the ids of its thread and its turn."""
        self._thread_id = thread_id
        if self.interrupts and isinstance(event.msg, TurnAborted):
            self.excused.add(event.id)
        ids = {"thread_id": thread_id, "turn_id": event.id}
        fields: dict[str, Any] = {**ids, **msgspec.to_builtins(event.msg)}
        raw = msgspec.json.encode(fields)
        self.journal.append("agent", "event", head=thread_id, raw=raw)

    async def sleep(self, seconds: float) -> None:
        """Record a pause before a retry, then make it, or a part of it."""
        detail = {"type": "sleep", "thread_id": self._thread_id, "seconds": seconds}
        self.journal.note("event", "sleep", detail)
        await asyncio.sleep(seconds * self._backoff)
