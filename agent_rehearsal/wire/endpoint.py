"""An endpoint that answers each request with one object: by rule, else with what it makes itself.

It plays a reply as the main endpoint of an API does, with marks, whole answers and coroutines. What
the object is made of is not known here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire.conversation import Conversation, Script, perform
from agent_rehearsal.wire.event_stream import EventStream
from agent_rehearsal.wire.http import Exchange
from agent_rehearsal.wire.mock import MISSES, Mock, code_of
from agent_rehearsal.wire.player import Player
from agent_rehearsal.wire.problem import problem
from agent_rehearsal.wire.rules import Rule, Rules, Unmatched
from agent_rehearsal.wire.script import Answer, Send
from agent_rehearsal.wire.view import object_of

Parts = tuple[Any, ...]
Lines = tuple[tuple[str, str], ...]
"""Headers of an answer."""


class OneObject(Script, Protocol):
    """Turns parts into the marks to obey, and then says what the answer is."""

    def answer(self, headers: Lines) -> Answer:
        """The answer that the parts so far make."""


class Endpoint:
    """`POST path`.

    `usual` makes the parts that answer a request which no rule is for, `reply` what turns parts
    into an answer to it. `check` is asked of every request and raises Undecodable for one that
    cannot be read.
    """

    def __init__(
        self,
        mock: Mock,
        path: str,
        *,
        usual: Callable[[Entry], Parts],
        reply: Callable[[Entry], OneObject],
        check: Callable[[Entry], object] = object_of,
    ) -> None:
        self._mock = mock
        self._usual = usual
        self._reply = reply
        self._check = check
        self.rules = Rules()
        mock.server.route("POST", path, mock.source, self._serve)

    def add(
        self,
        parts: Parts,
        *,
        when: Callable[[Entry], bool] | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Rule:
        """A new rule; as `reply` of the mock. Raises ValueError for no parts."""
        return self.rules.add(
            parts, when=when, times=times, optional=optional, name=name, headers=headers
        )

    async def _serve(self, exchange: Exchange) -> None:
        try:
            parts, headers = self._found(exchange.entry)
        except MISSES as error:
            self._mock.add_miss(exchange.entry, error)
            await exchange.answer(problem(400, code_of(error), str(error)))
        else:
            await self._play(exchange, parts, headers)

    def _found(self, entry: Entry) -> tuple[Parts, Lines]:
        self._check(entry)
        try:
            rule: Rule = self.rules.match(entry)
        except Unmatched:
            return self._usual(entry), ()
        return rule.parts, rule.headers

    async def _play(self, exchange: Exchange, parts: Parts, headers: Lines) -> None:
        reply = self._reply(exchange.entry)
        player = Player(
            EventStream(exchange, _bare, headers),
            self._mock.journal,
            exchange.conn,
            exchange.entry.seq,
        )
        talk = Conversation(self._mock.view(exchange.entry), player, reply, None)
        await perform(parts, player, reply, talk)
        if not player.ended:
            await player.play([await self.made(exchange, reply, headers)])

    async def made(self, exchange: Exchange, reply: OneObject, headers: Lines) -> Answer:
        """The answer; a subclass may have to wait for something that goes into it."""
        return reply.answer(headers)


def _bare(send: Send) -> bytes:
    return send.payload  # an answer that is one object has no events
