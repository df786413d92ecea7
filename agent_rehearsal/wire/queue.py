"""A queue of replies for the messages of one kind of client, which parallel agents do not take
from each other.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from agent_rehearsal.journal import Entry, Predicate
from agent_rehearsal.wire.rules import Rule


class _Adds(Protocol):
    def __call__(self, parts: tuple[Any, ...], **options: Any) -> Rule: ...


class Queue:
    """Replies that only the messages meant by `claim` get, and that are all these get."""

    def __init__(self, add: _Adds, claim: Predicate) -> None:
        self._add = add
        self.claim = claim

    def reply(
        self,
        *parts: Any,
        when: Callable[[Entry], bool] | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Rule:
        """As the mock's `reply`, within this queue."""
        return self._add(
            parts,
            when=when,
            claim=self.claim,
            times=times,
            optional=optional,
            name=name,
            headers=headers,
        )
