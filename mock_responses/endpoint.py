"""An endpoint that answers each request with one object: by rule, else with what it makes itself.

It plays a reply as the main endpoint does, with marks, whole answers and coroutines. What the
object is made of is not known here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, Unpack

from agent_rehearsal.journal import Entry
from agent_rehearsal.wire import (
    MISSES,
    Answer,
    Conversation,
    EventStream,
    Exchange,
    Mock,
    Player,
    Rule,
    Rules,
    Script,
    Unmatched,
    code_of,
    object_of,
    perform,
    problem,
)
from mock_responses.reply_headers import Told, headed, reply_headers
from mock_responses.sse import encode

Parts = tuple[Any, ...]


class OneObject(Script, Protocol):
    """Turns parts into the marks to obey, and then says what the answer is."""

    def answer(self, headers: tuple[tuple[str, str], ...]) -> Answer:
        """The answer that the parts so far make."""


class Endpoint:
    """`POST path`.

    `usual` makes the parts that answer a request which no rule is for, `reply` what turns parts
    into an answer to it.
    """

    def __init__(
        self,
        mock: Mock,
        path: str,
        *,
        usual: Callable[[Entry], Parts],
        reply: Callable[[Entry], OneObject],
    ) -> None:
        self._mock = mock
        self._usual = usual
        self._reply = reply
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
        **told: Unpack[Told],
    ) -> Rule:
        """A new rule; as `reply` of the mock. Raises ValueError for no parts."""
        merged = {**reply_headers(**told), **(headers or {})}
        return self.rules.add(
            headed(parts, merged),
            when=when,
            times=times,
            optional=optional,
            name=name,
            headers=merged,
        )

    async def _serve(self, exchange: Exchange) -> None:
        try:
            parts, headers = self._found(exchange.entry)
        except MISSES as error:
            self._mock.add_miss(exchange.entry, error)
            await exchange.answer(problem(400, code_of(error), str(error)))
        else:
            await self._play(exchange, parts, headers)

    def _found(self, entry: Entry) -> tuple[Parts, tuple[tuple[str, str], ...]]:
        object_of(entry)
        try:
            rule: Rule = self.rules.match(entry)
        except Unmatched:
            return self._usual(entry), ()
        return rule.parts, rule.headers

    async def _play(
        self, exchange: Exchange, parts: Parts, headers: tuple[tuple[str, str], ...]
    ) -> None:
        reply = self._reply(exchange.entry)
        sink = EventStream(exchange, encode, headers)
        player = Player(sink, self._mock.journal, exchange.conn, exchange.entry.seq)
        talk = Conversation(self._mock.view(exchange.entry), player, reply, None)
        await perform(parts, player, reply, talk)
        await player.play([reply.answer(headers)])
