"""Between a command that the model wants and its start: the policy, the rules and the user.

What was declined is told as an item; what the policy refuses without asking is not.
"""

import asyncio
import shlex
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from codex_core.approvals.amendment import proposed_prefix
from codex_core.approvals.command_line import Segment, segments_of
from codex_core.approvals.desk import CommandGrant, Question, is_approval
from codex_core.approvals.policy import Ask, Forbid, Request, decide, policy_name
from codex_core.protocol.approval_events import ExecApprovalRequest, ParsedCommand
from codex_core.protocol.decisions import ApprovedWithRule, ExecDecision
from codex_core.protocol.events import ItemCompleted, ItemStarted
from codex_core.protocol.turn_items import CommandExecutionItem
from codex_core.runtime import Command
from codex_core.tools.escalation import Escalating
from codex_core.tools.shell import user_shell
from codex_core.tools.tool import ToolContext

__all__ = ["CommandClearance", "Wish", "rejection_reason"]

_RETRY_REASON = "The sandbox seems to have stopped this command; run it again without one?"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says of a command beside the command itself."""

    escalated: bool = False
    reason: str | None = None
    prefix: Segment = ()

    @classmethod
    def of(cls, arguments: Escalating) -> "Wish":
        """What the arguments of a call say."""
        return cls(
            escalated=arguments.sandbox_permissions == "require_escalated",
            reason=arguments.justification,
            prefix=arguments.prefix_rule,
        )


Told = Callable[[str, Command], str]
"""What the model is told of a command that was rejected, by the reason."""


def rejection_reason(decision: ExecDecision) -> str:
    """What the model is told of a decision that is no approval."""
    return "approval timed out" if decision == "timed_out" else "rejected by user"


class CommandClearance:
    """One command of a call on its way to its start."""

    def __init__(
        self, command: Command, call_id: str, wish: Wish, context: ToolContext, *, told: Told
    ) -> None:
        self._reject = told
        self._command = command
        self._call_id = call_id
        self._wish = wish
        self._context = context
        self._segments = segments_of(command.argv, shell=user_shell(context.runtime))
        self._told = False

    async def clear(self) -> Command | str:
        """The command as it may be run, or what the model is told instead."""
        context, wish = self._context, self._wish
        request = Request(
            segments=self._segments, escalated=wish.escalated, reason=wish.reason or None
        )
        ruling = decide(
            context.policy, request, context.desk.book.rules, sandboxed=context.sandbox is not None
        )
        match ruling:
            case Forbid(by_policy=True):
                name = policy_name(context.policy)
                return f"approval policy is {name}; reject command — {ruling.reason}"
            case Forbid():
                return self._reject(ruling.reason, self._command)
            case Ask():
                return await self._asked(ruling.reason)
        return self._released() if ruling.unconfined else self._command

    async def clear_retry(self) -> Command | None:
        """The command without its sandbox, in which it has failed; None if it may not be."""
        context = self._context
        approval_id = context.runtime.uuid()
        decision = await self._ask(_RETRY_REASON, approval_id=approval_id, unconfined=True)
        return self._released() if is_approval(decision) else None

    async def _asked(self, reason: str | None) -> Command | str:
        escalated = self._wish.escalated
        try:
            decision = await self._ask(reason, approval_id=None, unconfined=escalated)
        except asyncio.CancelledError:
            if self._told:
                self._tell_declined()
            raise
        if is_approval(decision):
            return self._released() if escalated else self._command
        self._tell_declined()
        return self._reject(rejection_reason(decision), self._command)

    async def _ask(
        self, reason: str | None, *, approval_id: str | None, unconfined: bool
    ) -> ExecDecision:
        def tell() -> None:
            self._told = True
            self._context.emit(self._request(reason, approval_id))

        grant = CommandGrant(
            command=self._command.argv, cwd=str(self._command.cwd), unconfined=unconfined
        )
        question = Question(
            kind="exec",
            key=approval_id or self._call_id,
            turn_id=self._context.turn_id,
            grants=frozenset({grant}),
            tell=tell,
            cancelled=self._context.cancelled,
        )
        return await self._context.desk.ask(question)

    def _request(self, reason: str | None, approval_id: str | None) -> ExecApprovalRequest:
        context = self._context
        prefix = proposed_prefix(self._segments, context.desk.book.rules, self._wish.prefix)
        with_rule = (ApprovedWithRule.of(prefix),) if prefix else ()
        return ExecApprovalRequest(
            call_id=self._call_id,
            approval_id=approval_id,
            turn_id=context.turn_id,
            started_at_ms=int(context.runtime.now() * 1000),
            command=self._command.argv,
            cwd=str(self._command.cwd),
            reason=reason,
            parsed_cmd=tuple(ParsedCommand(cmd=self._shown(each)) for each in self._segments),
            proposed_execpolicy_amendment=prefix,
            available_decisions=("approved", *with_rule, "abort"),
        )

    def _shown(self, segment: Segment) -> str:
        """A command as text; a line that could not be taken apart as it was written."""
        is_line = segment == self._command.argv and len(segment) == 3
        return segment[2] if is_line else shlex.join(segment)

    def _released(self) -> Command:
        return replace(self._command, confinement=())

    def _tell_declined(self) -> None:
        context = self._context
        for event, status in ((ItemStarted, "in_progress"), (ItemCompleted, "declined")):
            item = CommandExecutionItem(
                id=self._call_id,
                command=self._command.argv,
                cwd=str(self._command.cwd),
                status=status,
            )
            context.emit(event(thread_id=context.thread_id, turn_id=context.turn_id, item=item))
