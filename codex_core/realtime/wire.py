"""What a session asks of the wire protocol it speaks. The two that there are have modules each."""

from typing import Protocol

from codex_core.protocol.realtime import RealtimeEvent, Role, Version
from codex_core.realtime.frames import Json

__all__ = ["STANDALONE", "Wire"]

STANDALONE = "codex"
"""The id of what belongs to no handoff (v1)."""


class Wire(Protocol):
    """A version of the protocol: no state, only words."""

    @property
    def version(self) -> Version:
        """Its name."""
        ...

    @property
    def has_responses(self) -> bool:
        """Does the client ask for responses, and answer calls of functions?"""
        ...

    def decode(self, data: bytes) -> RealtimeEvent | None:
        """The event of a message, None for one that is passed over."""
        ...

    def text(self, role: Role, text: str) -> Json:
        """A text for the conversation."""
        ...

    def backend(self, text: str) -> str:
        """A text of the agent as the model is to read it."""
        ...

    def output(self, handoff_id: str, text: str) -> Json:
        """What the agent says, as text that is ready for the model."""
        ...
