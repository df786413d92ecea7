"""A stream that broke off is no response: its partial message is not carried on, and it is asked
for again.

A request belongs to such a stream if its input begins with the input of that stream's request.
"""

from collections.abc import Iterator
from typing import Final

from agent_rehearsal.wire.findings import Breach
from mock_responses.conduct import items
from mock_responses.conduct.ask import Ask
from mock_responses.conduct.naming import name_of, names_of
from mock_responses.conduct.reply import Reply
from mock_responses.conduct.rule import Rule

ACCEPTED: Final = "truncated-accepted"
ALONE: Final = "truncated-not-retried"
Place = tuple[str | None, int]
"""A conversation, and the number of one beginning of its input."""


class Truncation(Rule):
    """Keeps the replies that are open or broken until a request goes on from them."""

    def __init__(self) -> None:
        self._unfinished: dict[Place, list[Reply]] = {}
        self._suspects: dict[Reply, Breach] = {}

    def asked(self, ask: Ask, reply: Reply) -> Iterator[Breach]:
        """Look whether the request goes on from something unfinished."""
        if self._unfinished:
            for number, length in ask.beginnings.items():
                for before in tuple(self._unfinished.get((ask.key, number), ())):
                    yield from self._gone_on(before, ask, length)
        if ask.beginnings:
            self._unfinished.setdefault(_place(reply), []).append(reply)

    def answered(self, reply: Reply) -> Iterator[Breach]:
        """A stream that broke off stays; all else is settled."""
        suspect = self._suspects.pop(reply, None)
        if reply.state != "broken" or not reply.begun:
            self._settle(reply)
        elif suspect is not None:
            self._settle(reply)
            yield suspect

    def at_end(self) -> Iterator[Breach]:
        """Streams that broke off and were left at that."""
        yield from (each for reply, each in self._suspects.items() if not reply.held)
        for replies in self._unfinished.values():
            yield from (_left_alone(reply) for reply in replies if reply.state == "broken")

    def _gone_on(self, reply: Reply, ask: Ask, length: int) -> Iterator[Breach]:
        carried = _carried(reply, ask, length) if reply.begun else ""
        if reply.state == "broken":
            self._settle(reply)
        if not carried:
            return
        text = (
            f"{name_of(ask.entry)} carries {carried}, which the stream of "
            f"{name_of(reply.ask.entry)} had begun when it broke off before response.completed; "
            "what was not completed is to be asked for again"
        )
        about = dict.fromkeys([reply.ask.entry, reply.last, ask.entry])
        breach = Breach(name=ACCEPTED, text=text, about=tuple(about))
        if reply.state == "broken":
            yield breach
        else:
            self._suspects[reply] = breach

    def _settle(self, reply: Reply) -> None:
        kept = self._unfinished.get(_place(reply), []) if reply.ask.beginnings else []
        if reply in kept:
            kept.remove(reply)
            if not kept:
                del self._unfinished[_place(reply)]


def _place(reply: Reply) -> Place:
    return reply.ask.key, next(reversed(reply.ask.beginnings))


def _carried(reply: Reply, ask: Ask, length: int) -> str:
    """In words what a request carries of an unfinished reply, after so many items; empty for
    nothing.
    """
    added = ask.input[length:]
    if not any(map(items.is_made_by_model, added)):
        return ""
    texts, calls = reply.partial()
    if any(items.is_made_by_model(i) and items.text_of(i).strip() in texts for i in added):
        return "the partial message"
    ids = [call_id for item in added if (call_id := items.call_id_of(item)) in calls]
    return f"the partial call {names_of(ids[:1])}" if ids else ""


def _left_alone(reply: Reply) -> Breach:
    text = (
        f"the stream of {name_of(reply.ask.entry)} broke off ({name_of(reply.last)}) before "
        "response.completed, and the client did not ask again"
    )
    return Breach(name=ALONE, text=text, about=(reply.ask.entry, reply.last), grave=False)
