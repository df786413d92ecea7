"""The agent's realtime conversation as a test has it: predicates of its events, the operation that
starts it, and frames.
"""

import base64
from typing import Any

import msgspec

from agent_rehearsal.face.settings import check_names
from agent_rehearsal.journal import like, of_type
from codex_core.protocol.realtime import AudioFrame
from codex_core.protocol.realtime_ops import RealtimeConversationStart

STARTED = of_type("realtime_conversation_started")
REALTIME_ERROR = of_type("realtime_conversation_realtime") & like({"payload": {"type": "error"}})


def start_of(fields: dict[str, Any]) -> RealtimeConversationStart:
    """The operation with these fields; objects in them may be dicts.

    Raises TypeError for a name that it does not have, and for a value of another form.
    """
    check_names("realtime", fields, RealtimeConversationStart.__struct_fields__)
    try:
        return msgspec.convert(fields, RealtimeConversationStart)
    except msgspec.ValidationError as error:
        raise TypeError(f"realtime: {error}") from None


def frame_of(data: bytes, **fields: Any) -> AudioFrame:
    """Sound as a frame."""
    return AudioFrame(data=base64.b64encode(data).decode(), **fields)
