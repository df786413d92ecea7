"""The events in which a client is asked for an approval; `codex_core.protocol.ops` answers them."""

import msgspec

from codex_core.protocol.decisions import ExecDecision
from codex_core.protocol.file_changes import FileChange
from codex_core.protocol.message import EventMessage

__all__ = ["ApplyPatchApprovalRequest", "ExecApprovalRequest", "ParsedCommand"]


class ParsedCommand(msgspec.Struct, frozen=True, kw_only=True):
    """One command of a command line, as text; its kind is not told apart."""

    cmd: str
    type: str = "unknown"


class ExecApprovalRequest(
    EventMessage, tag="exec_approval_request", frozen=True, kw_only=True, omit_defaults=True
):
    """A command waits for an answer by `exec_approval` under `approval_id`, else `call_id`.

    `available_decisions` are those to offer first; every decision is understood.
    """

    call_id: str
    turn_id: str
    started_at_ms: int
    command: tuple[str, ...]
    cwd: str
    parsed_cmd: tuple[ParsedCommand, ...]
    available_decisions: tuple[ExecDecision, ...]
    approval_id: str | None = None
    reason: str | None = None
    proposed_execpolicy_amendment: tuple[str, ...] | None = None


class ApplyPatchApprovalRequest(
    EventMessage, tag="apply_patch_approval_request", frozen=True, kw_only=True, omit_defaults=True
):
    """A patch waits for an answer by `patch_approval` under its `call_id`.

    `grant_root` is a folder that an approval would open for the session; this core asks for none.
    """

    call_id: str
    turn_id: str
    started_at_ms: int
    changes: dict[str, FileChange]
    reason: str | None = None
    grant_root: str | None = None
