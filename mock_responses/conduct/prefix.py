"""The prompt cache: within a conversation, an input begins with the input before it.

Requests may share a `prompt_cache_key` and be different conversations, so a break is told only
where the two visibly are one. A shorter input, as after going back, breaks nothing: its beginning
is still cached.
"""

from collections.abc import Iterator
from typing import Final

from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.items import COMPACTIONS
from mock_responses.conduct.naming import name_of
from mock_responses.conduct.reply import Reply
from mock_responses.conduct.rule import Rule

NAME: Final = "cache-prefix-broken"
MOST: Final = 32
"""Conversations that are remembered for one key."""


class CachePrefix(Rule):
    """Keeps the last request of each conversation."""

    def __init__(self) -> None:
        self._latest: dict[str, list[Ask]] = {}

    def asked(self, ask: Ask, reply: Reply) -> Iterator[Breach]:
        """Look which conversation the request goes on with, and whether its beginning is there."""
        if ask.key is None or ask.chained or not ask.digests:
            return
        latest = self._latest.setdefault(ask.key, [])
        if ask.before is None and not ask.types.isdisjoint(COMPACTIONS):
            latest.clear()
        before = max(latest, key=lambda each: shared(each, ask)[1], default=None)
        if before is not None and _goes_on(before, ask):
            latest.remove(before)
            if _breaks(before, ask):
                yield _breach(before, ask)
        latest.append(ask)
        del latest[:-MOST]


def shared(before: Ask, ask: Ask) -> tuple[int, int]:
    """How far the beginnings of both inputs are the same, in items of each.

    What the server made may be missing in the later one: it is the server's to know.
    """
    old, new = before.digests, ask.digests
    at = to = 0
    if new[: len(old)] == old:
        return len(old), len(old)
    while at < len(old) and to < len(new):
        if old[at] == new[to]:
            to += 1
        elif not before.facts.made[at]:
            break
        at += 1
    return at, to


def _at_end(before: Ask, ask: Ask) -> bool:
    at, to = shared(before, ask)
    return at == len(before.digests) or to == len(ask.digests)


def _breaks(before: Ask, ask: Ask) -> bool:
    return not _at_end(before, ask) and before.window == ask.window


def _goes_on(before: Ask, ask: Ask) -> bool:
    """Whether both are visibly of one conversation.

    What differs has a call in common, or texts with more after them: requests that are as long as
    each other may just be of one making.
    """
    at, to = shared(before, ask)
    if _at_end(before, ask):
        return at == len(before.digests)
    old, new = before.facts.marks, ask.facts.marks
    same = set(old[at:]).intersection(new[to:])
    grown = len(new) > len(old)
    return ask.resumed and any(grown or isinstance(mark, tuple) for mark in same)


def _breach(before: Ask, ask: Ask) -> Breach:
    _, at = shared(before, ask)
    text = (
        f"{name_of(ask.entry)} goes on from {name_of(before.entry)} with the same "
        f"prompt_cache_key {ask.key!r}, but its input differs from input[{at}] on; "
        "append to a history, and change nothing that was sent"
    )
    return Breach(name=NAME, text=text, about=(before.entry, ask.entry))
