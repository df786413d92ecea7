"""A call that a completed response handed out is answered, before the test ends."""

from collections.abc import Iterator
from typing import Final

from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct import items
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.items import OUTPUTS
from mock_responses.conduct.naming import name_of, names_of
from mock_responses.conduct.reply import Reply
from mock_responses.conduct.rule import Rule

NAME: Final = "unanswered-call"


class Unanswered(Rule):
    """Keeps the replies whose calls have no output yet, by the id of the call."""

    def __init__(self) -> None:
        self._open: dict[str, list[Reply]] = {}

    def answered(self, reply: Reply) -> Iterator[Breach]:
        """Remember the calls of a completed response."""
        if reply.state == "whole":
            for call_id in reply.calls:
                self._open.setdefault(call_id, []).append(reply)
        yield from ()

    def asked(self, ask: Ask, reply: Reply) -> Iterator[Breach]:
        """Strike out what the request answers: in its own conversation, else in any."""
        if self._open and not ask.types.isdisjoint(OUTPUTS):
            for item in ask.given:
                call_id = items.call_id_of(item)
                if items.type_of(item) in OUTPUTS and call_id in self._open:
                    self._strike(call_id, ask.key)
        yield from ()

    def at_end(self) -> Iterator[Breach]:
        """The calls that are left, told by response."""
        left: dict[Reply, list[str]] = {}
        for call_id, replies in self._open.items():
            for reply in replies:
                left.setdefault(reply, []).append(call_id)
        for reply, ids in left.items():
            text = (
                f"the response to {name_of(reply.ask.entry)} handed out {names_of(ids)}, and no "
                "request brought an output; answer each call, also one that failed or was stopped"
            )
            yield Breach(name=NAME, text=text, about=(reply.ask.entry, reply.last))

    def _strike(self, call_id: str, key: str | None) -> None:
        replies = self._open.pop(call_id)
        others = [reply for reply in replies if reply.ask.key != key]
        if others and len(others) < len(replies):
            self._open[call_id] = others
