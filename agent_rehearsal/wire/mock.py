"""What the mock servers have in common: replies by rule, gates, waits on what came in, and the
service of sockets.

A subclass says how its parts become steps of a script, how an entry is viewed, and what a client is
told when no rule answers it.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from agent_rehearsal.journal import (
    DEFAULT_TIMEOUT,
    Entry,
    Journal,
    Predicate,
    PredicateError,
    Source,
    Undecodable,
    as_predicate,
    direction,
    source,
)
from agent_rehearsal.wire.conversation import Script
from agent_rehearsal.wire.gate import Gate
from agent_rehearsal.wire.greeting import PLAIN, Greeting, greeting
from agent_rehearsal.wire.http import Exchange
from agent_rehearsal.wire.player import Player
from agent_rehearsal.wire.queue import Queue
from agent_rehearsal.wire.rules import Ambiguous, Rule, Rules, Unmatched
from agent_rehearsal.wire.script import Answer, Mark
from agent_rehearsal.wire.server import Server
from agent_rehearsal.wire.service import Socketed, SocketService
from agent_rehearsal.wire.sockets import OpenSockets, Where
from agent_rehearsal.wire.upgrade import Upgrade
from agent_rehearsal.wire.view import View, object_of
from agent_rehearsal.wire.watch import Watch
from agent_rehearsal.wire.websocket import Socket

Test = Callable[[Entry], bool]
"""What a condition may be: a predicate, or any callable that takes an entry."""
Miss = Unmatched | Ambiguous | PredicateError | Undecodable
"""Why a message gets no reply."""
MISSES = (Unmatched, Ambiguous, PredicateError, Undecodable)
"""The same, to catch."""
_FINDINGS: Mapping[type[Exception], str] = {
    Unmatched: "unmatched",
    Ambiguous: "ambiguous",
    PredicateError: "predicate-raised",
    Undecodable: "undecodable",
}
"""The finding that each kind of miss makes."""


class Mock(ABC):
    """One API on a stage's server.

    All waits look at what clients sent to this API and return views.
    """

    source: ClassVar[Source]
    """The journal source of its traffic."""
    silent: ClassVar[bool] = False
    """Whether a message that no reply is for is no mistake."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rules = Rules()
        self.websocket_compression = True
        """Whether permessage-deflate is agreed to where a client offers it; the journal has every
        message inflated.
        """
        self._greetings = Rules()
        self._sockets = OpenSockets(server.journal)

    @property
    def journal(self) -> Journal:
        """The stage's journal."""
        return self.server.journal

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL: `http://127.0.0.1:PORT/v1`, over TLS `https`."""
        return f"{self.server.url}/v1"

    def reply(
        self,
        *parts: Any,
        when: Test | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Rule:
        """Answer a message with `parts`: the next one, or the next that `when` means.

        The most specific condition wins; among equal ones the replies form a queue. Each is used
        `times` times (`ALWAYS` for no end) and must be, unless `optional`. Parts are output items,
        events, marks and whole answers, or one coroutine function that is given the `Conversation`.
        `headers` go out with the head of an HTTP answer.
        """
        return self._add_rule(
            parts, when=when, times=times, optional=optional, name=name, headers=headers
        )

    def greet(
        self,
        *parts: Any,
        before: Mark | Iterable[Mark] = (),
        headers: Mapping[str, str] | None = None,
        when: Test | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
    ) -> Rule:
        """Play `parts` when a WebSocket opens, before any message; a whole answer refuses the
        upgrade.

        The marks `before` come before the upgrade is answered: a delay or a gate holds it, `cut()`
        drops it, `stall()` leaves it without an answer. `headers` go out with the answer that
        accepts. A greeting that met an upgrade is used, whatever became of the connection. Raises
        TypeError or ValueError for what makes no greeting.
        """
        if parts:
            self.check_parts(parts)
        made = greeting(parts, before=before, headers=headers or {})
        return self._greetings.add((made,), when=when, times=times, optional=optional, name=name)

    async def push(self, where: Where, *parts: Any) -> None:
        """Send parts on an open WebSocket now, outside of any reply, and obey their marks.

        `where` is the connection, a message of it, or a condition that is true of its upgrade or
        of a message that came on it. Parts go out one by one, as a conversation sends them; between
        two messages of a reply, never inside of one. Raises LookupError, which lists the open
        connections, unless exactly one is meant.
        """
        socket = self._sockets.one(where)
        player = Player(socket, self.journal, socket.conn, socket.entry.seq)
        await player.play(self.script(socket.entry).more(parts))

    def queue(self, claim: Test) -> Queue:
        """Replies for the messages that `claim` means, which then get no others: one agent's, one
        connection's.
        """
        claimed = as_predicate(claim)
        self.rules.claims(claimed)
        return Queue(self._add_rule, claimed)

    def gate(self, name: str) -> Gate:
        """A gate to put between two parts of a reply."""
        return Gate(self.journal, name)

    async def wait_for(
        self, predicate: Test, *, timeout: float = DEFAULT_TIMEOUT, after: View | Entry | int = 0
    ) -> Any:
        """The first message, on any connection, that `predicate` means; as `Journal.wait_for`."""
        found = await self.journal.wait_for(
            self._own(predicate), timeout=timeout, after=_cursor(after)
        )
        return self.view(found)

    async def wait_count(
        self,
        predicate: Test,
        count: int,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        after: View | Entry | int = 0,
    ) -> list[Any]:
        """The first `count` messages that `predicate` means; as `Journal.wait_count`."""
        wanted = self._own(predicate)
        found = await self.journal.wait_count(wanted, count, timeout=timeout, after=_cursor(after))
        return [self.view(entry) for entry in found]

    def select(self, predicate: Test) -> list[Any]:
        """The messages so far that `predicate` means."""
        return [self.view(entry) for entry in self.journal.select(self._own(predicate))]

    def unused(self) -> list[Rule]:
        """The replies that did not answer as often as they were to."""
        return [*self.rules.unused(), *self._greetings.unused()]

    @abstractmethod
    def view(self, entry: Entry) -> View:
        """`entry` in the words of this API."""

    @abstractmethod
    def script(self, entry: Entry) -> Script:
        """What turns parts into the steps that answer `entry`."""

    @abstractmethod
    def error_parts(self, code: str, message: str) -> tuple[Any, ...]:
        """What tells a WebSocket client of an error, as this API words one."""

    def refusal(self, exchange: Exchange) -> Answer | None:
        """The answer to an upgrade that this mock does not accept; None accepts."""
        return None

    def check_parts(self, parts: tuple[Any, ...]) -> None:
        """Raise TypeError for a part that this API cannot send, where the reply is given."""
        if len(parts) > 1 and any(map(inspect.iscoroutinefunction, parts)):
            raise TypeError("a coroutine function is a reply of its own: give it alone")

    def match(self, entry: Entry) -> Rule:
        """The rule that answers `entry`. Raises one of `MISSES`, after adding its finding."""
        try:
            object_of(entry)
            return self.first(entry) or self.rules.match(entry)
        except MISSES as error:
            self.add_miss(entry, error)
            raise

    def first(self, entry: Entry) -> Rule | None:
        """What answers `entry` before any rule is asked, such as the refusal of a quota."""
        return None

    def parts_for(self, entry: Entry) -> tuple[Any, ...]:
        """What answers a WebSocket message: its rule's parts, or the API's own words for a miss."""
        try:
            return self.match(entry).parts
        except MISSES as error:
            return () if self._ignores(error) else self.error_parts(code_of(error), str(error))

    async def serve_socket(self, exchange: Exchange, socket: Socket) -> None:
        """Serve one WebSocket from its upgrade to its end."""
        refused = self.refusal(exchange)
        if refused is not None:
            await exchange.answer(refused)
            return
        greeted = self._greeting(exchange.entry)
        if await self._ended_before(exchange, greeted):
            return
        await socket.accept(greeted.headers, compress=self.websocket_compression)
        socket.watch = self.watch(socket)
        service = SocketService(
            self.spoken_on(socket),
            parts_for=self.parts_for,
            script_for=self.script,
            view=self.view,
            blame=self.server.blame_reply,
            watch=socket.watch,
        )
        self._sockets.add(socket)
        try:
            await service.serve(greeted.parts)
        finally:
            self._sockets.remove(socket)

    async def _ended_before(self, exchange: Exchange, greeted: Greeting) -> bool:
        """Obey the marks before the answer to an upgrade; whether none is to follow them."""
        player = Player(Upgrade(exchange), self.journal, exchange.conn, exchange.entry.seq)
        await player.play(greeted.before)
        return player.ended

    def watch(self, socket: Socket) -> Watch:
        """What is told of everything that crosses a WebSocket which was just accepted."""
        return Watch()

    def spoken_on(self, socket: Socket) -> Socketed:
        """What a WebSocket is served as: itself, or with others that hear the same."""
        return socket

    def _greeting(self, entry: Entry) -> Greeting:
        try:
            (made,) = self._greetings.match(entry).parts
        except Unmatched:
            return PLAIN
        except MISSES as error:
            self.add_miss(entry, error)
            return PLAIN
        return made if isinstance(made, Greeting) else PLAIN

    def add_miss(self, entry: Entry, error: Miss) -> None:
        """Add the finding for a message that got no reply."""
        if not self._ignores(error):
            self.server.findings.add(_FINDINGS[type(error)], str(error), about=entry)

    def _ignores(self, error: Miss) -> bool:
        return self.silent and isinstance(error, Unmatched)

    def _own(self, predicate: Test) -> Predicate:
        return source(self.source) & direction("in") & as_predicate(predicate)

    def _add_rule(self, parts: tuple[Any, ...], **options: Any) -> Rule:
        self.check_parts(parts)
        return self.rules.add(parts, **options)


def code_of(error: Miss) -> str:
    """The code of the error that a client gets for a miss: `rehearsal_unmatched` and the like."""
    return f"rehearsal_{_FINDINGS[type(error)].replace('-', '_')}"


def _cursor(after: View | Entry | int) -> Entry | int:
    return after.entry if isinstance(after, View) else after
