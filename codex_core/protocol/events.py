"""Events: everything a thread tells. A new one is a class and a line in `EventMsg`.

On the wire an event is `{"id": ..., "msg": {"type": ..., ...}}`; `id` is the turn's id, or "" for
what belongs to no turn. Times named `*_at` are Unix seconds, `*_ms` are milliseconds.
"""

from typing import Any, Literal, get_args

import msgspec

from codex_core.protocol.approval_events import ApplyPatchApprovalRequest, ExecApprovalRequest
from codex_core.protocol.file_changes import FileChange
from codex_core.protocol.inputs import PendingInput
from codex_core.protocol.message import EventMessage
from codex_core.protocol.model_events import (
    ModelReroute,
    ModelVerification,
    SafetyBuffering,
    TurnModerationMetadata,
)
from codex_core.protocol.policy import ApprovalPolicy
from codex_core.protocol.questions import RequestUserInput
from codex_core.protocol.realtime_events import RealtimeEventMsg
from codex_core.protocol.turn_items import TurnItem
from codex_core.protocol.usage import RateLimitSnapshot, TokenUsageInfo

__all__ = [
    "EVENTS",
    "AgentMessage",
    "AgentMessageContentDelta",
    "AgentReasoning",
    "AgentReasoningRawContent",
    "AgentReasoningSectionBreak",
    "CodexErrorInfo",
    "ContextCompacted",
    "Error",
    "Event",
    "EventMsg",
    "ExecCommandBegin",
    "ExecCommandEnd",
    "ExecCommandOutputDelta",
    "ItemCompleted",
    "ItemStarted",
    "PatchApplyBegin",
    "PatchApplyEnd",
    "PlanStep",
    "PlanUpdate",
    "ReasoningContentDelta",
    "ReasoningRawContentDelta",
    "SessionConfigured",
    "ShutdownComplete",
    "StreamError",
    "TaskComplete",
    "TaskStarted",
    "TerminalInteraction",
    "TokenCount",
    "TurnAborted",
    "TurnDiff",
    "UserMessage",
    "ViewImageToolCall",
    "Warning",
]

CodexErrorInfo = str | dict[str, dict[str, int | None]]
"""An error class by name, or by name with `{"http_status_code": ...}`."""


class SessionConfigured(EventMessage, tag="session_configured", frozen=True, kw_only=True):
    """First event of a thread: what it runs with."""

    session_id: str
    thread_id: str
    model: str
    model_provider_id: str
    approval_policy: ApprovalPolicy
    sandbox_mode: str
    cwd: str
    reasoning_effort: str | None


class TaskStarted(EventMessage, tag="task_started", frozen=True, kw_only=True):
    """A turn begins."""

    turn_id: str
    started_at: int
    model_context_window: int | None


class TaskComplete(
    EventMessage, tag="task_complete", frozen=True, kw_only=True, omit_defaults=True
):
    """A turn ended by itself; after an `error` there is no last message.

    `unconsumed_input` holds what was submitted and never reached the model.
    """

    turn_id: str
    last_agent_message: str | None
    completed_at: int
    duration_ms: int
    unconsumed_input: tuple[PendingInput, ...] = ()


class TurnAborted(EventMessage, tag="turn_aborted", frozen=True, kw_only=True, omit_defaults=True):
    """A turn was ended; `unconsumed_input` holds what was submitted and never reached the model."""

    turn_id: str
    reason: str
    completed_at: int
    duration_ms: int
    unconsumed_input: tuple[PendingInput, ...] = ()


class UserMessage(EventMessage, tag="user_message", frozen=True, kw_only=True):
    """Input was recorded for the model."""

    message: str
    images: tuple[str, ...] = ()


class AgentMessage(EventMessage, tag="agent_message", frozen=True, kw_only=True):
    """A whole message by the model."""

    message: str
    phase: str | None = None


class AgentMessageContentDelta(
    EventMessage, tag="agent_message_content_delta", frozen=True, kw_only=True
):
    """A piece of a message that is being written."""

    thread_id: str
    turn_id: str
    item_id: str
    delta: str


class AgentReasoning(EventMessage, tag="agent_reasoning", frozen=True, kw_only=True):
    """One whole part of a reasoning summary."""

    text: str


class AgentReasoningRawContent(
    EventMessage, tag="agent_reasoning_raw_content", frozen=True, kw_only=True
):
    """One whole part of raw reasoning."""

    text: str


class AgentReasoningSectionBreak(
    EventMessage, tag="agent_reasoning_section_break", frozen=True, kw_only=True
):
    """The next part of a reasoning summary begins."""

    item_id: str
    summary_index: int


class ReasoningContentDelta(EventMessage, tag="reasoning_content_delta", frozen=True, kw_only=True):
    """A piece of a reasoning summary."""

    thread_id: str
    turn_id: str
    item_id: str
    delta: str
    summary_index: int


class ReasoningRawContentDelta(
    EventMessage, tag="reasoning_raw_content_delta", frozen=True, kw_only=True
):
    """A piece of raw reasoning."""

    thread_id: str
    turn_id: str
    item_id: str
    delta: str
    content_index: int


class ItemStarted(EventMessage, tag="item_started", frozen=True, kw_only=True):
    """A turn item begins."""

    thread_id: str
    turn_id: str
    item: TurnItem


