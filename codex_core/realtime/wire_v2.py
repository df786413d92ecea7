"""The wire protocol v2, the Realtime API as published: its table of events, and its words."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from codex_core.model_client.unreadable import UNREADABLE
from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import AudioFrame, RealtimeEvent, Role, Version
from codex_core.realtime import shapes
from codex_core.realtime.decoding import Reading, decode, read_error, reading
from codex_core.realtime.fields import text, text_of
from codex_core.realtime.frames import Json, item_message

__all__ = ["BACKEND", "HANDOFF_TOOL", "NOOP_TOOL", "USER", "V2"]

USER = "[USER] "
"""What a text of the user begins with."""
BACKEND = "[BACKEND] "
"""What a text of the agent begins with."""
HANDOFF_TOOL = "background_agent"
"""The function by whose call the model hands work over."""
NOOP_TOOL = "remain_silent"
"""The function by whose call the model says nothing."""

_BUSY = "conversation_already_has_active_response"
_BUSY_TEXT = "Conversation already has an active response in progress:"
"""What the API says to a `response.create` while a response is active: its code, and how its text
begins.
"""
_PROMPTS = ("input_transcript", "input", "text", "prompt", "query")
"""Arguments that may hold what is handed over; the first that does is taken."""


class _Text(msgspec.Struct):
    text: str


class _Speech(msgspec.Struct):
    item_id: Any = None


class _Response(msgspec.Struct):
    response: Any = None
    response_id: Any = None


class _Item(msgspec.Struct):
    id: Any = None
    type: Any = None
    name: Any = None
    call_id: Any = None
    arguments: Any = None


class _Done(msgspec.Struct):
    item: _Item


def _error(message: dict[str, Any]) -> RealtimeEvent | None:
    """An error of the session, or the refusal of a response."""
    found, inner = read_error(message), message.get("error")
    code = inner.get("code") if isinstance(inner, dict) else None
    if found is not None and (code == _BUSY or found.message.startswith(_BUSY_TEXT)):
        return told.ResponseRefused(message=found.message)
    return found


def _response_id(message: _Response) -> str | None:
    found = text_of(message.response, "id")
    return text(message.response_id) if found is None else found


def _item_done(message: _Done) -> RealtimeEvent | None:
    item, own, call = message.item, text(message.item.id), text(message.item.call_id)
    call_id, item_id = own if call is None else call, call if own is None else own
    called = item.name if item.type == "function_call" else None
    if called == HANDOFF_TOOL and call_id is not None and item_id is not None:
        prompt = _prompt(text(item.arguments) or "")
        return told.HandoffRequested(handoff_id=call_id, item_id=item_id, input_transcript=prompt)
    if called == NOOP_TOOL and call_id is not None and item_id is not None:
        return told.NoopRequested(call_id=call_id, item_id=item_id)
    return None if own is None else told.ConversationItemDone(item_id=own)


def _prompt(arguments: str) -> str:
    """What is handed over; the arguments as they are where they name nothing of the kind."""
    try:
        given = msgspec.json.decode(arguments)
    except UNREADABLE:
        return arguments
    named = (text_of(given, name) or "" for name in _PROMPTS)
    return next(filter(None, map(str.strip, named)), arguments)


_AUDIO = reading(
    shapes.AudioDelta, partial(shapes.audio_out, defaults=AudioFrame(data="", sample_rate=24_000))
)
_ADDED = reading(shapes.AddedItem, shapes.item_added)
_SAID = reading(shapes.Delta, lambda found: told.OutputTranscriptDelta(delta=found.delta))

TABLE: Mapping[str, Reading] = {
    "session.updated": reading(shapes.SessionTold, shapes.session_updated),
    "response.output_audio.delta": _AUDIO,
    "response.audio.delta": _AUDIO,
    "conversation.item.input_audio_transcription.delta": reading(
        shapes.Delta, lambda found: told.InputTranscriptDelta(delta=found.delta)
    ),
    "conversation.item.input_audio_transcription.completed": reading(
        shapes.Transcript, lambda found: told.InputTranscriptDone(text=found.transcript)
    ),
    "response.output_text.delta": _SAID,
    "response.output_audio_transcript.delta": _SAID,
    "response.output_text.done": reading(
        _Text, lambda found: told.OutputTranscriptDone(text=found.text)
    ),
    "response.output_audio_transcript.done": reading(
        shapes.Transcript, lambda found: told.OutputTranscriptDone(text=found.transcript)
    ),
    "input_audio_buffer.speech_started": reading(
        _Speech, lambda found: told.InputSpeechStarted(item_id=text(found.item_id))
    ),
    "conversation.item.added": _ADDED,
    "conversation.item.created": _ADDED,
    "conversation.item.done": reading(_Done, _item_done),
    "response.created": reading(
        _Response, lambda found: told.ResponseCreated(response_id=_response_id(found))
    ),
    "response.done": reading(
        _Response, lambda found: told.ResponseDone(response_id=_response_id(found))
    ),
    "response.cancelled": reading(
        _Response, lambda found: told.ResponseCancelled(response_id=_response_id(found))
    ),
    "error": reading(dict[str, Any], _error),
}
"""Every event of v2 that means something."""


class V2:
    """v2: the client asks for responses, and a handoff is the call of a function."""

    version: Version = "v2"
    has_responses = True

    def decode(self, data: bytes) -> RealtimeEvent | None:
        """As the protocol says."""
        return decode(data, TABLE)

    def text(self, role: Role, text: str) -> Json:
        """As the protocol says; the user's own words are marked."""
        return item_message(role, _marked(USER, text) if role == "user" else text)

    def backend(self, text: str) -> str:
        """As the protocol says."""
        return _marked(BACKEND, text)

    def output(self, handoff_id: str, text: str) -> Json:
        """As the protocol says; which handoff it is of shows by the order."""
        return item_message("user", text)


def _marked(mark: str, text: str) -> str:
    return text if not text or text.startswith(mark) else mark + text
