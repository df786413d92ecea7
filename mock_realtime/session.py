"""The state of one session, and what the server says to each event of the client.

Sans-IO. Everything here happens at the moment at which what comes of it is about to be sent, so the
state is never ahead of the wire.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from mock_realtime import client_events as asked
from mock_realtime.audio import appended
from mock_realtime.beta import from_beta
from mock_realtime.conversation import Conversation, Ids
from mock_realtime.hearing import Hearing
from mock_realtime.parts import Heard
from mock_realtime.refusal import Refusal, read
from mock_realtime.schema import FunctionTool, McpTool, ResponseAudio
from mock_realtime.settings import SessionSettings
from mock_realtime.shape import Shape
from mock_realtime.turn import Turn
from mock_realtime.v1_turn import V1Turn

Json = dict[str, Any]
AnyTurn = Turn | V1Turn
Out = Json | Turn | V1Turn
"""An event to send, or a response that begins now and is played beside what follows."""
E = TypeVar("E", bound=asked.ClientEvent)

MAX_AUDIO: Final = 15 * 2**20
"""The most bytes of audio that the API takes in one event."""
MIN_COMMIT_MS: Final = 100
"""How much audio has to be in the buffer to become an item."""
ACKNOWLEDGED: Final[Mapping[Shape, tuple[str, ...]]] = {
    "v1": ("created", "added", "done"),
    "v2": ("added", "done"),
    "beta": ("added",),
}
"""The events that tell of a new item; the beta's is renamed on its way out."""


