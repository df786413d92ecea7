"""A reply that is given many times, composed once.

Two answers with the same parts differ in ids, in the time of creation, and in what the response
object repeats of the request, and in nothing else. A stencil is made by composing with markers in
these places; it is used only if, filled with the values of a real answer, it makes that answer.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from agent_rehearsal.wire import Rule, is_coroutine_reply, only_data
from agent_rehearsal.wire.marked_ids import MarkedIds
from agent_rehearsal.wire.stencil import Filled, Stencil
from mock_responses.compose import Composer
from mock_responses.ledger import Ids
from mock_responses.reply import StreamedReply
from mock_responses.response import echo_json
from mock_responses.sse import as_bytes

RESPONSE = "resp"
"""The prefix of a response's id."""
_CREATED_AT = 4_102_444_807
"""A time that no run has."""
_MARKED: Mapping[str, Any] = {"instructions": "what the request said, as a stencil has it"}
"""A request whose echo is like no other."""
_OFTEN = 2
"""Answers after which a reply is worth a stencil."""


class Copies:
    """One reply's stencil, with the order in which an answer takes its ids."""

    def __init__(self, stencil: Stencil, prefixes: Sequence[str]) -> None:
        self._stencil = stencil
        self._prefixes = prefixes

    def make(self, body: Mapping[str, Any], *, ids: Ids, created_at: int) -> Filled:
        """The answer to one more request, as a composer would compose it."""
        taken = [ids(prefix).encode() for prefix in self._prefixes]
        return Filled(self._stencil, [b"%d" % created_at, echo_json(body)[1:], *taken])


def copies_of(parts: Sequence[Any], body: Mapping[str, Any]) -> Copies | None:
    """Copies of the reply with these parts; None where that is not possible or not worth it.

    A mark needs a player; what a test wrote may look like a marker, or be all that is sent.
    `body` is a request to try it with.
    """
    ids = MarkedIds("stencil")
    pieces = _composed(parts, _MARKED, ids, _CREATED_AT)
    if pieces is None:
        return None
    markers = [b"%d" % _CREATED_AT, echo_json(_MARKED)[1:], *[id.encode() for id in ids.made]]
    whole = b"".join(pieces)
    if not any(marker in whole for marker in markers):
        return None
    copies = Copies(Stencil(pieces, markers), ids.prefixes)
    made = copies.make(body, ids=MarkedIds("trial"), created_at=1)
    wanted = _composed(parts, body, MarkedIds("trial"), 1) or []
    right = made.within(b"", b"") == b"".join(wanted) and list(made.ends()) == list(
        accumulate(map(len, wanted))
    )
    return copies if right else None


class Copier:
    """The copies of each reply that is given again and again; made at the second answer."""

    def __init__(self) -> None:
        self._known: dict[Rule, Copies | None] = {}

    def of(self, rule: Rule, body: Mapping[str, Any]) -> Copies | None:
        """The copies of what `rule` answers with; None where it has to be composed."""
        if rule in self._known:
            return self._known[rule]
        if len(rule.answered) < _OFTEN:
            return None
        usual = not is_coroutine_reply(rule.parts)
        self._known[rule] = copies_of(rule.parts, body) if usual else None
        return self._known[rule]


def _composed(
    parts: Sequence[Any], body: Mapping[str, Any], ids: Ids, created_at: int
) -> list[bytes] | None:
    """The pieces of a stream; None for parts that are more than data."""
    composer = Composer(body, response_id=ids(RESPONSE), ids=ids, created_at=created_at)
    data = only_data(list(StreamedReply(composer).steps(parts)))
    return None if data is None else [as_bytes(piece) for piece in data]
