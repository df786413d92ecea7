"""The realtime conversation as part of a thread: operations in, input for turns out, and what the
agent's model is told of it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from codex_core.protocol import realtime_ops as ops
from codex_core.protocol.events import Error, EventMsg
from codex_core.protocol.inputs import InputItem, TextInput
from codex_core.protocol.items import InputText, Message
from codex_core.protocol.ops import UserInput, user_text
from codex_core.protocol.realtime_events import RealtimeConversationListVoicesResponse
from codex_core.realtime.startup.context import Work, startup_context
from codex_core.realtime.voices import VOICES
from codex_core.session.realtime_notes import REPLACED
from codex_core.session.realtime_work import recent_thread, spoken_turns
from codex_core.session.state import ThreadState

__all__ = ["RealtimeDesk"]

_IDLE = "conversation is not running"

HandIn = Callable[[UserInput, str], None]
"""Hands input of a handoff in, without waiting for anything."""


class RealtimeDesk:
    """The conversation of one thread, and what it needs of that thread."""

    def __init__(self, state: ThreadState, hand_in: HandIn) -> None:
        self._state = state
        self._hand_in = hand_in
        self._conversation = state.realtime.made()
        self._conversation.owner = self

    async def take(self, submission_id: str, op: Any) -> str:
        """Does what an operation asks for; raises `ValueError` for sound that is none."""
        await _HANDLERS[type(op)](self, submission_id, op)
        return submission_id

    def mirror(self, items: Iterable[InputItem]) -> None:
        """The user typed something to the agent: the conversation is told too."""
        text = "\n".join(item.text for item in items if isinstance(item, TextInput))
        if text.strip() and self._state.config.realtime.mirror_user_text:
            self._conversation.text("user", text)

    def emit(self, submission_id: str, msg: EventMsg) -> None:
        """As `Owner` says."""
        self._state.outlet.emit(submission_id, msg)

    def hand_over(self, handoff_id: str, text: str) -> None:
        """As `Owner` says."""
        self._hand_in(user_text(text), handoff_id)

    def startup_context(self) -> str:
        """As `Owner` says."""
        state = self._state
        home = state.runtime.env.get("HOME")
        work = Work(
            cwd=state.cwd,
            home=Path(home) if home else None,
            turns=tuple(spoken_turns(state.history.items)),
            threads=tuple(map(recent_thread, state.threads)),
        )
        return startup_context(work)

    def replaced(self) -> None:
        """As `Owner` says."""
        if self._state.config.realtime.mark_replaced:
            content = (InputText(text=REPLACED),)
            self._state.notices.append(Message(role="developer", content=content))

    async def _start(self, submission_id: str, op: ops.RealtimeConversationStart) -> None:
        if not self._state.realtime.ends:
            await self._conversation.start(submission_id, op, self._state.config)

    async def _audio(self, submission_id: str, op: ops.RealtimeConversationAudio) -> None:
        self._check(submission_id, ran=self._conversation.audio(op.frame))

    async def _text(self, submission_id: str, op: ops.RealtimeConversationText) -> None:
        self._check(submission_id, ran=self._conversation.text(op.role, op.text))

    async def _speech(self, submission_id: str, op: ops.RealtimeConversationSpeech) -> None:
        self._check(submission_id, ran=self._conversation.speech(op.text))

    async def _close(self, submission_id: str, _: ops.RealtimeConversationClose) -> None:
        self._state.realtime.ends -= 1
        await self._conversation.close(submission_id)

    async def _list(self, submission_id: str, _: ops.RealtimeConversationListVoices) -> None:
        self.emit(submission_id, RealtimeConversationListVoicesResponse(voices=VOICES))

    def _check(self, submission_id: str, *, ran: bool) -> None:
        if not ran:
            self.emit(submission_id, Error(message=_IDLE, codex_error_info="bad_request"))


_HANDLERS: Mapping[type[ops.RealtimeOp], Callable[[RealtimeDesk, str, Any], Awaitable[None]]] = {
    ops.RealtimeConversationStart: RealtimeDesk._start,
    ops.RealtimeConversationAudio: RealtimeDesk._audio,
    ops.RealtimeConversationText: RealtimeDesk._text,
    ops.RealtimeConversationSpeech: RealtimeDesk._speech,
    ops.RealtimeConversationClose: RealtimeDesk._close,
    ops.RealtimeConversationListVoices: RealtimeDesk._list,
}
