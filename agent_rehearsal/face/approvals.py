"""Requests for an approval as the journal has them, and what answers them. It waits for nothing."""

from agent_rehearsal.journal import Entry, of_type
from codex_core.protocol.decisions import ApprovedWithRule, ExecDecision
from codex_core.protocol.ops import Compact, ExecApproval, Interrupt, Op, PatchApproval, Shutdown

REQUESTS = of_type("exec_approval_request") | of_type("apply_patch_approval_request")


def ends_turn(op: Op) -> bool:
    """Does this operation end the running turn, as the test asked for?"""
    if isinstance(op, ExecApproval | PatchApproval):
        return op.decision == "abort"
    return isinstance(op, Compact | Interrupt | Shutdown)


def request_id(request: Entry) -> str:
    """What an answer to this request names it by."""
    key: str = request.get("approval_id") or request.get("call_id") or ""
    return key


def answer_to(request: Entry, decision: ExecDecision) -> Op:
    """The operation that answers a request."""
    key = request_id(request)
    if request.type == "exec_approval_request":
        return ExecApproval(id=key, turn_id=request.get("turn_id"), decision=decision)
    if isinstance(decision, ApprovedWithRule):
        raise TypeError(f"{decision!r}: rules are about commands, and {key!r} is a patch")
    return PatchApproval(id=key, decision=decision)
