"""What was refused for good is not asked for again: the same body would be refused again."""

from collections.abc import Iterator
from typing import Final

from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.naming import name_of
from mock_responses.conduct.reply import Reply
from mock_responses.conduct.rule import Rule

NAME: Final = "retried-refusal"
STATUSES: Final = frozenset({400, 401, 403, 404, 422})
MENDED: Final = frozenset({"previous_response_not_found", "websocket_connection_limit_reached"})
"""Errors, by `code`, that ask for the same request in full on a new connection."""
CODES: Final = frozenset({"insufficient_quota", "usage_limit_reached"})
"""Errors, by `code` or `type`, that waiting does not mend, whatever their status."""


class Refusals(Rule):
    """Told of the first repetition of each request."""

    def __init__(self) -> None:
        self._refused: dict[tuple[int, str | None], Reply] = {}
        self._told: set[tuple[int, str | None]] = set()

    def answered(self, reply: Reply) -> Iterator[Breach]:
        """Remember a refusal."""
        if reason(reply) and reply.ask.identity not in self._told:
            self._refused[reply.ask.identity] = reply
        yield from ()

    def asked(self, ask: Ask, reply: Reply) -> Iterator[Breach]:
        """Look whether the same was refused."""
        refused = self._refused.pop(ask.identity, None) if self._refused else None
        if refused is not None:
            self._told.add(ask.identity)
            text = (
                f"{name_of(ask.entry)} is {name_of(refused.ask.entry)} again, which "
                f"{name_of(refused.last)} refused ({reason(refused)}); "
                "the same request is refused again: change it, or tell the user"
            )
            about = (refused.ask.entry, refused.last, ask.entry)
            yield Breach(name=NAME, text=text, about=about)


def reason(reply: Reply) -> str:
    """Why a reply is a refusal for good; empty where it is none."""
    if reply.state != "refused" or reply.own or not reply.codes.isdisjoint(MENDED):
        return ""
    codes = sorted(reply.codes & CODES)
    return codes[0] if codes else f"status {reply.status}" if reply.status in STATUSES else ""