class Session:
    """One session.

    `answer` gives the parts of a response for which a test gave none; None where the server is to
    say nothing of its own accord.
    """

    __slots__ = (
        "_answer",
        "_turns",
        "conversation",
        "hearing",
        "ids",
        "last_response",
        "max_audio",
        "scripted",
        "settings",
    )

    def __init__(
        self,
        shape: Shape,
        ids: Ids,
        *,
        model: str,
        expires_at: int,
        answer: Callable[[], Iterable[Any] | None],
    ) -> None:
        self.ids = ids
        self.settings = SessionSettings(shape, ids("sess"), model=model, expires_at=expires_at)
        self.conversation = Conversation(ids)
        self.hearing = Hearing()
        self.max_audio = MAX_AUDIO
        self.scripted: str | None = None
        """The id of an active response that a test tells event by event."""
        self.last_response: str | None = None
        self._answer = answer
        self._turns: list[AnyTurn] = []

    @property
    def shape(self) -> Shape:
        """The wire protocol that it speaks."""
        return self.settings.shape

    @property
    def active(self) -> AnyTurn | None:
        """The response that writes to the conversation now, unless a test tells it itself."""
        return next((turn for turn in self.turns() if not turn.alone), None)

    def turns(self) -> list[AnyTurn]:
        """The responses that are not over."""
        if self._turns:
            self._turns = [turn for turn in self._turns if not turn.over]
        return self._turns

    def opened(self) -> list[Json]:
        """What the server says first; nothing in v1."""
        shown = {"type": "session.created", "session": self.settings.shown()}
        return [] if self.shape == "v1" else [shown]

    def receive(self, message: Json) -> Iterator[Out]:
        """What the server says to an event of the client: its answer, or the error of a refusal."""
        try:
            yield from self._take(message)
        except Refusal as refusal:
            id = message.get("event_id")
            error = refusal.error(id if isinstance(id, str) else None)
            yield {"type": "error", "error": error}

    def heed(self, message: Json) -> None:
        """Take an event that a test answers itself; what the server would have said is dropped."""
        if message.get("type") not in ("response.create", "response.cancel"):
            for _ in self.receive(message):
                pass

    def respond(
        self, parts: Iterable[Any], options: asked.ResponseOptions | None = None
    ) -> AnyTurn:
        """A response that begins now. Raises Refusal while another one is active."""
        busy = self.scripted or (self.active and self.active.id)
        if busy and not (options and options.conversation == "none"):
            text = f"Conversation already has an active response in progress: {busy}. Wait for it."
            raise Refusal("conversation_already_has_active_response", text)
        made = self._turn(parts, options)
        self._turns.append(made)
        self.last_response = made.id
        return made

    def hear(self, said: Heard) -> Iterator[Out]:
        """Turn detection hears the user say something, from its beginning to its end."""
        yield from self.hear_begin()
        yield from self.hear_end(said)

    def hear_begin(self) -> Iterator[Out]:
        """Turn detection hears the user begin, or go on; what the model says is interrupted."""
        if self.shape == "v1":
            return
        if not self.hearing.speaking:
            yield self.hearing.begin(self.conversation.new_id, self.settings.input_format)
        if self.active and self.settings.turn("interrupt_response"):
            yield from self.active.stop("turn_detected")

    def hear_end(self, said: Heard) -> Iterator[Out]:
        """Turn detection hears the user end: an item is made of it, and it may be answered."""
        if self.shape == "v1":
            yield {"type": "conversation.input_transcript.delta", "delta": said.transcript}
            marked = "conversation.input_transcript.turn_marked"
            yield {"type": marked, "transcript": said.transcript}
            return
        yield self.hearing.end(self.conversation.new_id, self.settings.input_format, said.audio)
        yield from self._committed(said.transcript)
        parts = self._answer()
        idle = self.active is None and self.scripted is None
        if parts is not None and idle and self.settings.turn("create_response"):
            yield self.respond(parts)

    def _turn(self, parts: Iterable[Any], options: asked.ResponseOptions | None) -> AnyTurn:
        if self.shape == "v1":
            return V1Turn(self.conversation, parts, rate=self.settings.output_format.rate)
        return Turn(self.settings, self.conversation, parts, options)

    def _take(self, message: Json) -> Iterator[Out]:
        event = asked.parsed(from_beta(message) if self.shape == "beta" else message)
        yield from _HANDLERS[type(event)](self, event)

    def _update(self, event: asked.SessionUpdate) -> Iterator[Out]:
        self.settings.update(event.session, spoken=self.conversation.spoken)
        yield {"type": "session.updated", "session": self.settings.shown()}

    def _create(self, event: asked.ItemCreate) -> Iterator[Out]:
        item, previous = self.conversation.create(event.item, event.previous_item_id)
        yield from self._acknowledged(item, previous)

    def _acknowledged(self, item: Json, previous: str | None) -> Iterator[Out]:
        for name in ACKNOWLEDGED[self.shape]:
            type_ = f"conversation.item.{name}"
            yield {"type": type_, "previous_item_id": previous, "item": item}

    def _delete(self, event: asked.ItemDelete) -> Iterator[Out]:
        self.conversation.delete(event.item_id)
        yield {"type": "conversation.item.deleted", "item_id": event.item_id}

    def _retrieve(self, event: asked.ItemRetrieve) -> Iterator[Out]:
        item = self.conversation.find(event.item_id, "retrieve")
        yield {"type": "conversation.item.retrieved", "item": item}

    def _truncate(self, event: asked.ItemTruncate) -> Iterator[Out]:
        format = self.settings.output_format
        self.conversation.truncate(event.item_id, event.content_index, event.audio_end_ms, format)
        yield {
            "type": "conversation.item.truncated",
            "item_id": event.item_id,
            "content_index": event.content_index,
            "audio_end_ms": event.audio_end_ms,
        }

    def _append(self, event: asked.BufferAppend) -> Iterator[Out]:
        self.hearing.append(appended(event.audio, most=self.max_audio))
        return iter(())

    def _commit(self, _: asked.BufferCommit) -> Iterator[Out]:
        ms = self.settings.input_format.ms(self.hearing.buffered)
        if ms < MIN_COMMIT_MS:
            text = f"the buffer has {ms} ms of audio; at least {MIN_COMMIT_MS} ms make an item."
            raise Refusal("input_audio_buffer_commit_empty", text)
        yield from self._committed(None)

    def _committed(self, transcript: str | None) -> Iterator[Out]:
        id, previous = self.hearing.commit(self.conversation.new_id), self.conversation.last
        name = "input_audio_buffer.committed"
        yield {"type": name, "previous_item_id": previous, "item_id": id}
        content = [{"type": "input_audio", "transcript": None}]
        fields: Json = {"type": "message", "role": "user", "content": content}
        item = {"id": id, "object": "realtime.item", "status": "completed", **fields}
        yield from self._acknowledged(item, self.conversation.note(item))
        if transcript is not None and self.settings.transcribes:
            self.conversation.transcribe(id, transcript)
            yield from transcribed(id, transcript)

    def _clear(self, _: asked.BufferClear) -> Iterator[Out]:
        self.hearing.clear()
        yield {"type": "input_audio_buffer.cleared"}

    def _clear_playback(self, _: asked.PlaybackClear) -> Iterator[Out]:
        yield {"type": "output_audio_buffer.cleared", "response_id": self.last_response or ""}

    def _respond(self, event: asked.ResponseCreate) -> Iterator[Out]:
        options = checked(event.response or asked.ResponseOptions())
        yield self.respond(self._answer() or (), options)

    def _cancel(self, event: asked.ResponseCancel) -> Iterator[Out]:
        id = event.response_id
        found = [turn for turn in self.turns() if id in (None, turn.id)]
        if id is None:
            found = [self.active] if self.active else []
        if found:
            yield from found[0].stop("client_cancelled")
        elif self.scripted and id in (None, self.scripted):
            details = {"type": "cancelled", "reason": "client_cancelled"}
            told = {"id": self.scripted, "status": "cancelled", "status_details": details}
            self.scripted = None
            yield {"type": "response.done", "response": {"object": "realtime.response", **told}}
        else:
            text = "no response is active" if id is None else f"no response {id!r} is active"
            raise Refusal("response_cancel_not_active", text)

    def _handed_back(self, _: asked.HandoffAppend) -> Iterator[Out]:
        if self.shape != "v1":
            text = "'type': conversation.handoff.append is an event of the v1 protocol only."
            raise Refusal("invalid_value", text, param="type")
        return iter(())


