"""One session: what is sent for what is handed in, and what is told of what comes. Sans-IO.

Whatever happens, what it leads to stands at once in `frames`, in the order in which it is to be
sent. It ends once; after that nothing is taken and nothing is told.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from codex_core.model_client.websocket import Arrival, Binary, Closed, Lost, Text
from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import AudioFrame, HandoffRequested, RealtimeEvent, Role
from codex_core.protocol.realtime_events import CloseReason
from codex_core.realtime.frames import (
    RESPONSE_CREATE,
    Json,
    audio_append,
    function_output,
    item_truncate,
)
from codex_core.realtime.handoffs import Handoffs, delegation
from codex_core.realtime.output import COMPLETE, SILENT, STEERED, OutputRules, Said
from codex_core.realtime.playback import Playback
from codex_core.realtime.refusal import broken
from codex_core.realtime.response_queue import ResponseQueue
from codex_core.realtime.transcript import Transcript
from codex_core.realtime.wire import Wire

__all__ = ["Ending", "Session"]

_BINARY = "unexpected binary realtime websocket event"
_Fatal = tuple[type[told.RealtimeError] | type[told.ResponseRefused], ...]
_ERRORS: _Fatal = (told.RealtimeError,)
_REFUSALS: _Fatal = (told.RealtimeError, told.ResponseRefused)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How a session ended; with an error that is told first."""

    reason: CloseReason
    error: str | None = None


class Session:
    """A session that speaks `wire`.

    With `playback_aware`, on v2, quiet sound is held back while the model's plays, and any speech
    cuts that off at what was heard of it; without, only speech that is told to be of the model's
    item does, while its response is under way, at what came of it. With
    `asks_again` a response that was refused because another is active waits for its turn; without,
    it ends the session.
    """

    def __init__(
        self,
        wire: Wire,
        rules: OutputRules,
        *,
        playback_aware: bool = False,
        asks_again: bool = True,
    ) -> None:
        self.wire = wire
        self.frames: deque[Json] = deque()
        self.handoffs = Handoffs(steers=wire.has_responses)
        self.ending: Ending | None = None
        self._rules = rules
        self._aware = playback_aware and wire.has_responses
        self._fatal = _ERRORS if asks_again else _REFUSALS
        self._transcript = Transcript()
        self._responses = ResponseQueue()
        self._playback = Playback(by_clock=self._aware)

    def admits(self, frame: AudioFrame, now: float) -> bool:
        """Is sound of the user's sent at all? `now` is in seconds."""
        return not self._aware or self._playback.admits(frame, now)

    def audio(self, frame: AudioFrame) -> None:
        """The user's sound."""
        self.frames.append(audio_append(frame.data))

    def text(self, role: Role, text: str) -> None:
        """A text for the conversation, which asks for no answer."""
        self.frames.append(self.wire.text(role, text))

    def speech(self, text: str) -> None:
        """A text that the model is to speak."""
        self.frames.append(self._rules.spoken(self.wire, text))
        self._ask()

    def output(self, said: Said) -> None:
        """A message of the agent."""
        if self._rules.client_managed or (said.handoff_id is None and not said.text.strip()):
            return
        self.frames.append(self._rules.frame(self.wire, said))
        if said.handoff_id is None and not self._rules.as_items:
            self._ask()

    def finish(self, handoff_id: str, *, answered: bool) -> None:
        """The agent is done with a handoff; did anything go back to it?"""
        if self._rules.client_managed or not self._closes_call(answered=answered):
            return
        if self._rules.as_items:
            self.frames.append(function_output(handoff_id, ""))
            return
        self.frames.append(function_output(handoff_id, COMPLETE if answered else SILENT))
        self._ask()

    def arrive(self, arrival: Arrival, now: float) -> RealtimeEvent | None:
        """What is told of something that came, if it is anything; `now` is in seconds."""
        match arrival:
            case _ if self.ending is not None:
                return None
            case Text(data):
                event = self.wire.decode(data)
                return None if event is None else self._take(event, now)
            case Binary():
                self.end(Ending(reason="error", error=_BINARY))
            case Closed() | Lost(""):
                self.end(Ending(reason="transport_closed"))
            case Lost(problem):
                what = broken(f"failed to read websocket message: {problem}")
                self.end(Ending(reason="error", error=what))
        return None

    def end(self, ending: Ending) -> bool:
        """The session is over; False if it was before."""
        if self.ending is not None:
            return False
        self.ending = ending
        self.frames.clear()
        return True

    def _take(self, event: RealtimeEvent, now: float) -> RealtimeEvent | None:
        if isinstance(event, self._fatal):
            self.end(Ending(reason="error", error=event.message))
            return None
        self._transcript.take(event)
        if isinstance(event, told.AudioOut):
            self._playback.take(event.frame, now)
        elif isinstance(event, told.InputSpeechStarted):
            self._take_speech(event, now)
        elif isinstance(event, HandoffRequested):
            return self._take_handoff(event)
        elif react := _REACTIONS.get(type(event)):
            react(self, event)
        return event

    def _take_handoff(self, event: HandoffRequested) -> HandoffRequested:
        entries = self._transcript.hand_over(event.input_transcript)
        request = msgspec.structs.replace(event, active_transcript=entries)
        self._playback.pass_on()
        if delegation(request) is None:
            self._answer_empty(event.handoff_id)
        elif not self.handoffs.request(event.handoff_id):
            self.frames.append(function_output(event.handoff_id, STEERED))
            self._ask()
        return request

    def _answer_empty(self, call_id: str) -> None:
        """A handoff of nothing starts nothing, so its call is answered with nothing."""
        if self._closes_call(answered=False):
            self.frames.append(function_output(call_id, ""))

    def _closes_call(self, *, answered: bool) -> bool:
        return self.wire.has_responses and (answered or self._rules.answers_all)

    def _take_speech(self, event: told.InputSpeechStarted, now: float) -> None:
        cut = self._playback.interrupt(event.item_id, now)
        if cut is not None:
            self.frames.append(item_truncate(*cut))

    def _on_created(self, event: told.ResponseCreated) -> None:
        self._responses.created(event.response_id)

    def _on_refused(self, _: told.ResponseRefused) -> None:
        self._go_on(asks=self._responses.refused())

    def _on_cancelled(self, event: told.ResponseCancelled) -> None:
        self._playback.hush()
        self._go_on(asks=self._responses.cancelled(event.response_id))

    def _on_done(self, event: told.ResponseDone) -> None:
        self._playback.pass_on()
        self._go_on(asks=self._responses.done(event.response_id))

    def _on_noop(self, event: told.NoopRequested) -> None:
        self._playback.pass_on()
        self.frames.append(function_output(event.call_id, ""))

    def _ask(self) -> None:
        if self.wire.has_responses:
            self._go_on(asks=self._responses.ask())

    def _go_on(self, *, asks: bool) -> None:
        if asks:
            self.frames.append(dict(RESPONSE_CREATE))


_REACTIONS: Mapping[type[RealtimeEvent], Callable[[Session, Any], None]] = {
    told.ResponseCreated: Session._on_created,
    told.ResponseRefused: Session._on_refused,
    told.ResponseCancelled: Session._on_cancelled,
    told.ResponseDone: Session._on_done,
    told.NoopRequested: Session._on_noop,
}
