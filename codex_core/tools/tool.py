"""What a tool is: a name, a specification for the model, and a coroutine that answers a call."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import field

from codex_core.approvals.desk import Desk
from codex_core.protocol.events import EventMsg
from codex_core.protocol.items import CustomToolCall, FunctionCall, ToolOutput
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.protocol.truncation import TruncationPolicy
from codex_core.runtime import Runtime
from codex_core.tools.patch.turn_changes import TurnChanges
from codex_core.tools.sandbox import Sandbox
from codex_core.tools.session_store import SessionStore

__all__ = ["Call", "Tool", "ToolContext"]

Call = FunctionCall | CustomToolCall
"""What a tool of this core can answer."""


class ToolContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool may use: the world, the turn it works for, and how it tells of itself."""

    runtime: Runtime
    sessions: SessionStore
    emit: Callable[[EventMsg], None]
    cwd: Path
    thread_id: str
    turn_id: str
    truncation: TruncationPolicy
    """The most that one output may tell the model."""
    confinement: tuple[str, ...] = ()
    """What commands are started with, as `codex_core.tools.sandbox` makes it."""
    sandbox: Sandbox | None = field(default_factory=Sandbox)
    """What commands are held to, and a tool of this process holds itself to; None for nothing."""
    policy: ApprovalPolicy = "never"
    """When the user is asked first."""
    desk: Desk = field(default_factory=Desk)
    """Where the user is asked."""
    may_question: bool = False
    """May the model put questions of its own to the user?"""
    takes_images: bool = True
    """Can the model be shown images?"""
    cancelled: Callable[[], bool] = lambda: False
    """Is the turn over?"""
    changes: TurnChanges = field(default_factory=TurnChanges)
    """What the patches of the turn did so far."""

    @property
    def output_tokens(self) -> int:
        """The most that one output may tell the model, in tokens."""
        return self.truncation.tokens


class Tool(Protocol):
    """A tool of the model."""

    name: str
    parallel: bool
    """May it run beside others? If not, it runs alone."""
    spec: Mapping[str, Any]
    """Its entry in a request's `tools`."""

    async def run(self, call: Call, context: ToolContext) -> ToolOutput:
        """Answers a call. What goes wrong is told to the model as text, not raised."""
        ...
