"""The client's answers to requests for an approval, on their way to the tools that wait."""

from codex_core.approvals.waiters import Kind, Waiter
from codex_core.protocol.decisions import ApprovedWithRule, ExecDecision
from codex_core.protocol.events import Warning
from codex_core.protocol.ops import ExecApproval, PatchApproval, UserInputAnswer
from codex_core.session.state import ThreadState

__all__ = ["find_waiter", "hand_in", "hand_in_words"]


def find_waiter(state: ThreadState, op: ExecApproval | PatchApproval) -> Waiter[ExecDecision]:
    """The one that the answer is for; raises `NotPendingError`."""
    return state.desk.waiters.find(_kind(op), op.id, turn_id=_turn_id(op))


def hand_in(state: ThreadState, op: ExecApproval | PatchApproval) -> None:
    """Gives the answer to whoever waits; raises `NotPendingError`, `ValueError` for an empty rule.

    A rule holds before the command runs. If it cannot be kept the user is warned, and the answer
    counts all the same.
    """
    waiter = find_waiter(state, op)
    if isinstance(op.decision, ApprovedWithRule):
        _allow(state, op.decision.prefix, waiter.turn_id)
    state.desk.waiters.answer(_kind(op), op.id, op.decision, turn_id=_turn_id(op))


def hand_in_words(state: ThreadState, op: UserInputAnswer) -> None:
    """Gives what the user answers to the model; raises `NotPendingError`."""
    state.desk.questions.answer("input", op.id, op.response)


def _allow(state: ThreadState, prefix: tuple[str, ...], turn_id: str) -> None:
    if not prefix:
        raise ValueError("an amendment without words would allow everything; give it at least one")
    try:
        state.desk.book.allow(prefix)
    except OSError as error:
        message = f"the rule holds until this program ends, but was not kept: {error}"
        state.outlet.emit(turn_id, Warning(message=message))


def _kind(op: ExecApproval | PatchApproval) -> Kind:
    return "exec" if isinstance(op, ExecApproval) else "patch"


def _turn_id(op: ExecApproval | PatchApproval) -> str | None:
    return op.turn_id if isinstance(op, ExecApproval) else None
