"""The mock Realtime server: sessions over WebSockets on `/v1/realtime` and over the data channels
of calls.

A rule of the test answers first; what no rule is for is answered as the API does, or, with
`reactive = False`, recorded and left without an answer.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Literal

from agent_rehearsal.journal import DEFAULT_TIMEOUT, Entry, Source, kind, of_type
from agent_rehearsal.wire import (
    MISSES,
    Answer,
    Exchange,
    Mark,
    Raw,
    Rule,
    Server,
    Socket,
    Test,
    Unmatched,
    View,
    close,
    code_of,
    is_coroutine_reply,
    problem,
)
from agent_rehearsal.wire.greeting import Greeting
from agent_rehearsal.wire.service import Socketed
from agent_rehearsal.wire.watch import Watch
from mock_realtime.beta import SUNSET, SUNSET_CODE
from mock_realtime.call import Call
from mock_realtime.calls import TakesCalls
from mock_realtime.conduct import Conduct
from mock_realtime.copies import Copier
from mock_realtime.ear import Ear
from mock_realtime.event import Event
from mock_realtime.handle import RealtimeSession
from mock_realtime.lanes import Lanes
from mock_realtime.numbers import Numbers
from mock_realtime.offer import CallView
from mock_realtime.parts import Begun, Heard, Part, Usual, message
from mock_realtime.refusal import Refusal
from mock_realtime.served import Heeded, Opening, Served, SessionScript
from mock_realtime.session import MAX_AUDIO, Session
from mock_realtime.shape import shape_of
from mock_realtime.views import MessageView

PATH = "/v1/realtime"
ANSWER = "This is the mock speaking."
"""What a response says for which a test gave nothing."""
MODEL = "gpt-realtime"
"""The model of a session whose upgrade names none."""
_USUAL = (Usual(),)
LASTS = 1800
"""Seconds after which the API ends a session."""


class MockRealtime(TakesCalls):
    """The Realtime side of a stage.

    Parts of a reply are what the model says (`message`, `speech`, `function_call`, `handoff`),
    events (values of `events`, or objects with a `type`), marks, and raw bytes. What the model says
    answers a `response.create` where no condition says otherwise, and is played as one response
    from `response.created` to `response.done`.
    """

    source: ClassVar[Source] = "realtime"
    silent: ClassVar[bool] = True

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.reactive = True
        """Whether what no reply is for is answered as the API does. If not, it goes unanswered, and
        nothing is said when a connection opens.
        """
        self.answer: tuple[Any, ...] = (message(ANSWER),)
        """What a response says that no reply is for."""
        self.beta: Literal["serve", "sunset"] = "sunset"
        """What clients get that ask for the shape before GA: that shape, or the API's refusal."""
        self.require_key = False
        """Whether an upgrade without a key is refused with 401."""
        self.max_audio = MAX_AUDIO
        """The most bytes of audio that are taken in one event."""
        self._ids = Numbers()
        self._copier = Copier(self._ids)
        self._served: dict[int | str, Served] = {}
        self._of_calls: dict[str, tuple[RealtimeSession, Served]] = {}
        """The session of each call that anybody has joined, and what serves it."""
        self._sessions: list[RealtimeSession] = []
        self._called: dict[str, str] = {}
        """Connection -> the call that it takes part in."""
        Conduct(server.journal, server.findings, lambda conn: self._called.get(conn.id))
        server.upgrade(PATH, "realtime", self.serve_socket)

    @property
    def websocket_url(self) -> str:
        """Where a client connects: `ws://127.0.0.1:PORT/v1/realtime`."""
        return f"{self.base_url.replace('http', 'ws', 1)}/realtime"

    @property
    def sessions(self) -> list[RealtimeSession]:
        """The sessions so far, in the order in which they were opened."""
        return list(self._sessions)

    async def session(
        self, test: Test | None = None, *, timeout: float = DEFAULT_TIMEOUT
    ) -> RealtimeSession:
        """The first session, past or future, of which `test` is true: of its upgrade, or of any
        message that came on it.

        Raises WaitTimeout, and LookupError where the upgrade that is meant was refused.
        """
        found = await self.journal.wait_for(self._own(test or kind("open")), timeout=timeout)
        if found.kind == "open":
            await self.journal.wait_for(partial(_answers, found.seq), timeout=timeout)
        for session in self._sessions:
            if found.conn in session.conns:
                return session
        raise LookupError(f"{found!r} is of no session: it was refused, or its client has left")

    def view(self, entry: Entry) -> View:
        """A message, an upgrade, or a request about a call as a view."""
        return CallView(entry) if entry.kind == "request" else MessageView(entry)

    def script(self, entry: Entry) -> SessionScript:
        """What turns the parts of a reply into steps, in the words of the session's protocol."""
        served = self._served.get(entry.seq)
        served = served or self._served[entry.conn.id if entry.conn else ""]
        return served.script(entry, aside=entry.kind != "frame")

    def error_parts(self, code: str, message: str) -> tuple[Any, ...]:
        """An error event as the API words one."""
        error = Refusal(code, message).error(None)
        return ({"type": "error", "error": error},)

    def check_parts(self, parts: tuple[Any, ...]) -> None:
        """Raise TypeError for what is no part of a realtime reply."""
        super().check_parts(parts)
        if not is_coroutine_reply(parts):
            for part in parts:
                _check(part)

    def parts_for(self, entry: Entry) -> tuple[Any, ...]:
        """As for any mock; what no rule is for is answered as the session says."""
        try:
            parts = self.match(entry).parts
        except Unmatched:
            return _USUAL
        except MISSES as error:
            return self.error_parts(code_of(error), str(error))
        heeded = is_coroutine_reply(parts) or any(isinstance(part, Usual) for part in parts)
        return parts if heeded else (Heeded(), *parts)

    def refusal(self, exchange: Exchange) -> Answer | None:
        """401 without a key, where one is asked for; else as for calls."""
        if self.require_key and not _has_key(exchange.entry):
            text = "No key: expected `Authorization: Bearer ...`."
            return problem(401, "invalid_api_key", text)
        return super().refusal(exchange)

    def watch(self, socket: Socket) -> Watch:
        """As for any mock; the session begins here."""
        served = self._begin(socket)
        # What a call says is said on all of its connections.
        copier = self._copier if served.talks is socket else None
        return Ear(served.session, self.rules, self._usual_answer, copier)

    def spoken_on(self, socket: Socket) -> Socketed:
        """As for any mock; what is said on a connection of a call is said on all of them."""
        return self._served[socket.entry.seq].talks

    def hear(self, call: Call, pcm: bytes) -> None:
        """As the audio of an event: it is in the buffer."""
        if call.id in self._of_calls:
            self._of_calls[call.id][1].session.hearing.append(len(pcm))

    async def serve_socket(self, exchange: Exchange, socket: Socket) -> None:
        """As for any mock; what is still being said ends with the connection."""
        try:
            await super().serve_socket(exchange, socket)
        finally:
            await self._end(exchange.entry)

    async def serve_channel(self, channel: Socketed) -> None:
        """As for a WebSocket."""
        served = self._begin(channel)
        try:
            await super().serve_channel(served.talks)
        finally:
            await self._end(channel.entry)

    def _greeting(self, entry: Entry) -> Greeting:
        if self.beta == "sunset" and shape_of(entry) == "beta":
            error = {"type": "error", "error": SUNSET}
            return Greeting((), (error, close(SUNSET_CODE, str(SUNSET["code"]))))
        made = super()._greeting(entry)
        return made if made.parts else replace(made, parts=(Opening(),))

    def _add_rule(self, parts: tuple[Any, ...], **options: Any) -> Rule:
        if options.get("when") is None and any(isinstance(part, Part) for part in parts):
            options["when"] = of_type("response.create")
        return super()._add_rule(parts, **options)

    def _begin(self, talks: Socketed) -> Served:
        """A connection is served: a session begins, or that of its call goes on there as well."""
        call = self.call_of(talks.entry)
        if call is not None and call.id in self._of_calls:
            handle, first = self._of_calls[call.id]
            served = self._new_served(first.session, talks, first.lanes, call)
            handle.enter(served)
            return served
        lanes = Lanes(self.server.blame_reply)
        served = self._new_served(self._new_session(talks.entry), talks, lanes, call)
        handle = RealtimeSession(served, self.journal)
        self._sessions.append(handle)
        if call is not None:
            self._of_calls[call.id] = handle, served
            call.closers.append(lanes.close)
            self.server.at_stop(lanes.close)
        return served

    def _new_served(
        self, session: Session, talks: Socketed, lanes: Lanes, call: Call | None
    ) -> Served:
        assert talks.conn is not None
        if call is not None:
            self._called[talks.conn.id] = call.id
        spoken = talks if call is None else call.joint.enter(talks)
        served = Served(session, spoken, lanes, reactive=lambda: self.reactive)
        self._served[talks.entry.seq] = self._served[talks.conn.id] = served
        return served

    def _new_session(self, opened: Entry) -> Session:
        session = Session(
            shape_of(opened),
            self._ids,
            model=opened.query.get("model", MODEL),
            expires_at=int(self.journal.now()) + LASTS,
            answer=self._usual_answer,
        )
        session.max_audio = self.max_audio
        session.settings.begin(self.session_of(opened))
        return session

    async def _end(self, opened: Entry) -> None:
        served = self._served.pop(opened.seq, None)
        if served is None:
            return
        call = self.call_of(opened)
        if call is None:
            await served.lanes.close()
        else:
            call.joint.leave(served.talks)

    def _usual_answer(self) -> tuple[Any, ...] | None:
        return self.answer if self.reactive else None


def _answers(seq: int, entry: Entry) -> bool:
    """Whether an entry is the answer to an upgrade, or tells that there will be none."""
    return entry.re == seq and entry.kind in ("response", "close", "fault")


def _has_key(opened: Entry) -> bool:
    protocols = opened.header("sec-websocket-protocol") or ""
    return bool(opened.header("authorization")) or "openai-insecure-api-key." in protocols


def _check(part: Any) -> None:
    if isinstance(part, Mark | Raw | Answer | Event | Part | Heard | Begun | Usual):
        return
    if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
        raise TypeError(
            f"{part!r} is no part of a realtime reply: expected what the model says such as "
            "message('hi'), an event such as {'type': 'session.created', ...} or "
            "SpeechStarted(), a mark such as gate(...), or Raw(b'...')"
        )
