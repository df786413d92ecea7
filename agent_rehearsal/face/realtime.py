"""The agent's realtime conversation as the journal has it: predicates of its events, and frames."""

import base64
from typing import Any

from agent_rehearsal.journal import like, of_type
from codex_core.protocol.realtime import AudioFrame

STARTED = of_type("realtime_conversation_started")
REALTIME_ERROR = of_type("realtime_conversation_realtime") & like({"payload": {"type": "error"}})


def frame_of(data: bytes, **fields: Any) -> AudioFrame:
    """Sound as a frame."""
    return AudioFrame(data=base64.b64encode(data).decode(), **fields)
