"""The Responses API over WebSockets, as far as it differs from HTTP: upgrades, prewarms, chains of
responses, and messages that are no requests.

What a reply is made of is not known here.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from agent_rehearsal.journal import Entry, of_type
from agent_rehearsal.wire import (
    MISSES,
    Answer,
    Exchange,
    Mark,
    Rule,
    Send,
    Server,
    Socket,
    Test,
    Unmatched,
    Watch,
    close,
    code_of,
    problem,
)
from mock_responses.codex_errors import connection_limit_reached
from mock_responses.connections import Lines
from mock_responses.errors import previous_response_not_found
from mock_responses.history import History
from mock_responses.limits import RateLimits
from mock_responses.metered import Metered
from mock_responses.parts import minimal, stream
from mock_responses.predicates import is_prewarm
from mock_responses.reply_headers import Told, headers_of
from mock_responses.views import CREATE, body_of
from mock_responses.wrapped import told

Parts = tuple[Any, ...]


class Socketed(Metered):
    """A mock whose requests come over WebSockets as well."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.websockets = True
        """Whether upgrades are accepted; if not they get 426, on which clients turn to HTTP."""
        self.connection_limit: int | None = None
        """How many requests one WebSocket may bring; the next gets `connection_limit_reached()`,
        uses up no reply, and ends the connection.
        """
        self._lines = Lines(self.stored_history)
        self._limits: dict[Rule, RateLimits] = {}
        self._told: dict[int, tuple[Send, ...]] = {}

    def greet(
        self,
        *parts: Any,
        before: Mark | Iterable[Mark] = (),
        headers: Mapping[str, str] | None = None,
        when: Test | None = None,
        times: float = 1,
        optional: bool = False,
        name: str | None = None,
        **told: Unpack[Told],
    ) -> Rule:
        """As for any mock. What the upgrade's answer tells in headers may be given by name, as in
        `reply_headers`: `openai_model="..."`, `models_etag="..."`, `reasoning_included=True`.

        Marks alone are obeyed without a response around them.
        """
        bare = parts and all(isinstance(part, Mark) for part in parts)
        return super().greet(
            *((stream(*parts),) if bare else parts),
            before=before,
            headers={**headers_of(self.greet, told), **(headers or {})},
            when=when,
            times=times,
            optional=optional,
            name=name,
        )

    def refusal(self, exchange: Exchange) -> Answer | None:
        """426 while WebSockets are off."""
        if self.websockets:
            return None
        return problem(
            426, "websocket_not_supported", "this server takes Responses requests over HTTP"
        )

    def watch(self, socket: Socket) -> Watch:
        """What follows the chain of responses on a WebSocket."""
        return self._lines.add(socket.conn)

    def stored_history(self, id: str) -> History | None:
        """What a response stands for that is stored, whatever it came over."""
        return None

    def match(self, entry: Entry) -> Rule:
        """As for any mock; what the rule tells in headers is kept for the reply to a frame."""
        rule = super().match(entry)
        if entry.kind == "frame" and rule.headers:
            self._told[entry.seq] = told(dict(rule.headers), self._limits.get(rule))
        return rule

    def parts_for(self, entry: Entry) -> Parts:
        """As for any mock, but only a reply whose condition has `is_prewarm` answers a prewarm, and
        only one whose condition has its `of_type` another message than `response.create`.

        A prewarm that no reply is for is answered as the API does: created and completed, with no
        output.
        """
        type_ = body_of(entry).get("type")
        if entry.head == "binary":
            return self._refused(entry, "is a binary message; send JSON in a text message")
        if body_of(entry) and type_ != CREATE:
            return self._other(entry, type_)
        return self._objection(entry) or (
            self._warmed(entry) if is_prewarm(entry) else super().parts_for(entry)
        )

    def take_told(self, entry: Entry) -> tuple[Send, ...]:
        """The events that come before those of the reply to a frame; given once."""
        return self._told.pop(entry.seq, ())

    def _objection(self, entry: Entry) -> Parts | None:
        """What answers a request in place of any reply."""
        line = self._lines.of(entry)
        if line is None:
            return None
        if (running := line.overlapped(entry)) is not None:
            text = (
                f"{entry!r} came while {running!r} was being answered; one WebSocket takes one "
                "request at a time: wait for its last event, or open another connection"
            )
            self.server.findings.add("overlapping-request", text, about=(running, entry))
        if self.connection_limit is not None and line.chain.requests > self.connection_limit:
            return (stream(connection_limit_reached(), close()),)
        if (unknown := self._lines.unknown(entry)) is not None:
            text, about = unknown
            self.server.findings.add("unknown-previous-response", text, about=about)
            id = str(body_of(entry)["previous_response_id"]) or "''"
            return (previous_response_not_found(id),)
        return None

    def _warmed(self, entry: Entry) -> Parts:
        try:
            return self.rules.match(entry, of=is_prewarm).parts
        except Unmatched:
            return (minimal(),)
        except MISSES as error:
            self.add_miss(entry, error)
            return self.error_parts(code_of(error), str(error))

    def _other(self, entry: Entry, type_: object) -> Parts:
        try:
            if isinstance(type_, str):
                return self.rules.match(entry, of=of_type(type_)).parts
        except Unmatched:
            pass
        except MISSES as error:
            self.add_miss(entry, error)
            return self.error_parts(code_of(error), str(error))
        expected = f"expected {CREATE!r}, or a reply with when=of_type(...) for it"
        return self._refused(entry, f"is of type {type_!r}; {expected}")

    def _refused(self, entry: Entry, why: str) -> Parts:
        text = f"{entry!r} {why}"
        self.server.findings.add("refused-frame", text, about=entry)
        return self.error_parts("rehearsal_refused_frame", text)
