"""The realtime conversation of a thread: one session at most, started, replaced and closed here.

A start that cannot be leaves the session that runs alone; one that fails when it connects has ended
it. Each session that was started ends with one `closed`, after one error if an error ended it; one
that was replaced ends without a word.
"""

import asyncio
from functools import partial
from typing import Protocol

from codex_core.config.config import Config
from codex_core.protocol.events import EventMsg
from codex_core.protocol.realtime import (
    AudioFrame,
    HandoffRequested,
    RealtimeError,
    RealtimeEvent,
    Role,
)
from codex_core.protocol.realtime_events import (
    RealtimeConversationClosed,
    RealtimeConversationRealtime,
    RealtimeConversationSdp,
    RealtimeConversationStarted,
)
from codex_core.protocol.realtime_ops import RealtimeConversationStart
from codex_core.realtime.connector import Connector, Link
from codex_core.realtime.handoffs import delegation
from codex_core.realtime.live import Live
from codex_core.realtime.output import Said
from codex_core.realtime.plan import Plan, make_plan
from codex_core.realtime.refusal import StartRefusedError
from codex_core.realtime.session import Ending, Session
from codex_core.realtime.sound import check_frame
from codex_core.realtime.wire_v1 import V1
from codex_core.realtime.wire_v2 import V2

__all__ = ["Conversation", "Owner"]


class Owner(Protocol):
    """The thread that a conversation is about."""

    def emit(self, submission_id: str, msg: EventMsg) -> None:
        """Tells an event."""
        ...

    def hand_over(self, handoff_id: str, text: str) -> None:
        """Hands input in for a turn, at once; `Conversation.taken` tells which has it."""
        ...

    def startup_context(self) -> str:
        """What a session is told of the work so far."""
        ...

    def replaced(self) -> None:
        """A session was ended for another one."""
        ...


class Conversation:
    """The conversation of one thread. Give it its owner before it is started."""

    owner: Owner

    def __init__(self, thread_id: str, connector: Connector) -> None:
        self._thread_id = thread_id
        self._connector = connector
        self._live: Live | None = None
        self._starting: asyncio.Task[None] | None = None

    @property
    def active(self) -> bool:
        """Does a session run, or is one about to?"""
        return self._live is not None

    async def start(
        self, submission_id: str, op: RealtimeConversationStart, config: Config
    ) -> None:
        """Starts a session in the place of the one that runs; what prevents it is told."""
        self._starting = asyncio.ensure_future(self._start(submission_id, op, config))
        await asyncio.wait([self._starting])
        starting, self._starting = self._starting, None
        if not starting.cancelled():
            starting.result()

    def abandon_start(self) -> None:
        """Gives up a session that is just being started; it was never there."""
        if self._starting is not None:
            self._starting.cancel()

    def audio(self, frame: AudioFrame) -> bool:
        """The user's sound; False if nothing runs, `ValueError` for what is no sound."""
        check_frame(frame)
        live = self._live
        if live is not None and live.session.admits(frame, asyncio.get_running_loop().time()):
            live.inbox.put_audio(frame)
        return live is not None

    def text(self, role: Role, text: str) -> bool:
        """A text for the conversation; False if nothing runs."""
        if self._live is not None:
            self._live.inbox.put_text(partial(Session.text, role=role, text=text))
        return self.active

    def speech(self, text: str) -> bool:
        """A text for the model to speak, unless it is blank; False if nothing runs."""
        if self._live is not None and text.strip():
            self._live.inbox.put_text(partial(Session.speech, text=text))
        return self.active

    async def room(self) -> None:
        """Waits while more texts and messages wait to be sent than may."""
        if self._live is not None:
            await self._live.inbox.room()

    def taken(self, handoff_id: str, turn_id: str) -> None:
        """A turn has the text of a handoff."""
        if self._live is not None:
            self._live.session.handoffs.taken(handoff_id, turn_id)

    def said(self, turn_id: str, text: str, phase: str | None) -> None:
        """The agent said something in a turn."""
        if self._live is not None:
            handoffs = self._live.session.handoffs
            said = Said(
                text=text,
                phase=phase,
                handoff_id=handoffs.answer(turn_id),
                follows_up=handoffs.follows_up(turn_id),
            )
            self._live.inbox.put_output(partial(Session.output, said=said))

    def turn_complete(self, turn_id: str) -> None:
        """A turn ended by itself."""
        if self._live is not None:
            done = self._live.session.handoffs.complete(turn_id)
            if done is not None:
                handoff_id, answered = done
                finish = partial(Session.finish, handoff_id=handoff_id, answered=answered)
                self._live.inbox.put_output(finish)

    def turn_aborted(self, turn_id: str) -> None:
        """A turn was ended."""
        if self._live is not None:
            self._live.session.handoffs.aborted(turn_id)

    async def close(self, submission_id: str) -> None:
        """Ends the session, and tells so even where nothing ran."""
        await self._stop()
        self.owner.emit(submission_id, RealtimeConversationClosed(reason="requested"))

    async def shutdown(self, submission_id: str) -> None:
        """Ends the session; tells so if there was one."""
        if self.active:
            await self.close(submission_id)

    async def _start(
        self, submission_id: str, op: RealtimeConversationStart, config: Config
    ) -> None:
        try:
            plan = self._plan(op, config)
            connect = await self._connector.prepare(plan, config)
            if self.active:
                await self._stop()
                self.owner.replaced()
            link = await connect()
        except StartRefusedError as error:
            self._tell_error(submission_id, error.message)
            return
        self._run(submission_id, plan, link)

    def _plan(self, op: RealtimeConversationStart, config: Config) -> Plan:
        return make_plan(
            op,
            config,
            thread_id=self._thread_id,
            name=self._connector.user_name,
            context=self.owner.startup_context,
        )

    def _run(self, submission_id: str, plan: Plan, link: Link) -> None:
        wire = V1() if plan.version == "v1" else V2()
        session = Session(
            wire, plan.rules, playback_aware=plan.playback_aware, asks_again=plan.asks_again
        )
        live = Live(submission_id, session, tell=self._tell, ended=self._ended)
        self._live = live
        started = RealtimeConversationStarted(realtime_session_id=plan.id, version=plan.version)
        self.owner.emit(submission_id, started)
        if link.answer is not None:
            self.owner.emit(submission_id, RealtimeConversationSdp(sdp=link.answer))
        live.begin(link)

    async def _stop(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            await live.stop()

    def _tell(self, live: Live, event: RealtimeEvent) -> None:
        if live is not self._live:
            return
        if isinstance(event, HandoffRequested) and (text := delegation(event)) is not None:
            self.owner.hand_over(event.handoff_id, text)
        self.owner.emit(live.id, RealtimeConversationRealtime(payload=event))

    def _ended(self, live: Live, ending: Ending) -> None:
        if live is not self._live:
            return
        self._live = None
        if ending.error is not None:
            self._tell_error(live.id, ending.error)
        self.owner.emit(live.id, RealtimeConversationClosed(reason=ending.reason))

    def _tell_error(self, submission_id: str, message: str) -> None:
        error = RealtimeConversationRealtime(payload=RealtimeError(message=message))
        self.owner.emit(submission_id, error)