_HANDLERS: Final[Mapping[type[asked.ClientEvent], Callable[[Session, Any], Iterator[Out]]]] = {
    asked.SessionUpdate: Session._update,
    asked.ItemCreate: Session._create,
    asked.ItemDelete: Session._delete,
    asked.ItemRetrieve: Session._retrieve,
    asked.ItemTruncate: Session._truncate,
    asked.BufferAppend: Session._append,
    asked.BufferCommit: Session._commit,
    asked.BufferClear: Session._clear,
    asked.PlaybackClear: Session._clear_playback,
    asked.ResponseCreate: Session._respond,
    asked.ResponseCancel: Session._cancel,
    asked.HandoffAppend: Session._handed_back,
}


def checked(options: asked.ResponseOptions) -> asked.ResponseOptions:
    """The options, where a response can be made of them. Raises Refusal."""
    if options.conversation not in (None, "auto", "none"):
        text = f"'response.conversation': {options.conversation!r} is none of auto, none."
        raise Refusal("invalid_value", text, param="response.conversation")
    if options.output_modalities is not None and len(options.output_modalities) != 1:
        text = "'response.output_modalities': expected one of text and audio."
        raise Refusal("invalid_value", text, param="response.output_modalities")
    read(options.audio or {}, ResponseAudio, "response.audio")
    read(options.tools or [], list[FunctionTool | McpTool], "response.tools")
    return options


def transcribed(item_id: str, transcript: str) -> Iterator[Json]:
    """The events that tell what the user said in an item."""
    name, place = "conversation.item.input_audio_transcription", {"item_id": item_id}
    if transcript:
        yield {"type": f"{name}.delta", **place, "content_index": 0, "delta": transcript}
    tokens = len(transcript) // 4 + 1
    details = {"audio_tokens": tokens, "text_tokens": 0}
    usage = {"input_tokens": tokens, "output_tokens": tokens, "total_tokens": 2 * tokens}
    yield {
        "type": f"{name}.completed",
        **place,
        "content_index": 0,
        "transcript": transcript,
        "usage": {"type": "tokens", **usage, "input_token_details": details},
    }
