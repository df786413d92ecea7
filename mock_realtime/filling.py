"""What a test leaves out of an event, taken from the session that sends it; and what the session
learns from an event that a test wrote itself.

Two tables over the state of `session`. Sans-IO.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_realtime.audio import from_base64
from mock_realtime.event import Event, fillable, wire
from mock_realtime.session import Session
from mock_realtime.turn import Turn

Json = dict[str, Any]


def filled(session: Session, event: Event) -> Json:
    """A typed event as a JSON object with all of its fields, but for `event_id`."""
    told = wire(event)
    for name in fillable(event):
        if name in _FILL:
            told[name] = _FILL[name](session)
    whole = _WHOLE.get(told["type"])
    if whole is not None:
        name, make = whole
        told[name] = {**make(session), **told.get(name, {})}
    return told


def learn(session: Session, event: Mapping[str, Any]) -> None:
    """Let a session know what a test has said in its name; what makes no sense is passed over."""
    name = event.get("type")
    if isinstance(name, str) and name in _LEARN:
        _LEARN[name](session, event)


def _response_id(session: Session) -> str:
    if active := session.active:
        return active.id
    session.last_response = session.scripted or session.last_response or session.ids("resp")
    return session.last_response


def _item_id(session: Session) -> str:
    active = session.active
    if isinstance(active, Turn) and active.open is not None:
        return str(active.open.item["id"])
    return session.conversation.last or session.conversation.new_id()


def _output_index(session: Session) -> int:
    active = session.active
    return active.open.index if isinstance(active, Turn) and active.open is not None else 0


def _call_id(session: Session) -> str:
    calls = [item for item in session.conversation.items.values() if "call_id" in item]
    return str(calls[-1]["call_id"]) if calls else session.ids("call")


def _usage(_: Session) -> Json:
    return {"type": "tokens", "input_tokens": 1, "output_tokens": 1, "total_tokens": 2}


_FILL: Final[Mapping[str, Callable[[Session], Any]]] = {
    "response_id": _response_id,
    "item_id": _item_id,
    "output_index": _output_index,
    "call_id": _call_id,
    "usage": _usage,
}
"""Field -> its value where a test gives none."""


def _session_object(session: Session) -> Json:
    return session.settings.shown()


def _begun_response(session: Session) -> Json:
    id = session.ids("resp")
    return {**_RESPONSE, "id": id, "status": "in_progress", **_of(session)}


def _ended_response(session: Session) -> Json:
    return {**_RESPONSE, "id": _response_id(session), "status": "completed", **_of(session)}


def _of(session: Session) -> Json:
    return {
        "conversation_id": session.conversation.id,
        "output_modalities": ["audio"] if session.settings.speaks else ["text"],
    }


def _item(session: Session) -> Json:
    return {"id": session.conversation.new_id(), "object": "realtime.item", "status": "completed"}


_RESPONSE: Final[Json] = {
    "object": "realtime.response",
    "status_details": None,
    "output": [],
    "usage": None,
    "metadata": None,
}
_WHOLE: Final[Mapping[str, tuple[str, Callable[[Session], Json]]]] = {
    "session.created": ("session", _session_object),
    "session.updated": ("session", _session_object),
    "response.created": ("response", _begun_response),
    "response.done": ("response", _ended_response),
    "response.cancelled": ("response", _ended_response),
    "conversation.item.added": ("item", _item),
    "conversation.item.created": ("item", _item),
    "conversation.item.done": ("item", _item),
    "response.output_item.added": ("item", _item),
    "response.output_item.done": ("item", _item),
}
"""Type -> the object in it that a test may give a part of, and what makes the rest."""


def _text(value: Any, name: str) -> str | None:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else None


def _begun(session: Session, event: Mapping[str, Any]) -> None:
    session.scripted = _text(event.get("response"), "id") or _text(event, "response_id")
    session.last_response = session.scripted or session.last_response


def _ended(session: Session, event: Mapping[str, Any]) -> None:
    id = _text(event.get("response"), "id") or _text(event, "response_id")
    if id in (None, session.scripted):
        session.scripted = None


def _known(session: Session, event: Mapping[str, Any]) -> None:
    item = event.get("item")
    if isinstance(item, Mapping) and isinstance(item.get("id"), str):
        session.conversation.note(dict(item))


def _gone(session: Session, event: Mapping[str, Any]) -> None:
    session.conversation.drop(str(event.get("item_id")))


def _empty(session: Session, _: Mapping[str, Any]) -> None:
    session.hearing.clear()


def _sounded(session: Session, event: Mapping[str, Any]) -> None:
    id, delta = _text(event, "item_id"), _text(event, "delta")
    if id is None or delta is None:
        return
    try:
        size = len(from_base64(delta))
    except ValueError:
        return
    if id not in session.conversation.items:
        session.conversation.note({"id": id, "type": "message", "role": "assistant"})
    session.conversation.sounded(id, size)


_LEARN: Final[Mapping[str, Callable[[Session, Mapping[str, Any]], None]]] = {
    "response.created": _begun,
    "response.done": _ended,
    "response.cancelled": _ended,
    "conversation.item.added": _known,
    "conversation.item.created": _known,
    "conversation.item.done": _known,
    "response.output_item.added": _known,
    "response.output_item.done": _known,
    "conversation.item.deleted": _gone,
    "input_audio_buffer.committed": _empty,
    "input_audio_buffer.cleared": _empty,
    "response.output_audio.delta": _sounded,
    "response.audio.delta": _sounded,
}
"""Type -> what a session learns from it."""
