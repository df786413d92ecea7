"""A session as a test holds it: to speak as the user, to answer as the model, to see what came."""

from functools import reduce
from operator import or_
from typing import Any

from agent_rehearsal.journal import (
    DEFAULT_TIMEOUT,
    Connection,
    Journal,
    Predicate,
    as_predicate,
    direction,
    head,
    kind,
    on,
)
from agent_rehearsal.wire import Test, close
from mock_realtime.parts import barge_in, handoff, heard
from mock_realtime.served import Served
from mock_realtime.shape import Shape
from mock_realtime.views import MessageView

Json = dict[str, Any]
_NO_MESSAGE = head("ping") | head("pong") | head("close") | head("audio")


class RealtimeSession:
    """One session, made by `MockRealtime.session`.

    The session of a call is on all of its connections. What it sends goes out at once, beside the
    replies, and raises ConnectionError once every client has left.
    """

    __slots__ = ("_journal", "_served", "_session", "conns", "opened")

    def __init__(self, served: Served, journal: Journal) -> None:
        self.opened = served.talks.entry
        """The upgrade, or the request that made the call; of a call what was there first."""
        self.conns: list[Connection] = []
        """Its connections, those that have ended as well."""
        self._served: list[Served] = []
        self._session = served.session
        self._journal = journal
        self.enter(served)

    def enter(self, served: Served) -> None:
        """The session has another connection."""
        assert served.talks.conn is not None
        self.conns.append(served.talks.conn)
        self._served.append(served)

    @property
    def conn(self) -> Connection:
        """Its connection, of several the first."""
        return self.conns[0]

    @property
    def id(self) -> str:
        """The session's id, as the server tells it."""
        return self._session.settings.id

    @property
    def shape(self) -> Shape:
        """The wire protocol that it speaks: `v1`, `v2` or `beta`."""
        return self._session.shape

    @property
    def settings(self) -> Json:
        """The settings as they are now."""
        return self._session.settings.shown()

    @property
    def items(self) -> list[Json]:
        """The items of the conversation, in order."""
        conversation = self._session.conversation
        return [conversation.items[id] for id in conversation.order]

    @property
    def active_response(self) -> str | None:
        """The id of the response that is not done; None where there is none."""
        session = self._session
        return session.active.id if session.active else session.scripted

    async def send(self, *parts: Any) -> None:
        """Send events and obey marks."""
        await self._there.send(parts)

    async def say(self, transcript: str, *, audio: bytes | None = None) -> None:
        """Speak as the user: turn detection hears it begin and end, an item is made of it, and it
        is answered where the session says so. `audio` is for how long it lasts.
        """
        await self.send(heard(transcript, audio))

    async def barge_in(self) -> None:
        """Begin to speak as the user, which interrupts the model where the session says so."""
        await self.send(barge_in())

    async def respond(self, *parts: Any) -> None:
        """Answer as the model, unasked; returns when the response is over.

        Raises Refusal while another response is active.
        """
        await self._there.respond(parts)

    async def hand_off(self, prompt: str, *, id: str | None = None) -> None:
        """Hand a task over to the agent: by a call of its function, in v1 by an event."""
        await self.respond(handoff(prompt, id=id))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """End the connection in good order, of a call every one."""
        there = [served for served in self._served if not served.talks.left]
        for served in there or self._served[-1:]:
            await served.send((close(code, reason),))

    async def wait_for(self, test: Test, *, timeout: float = DEFAULT_TIMEOUT) -> MessageView:
        """The first message of this session that `test` means, past or future."""
        return MessageView(await self._journal.wait_for(self._own(test), timeout=timeout))

    def received(self, test: Test | None = None) -> list[MessageView]:
        """The messages so far, or those that `test` means; pings and closes are none, nor is what
        the client says as media.
        """
        wanted = self._own(test) if test else self._incoming() & ~_NO_MESSAGE
        return [MessageView(entry) for entry in self._journal.select(wanted)]

    @property
    def audio(self) -> bytes:
        """All audio that the client has appended."""
        return b"".join(view.audio for view in self.received())

    @property
    def _there(self) -> Served:
        """A connection that has not ended, if there is one."""
        there = (served for served in self._served if not served.talks.left)
        return next(there, self._served[-1])

    def _own(self, test: Test) -> Predicate:
        return self._incoming() & as_predicate(test)

    def _incoming(self) -> Predicate:
        mine = reduce(or_, map(on, self.conns))
        return mine & kind("frame") & direction("in")

    def __repr__(self) -> str:
        return f"<{self.id} {self.shape} on {', '.join(conn.id for conn in self.conns)}>"