class ItemCompleted(EventMessage, tag="item_completed", frozen=True, kw_only=True):
    """A turn item is whole."""

    thread_id: str
    turn_id: str
    item: TurnItem


class ContextCompacted(EventMessage, tag="context_compacted", frozen=True, kw_only=True):
    """The history was made shorter, with one item in place of most of it."""


class ExecCommandBegin(EventMessage, tag="exec_command_begin", frozen=True, kw_only=True):
    """A command has been started; `process_id` is what the model knows it by.

    `source` is `unified_exec_startup` for a call of the model, `agent` for one of `shell_command`.
    """

    call_id: str
    turn_id: str
    process_id: str
    command: tuple[str, ...]
    cwd: str
    started_at_ms: int
    source: str = "unified_exec_startup"


class ExecCommandOutputDelta(
    EventMessage, tag="exec_command_output_delta", frozen=True, kw_only=True
):
    """Bytes that a command wrote (base64 on the wire); both of its streams, as they came."""

    call_id: str
    chunk: bytes
    stream: str = "stdout"


class ExecCommandEnd(EventMessage, tag="exec_command_end", frozen=True, kw_only=True):
    """A command is over; every begin has one end, which may come after the turn's.

    `status` is completed or failed; `exit_code` is 128 and more for a signal.
    """

    call_id: str
    turn_id: str
    process_id: str
    command: tuple[str, ...]
    cwd: str
    aggregated_output: str
    exit_code: int
    duration_ms: int
    status: str
    source: str = "unified_exec_startup"


class TerminalInteraction(EventMessage, tag="terminal_interaction", frozen=True, kw_only=True):
    """The model typed to a running command, or looked what it wrote (`stdin` is empty)."""

    call_id: str
    process_id: str
    stdin: str


class PatchApplyBegin(EventMessage, tag="patch_apply_begin", frozen=True, kw_only=True):
    """A patch that was found good is going to be written; files by absolute path."""

    call_id: str
    turn_id: str
    auto_approved: bool
    changes: dict[str, FileChange]


class PatchApplyEnd(EventMessage, tag="patch_apply_end", frozen=True, kw_only=True):
    """A patch is written, or not wholly; every begin has one end. `status`: completed or failed."""

    call_id: str
    turn_id: str
    stdout: str
    stderr: str
    success: bool
    changes: dict[str, FileChange]
    status: str


class TurnDiff(EventMessage, tag="turn_diff", frozen=True, kw_only=True):
    """All that the patches of the turn changed so far, in git's style."""

    unified_diff: str


class PlanStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the model's plan."""

    step: str
    status: Literal["pending", "in_progress", "completed"]


class PlanUpdate(EventMessage, tag="plan_update", frozen=True, kw_only=True):
    """The model's plan, whole."""

    explanation: str | None
    plan: tuple[PlanStep, ...]


class ViewImageToolCall(EventMessage, tag="view_image_tool_call", frozen=True, kw_only=True):
    """The model was shown an image; `path` is absolute."""

    call_id: str
    path: str


class TokenCount(EventMessage, tag="token_count", frozen=True, kw_only=True):
    """Usage and rate limits after a request."""

    info: TokenUsageInfo | None
    rate_limits: RateLimitSnapshot | None


class StreamError(EventMessage, tag="stream_error", frozen=True, kw_only=True):
    """A request failed and is going to be repeated."""

    message: str
    codex_error_info: CodexErrorInfo
    additional_details: str


class Warning(EventMessage, tag="warning", frozen=True, kw_only=True):
    """Something the user should know; the thread goes on."""

    message: str


class Error(EventMessage, tag="error", frozen=True, kw_only=True):
    """The turn failed; `task_complete` follows."""

    message: str
    codex_error_info: CodexErrorInfo


class ShutdownComplete(EventMessage, tag="shutdown_complete", frozen=True, kw_only=True):
    """Last event of a thread."""


EventMsg = (
    SessionConfigured
    | TaskStarted
    | TaskComplete
    | TurnAborted
    | UserMessage
    | AgentMessage
    | AgentMessageContentDelta
    | AgentReasoning
    | AgentReasoningRawContent
    | AgentReasoningSectionBreak
    | ReasoningContentDelta
    | ReasoningRawContentDelta
    | ItemStarted
    | ItemCompleted
    | ContextCompacted
    | ExecCommandBegin
    | ExecCommandOutputDelta
    | ExecCommandEnd
    | TerminalInteraction
    | ExecApprovalRequest
    | ApplyPatchApprovalRequest
    | RequestUserInput
    | PatchApplyBegin
    | PatchApplyEnd
    | TurnDiff
    | PlanUpdate
    | ViewImageToolCall
    | TokenCount
    | ModelReroute
    | ModelVerification
    | TurnModerationMetadata
    | SafetyBuffering
    | StreamError
    | Warning
    | Error
    | RealtimeEventMsg
    | ShutdownComplete
)

EVENTS: dict[str, type[EventMsg]] = {
    str(cls.__struct_config__.tag): cls for cls in get_args(EventMsg)
}
"""Wire name to class, for every event."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a thread."""

    id: str
    msg: EventMsg

    @property
    def type(self) -> str:
        """The message's wire name."""
        return self.msg.type

    def as_dict(self) -> dict[str, Any]:
        """The event as plain JSON values."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain
