"""What the client sends, each message as the JSON that it is. Tables of words, no decisions.

Source: frames of the reference client; v2 is the published Realtime API.
"""

from collections.abc import Mapping
from typing import Any

from codex_core.protocol.realtime import Role

__all__ = [
    "RESPONSE_CREATE",
    "Json",
    "audio_append",
    "function_output",
    "handoff_append",
    "item_message",
    "item_truncate",
    "session_update",
]

Json = dict[str, Any]

RESPONSE_CREATE: Mapping[str, Any] = {"type": "response.create"}
"""Asks for a response (v2)."""

_CONTENT: Mapping[Role, str] = {
    "user": "input_text",
    "developer": "input_text",
    "assistant": "output_text",
}


def session_update(session: Json) -> Json:
    """Sets the session up; the first message of every connection."""
    return {"type": "session.update", "session": session}


def audio_append(data: str) -> Json:
    """The user's sound, in base64."""
    return {"type": "input_audio_buffer.append", "audio": data}


def item_message(role: Role, text: str) -> Json:
    """A text of one side for the conversation."""
    content = [{"type": _CONTENT[role], "text": text}]
    return _item({"type": "message", "role": role, "content": content})


def function_output(call_id: str, output: str) -> Json:
    """The answer to a call of one of the client's functions (v2)."""
    return _item({"type": "function_call_output", "call_id": call_id, "output": output})


def handoff_append(handoff_id: str, text: str) -> Json:
    """Something for the model to speak, of a handoff or of none (v1)."""
    return {"type": "conversation.handoff.append", "handoff_id": handoff_id, "output_text": text}


def item_truncate(item_id: str, audio_end_ms: int) -> Json:
    """The user heard no more of an item than this (v2)."""
    place = {"item_id": item_id, "content_index": 0, "audio_end_ms": audio_end_ms}
    return {"type": "conversation.item.truncate", **place}


def _item(item: Json) -> Json:
    return {"type": "conversation.item.create", "item": item}
