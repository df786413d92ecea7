"""When somebody is asked: the decision about a command or a patch, as pure functions of values."""

import shlex
from collections.abc import Mapping

import msgspec

from codex_core.approvals.command_line import Segment
from codex_core.approvals.known_safe import is_known_safe
from codex_core.approvals.rules import Rule, find_rule
from codex_core.protocol.policy import ApprovalPolicy, Granular, may_escalate, may_prompt

__all__ = [
    "Ask",
    "Forbid",
    "Request",
    "Ruling",
    "Skip",
    "decide",
    "decide_patch",
    "escalation_offered",
    "policy_name",
    "retries_unconfined",
]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A command that the model wants to run: its plain commands, and whether it asks to leave the
    sandbox, with its reason.
    """

    segments: tuple[Segment, ...]
    escalated: bool = False
    reason: str | None = None


class Skip(msgspec.Struct, frozen=True, kw_only=True):
    """Do it unasked; `unconfined` if a rule lets it leave the sandbox."""

    unconfined: bool = False


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Ask first, and tell the reason."""

    reason: str | None = None


class Forbid(msgspec.Struct, frozen=True, kw_only=True):
    """Do not do it; `by_policy` if the policy leaves no room to ask."""

    reason: str
    by_policy: bool = False


Ruling = Skip | Ask | Forbid

_NAMES: Mapping[str, str] = {
    "untrusted": "UnlessTrusted",
    "on-failure": "OnFailure",
    "on-request": "OnRequest",
    "never": "Never",
}


def policy_name(policy: ApprovalPolicy) -> str:
    """What the model is told that a policy is called."""
    return "Granular" if isinstance(policy, Granular) else _NAMES[policy]


def escalation_offered(policy: ApprovalPolicy, *, sandboxed: bool) -> bool:
    """Is the model told that it may ask to leave the sandbox?"""
    return sandboxed and may_escalate(policy) and policy not in ("untrusted", "on-failure")


def retries_unconfined(policy: ApprovalPolicy) -> bool:
    """Is the user asked to run a command again when the sandbox refused it something?"""
    return policy in ("untrusted", "on-failure")


def decide(
    policy: ApprovalPolicy, request: Request, rules: tuple[Rule, ...], *, sandboxed: bool
) -> Ruling:
    """What becomes of a command: rules first, then what the policy says."""
    if request.escalated and not escalation_offered(policy, sandboxed=True):
        return Forbid(reason="it does not let the model leave the sandbox", by_policy=True)
    found = [find_rule(rules, segment) for segment in request.segments]
    for decision in ("forbidden", "prompt"):
        for rule, segment in zip(found, request.segments, strict=True):
            if rule is not None and rule.decision == decision:
                return _ruled(policy, request, rule, segment)
    unruled = tuple(
        segment for segment, rule in zip(request.segments, found, strict=True) if rule is None
    )
    if not unruled:
        return Skip(unconfined=True)
    return _unruled(policy, request, unruled, sandboxed=sandboxed)


def _ruled(policy: ApprovalPolicy, request: Request, rule: Rule, segment: Segment) -> Ruling:
    why = rule.justification or f"a rule is about `{shlex.join(segment)}`"
    if rule.decision == "prompt" and may_prompt(policy):
        return Ask(reason="; ".join(filter(None, (why, request.reason))))
    if rule.decision == "prompt":
        return Forbid(reason=f"{why}, and nobody may be asked")
    return Forbid(reason=f"forbidden: {why}")


def _unruled(
    policy: ApprovalPolicy, request: Request, unruled: tuple[Segment, ...], *, sandboxed: bool
) -> Ruling:
    if policy == "untrusted":
        is_safe = all(map(is_known_safe, unruled))
        return Skip() if is_safe else Ask(reason=request.reason)
    if request.escalated and sandboxed:
        return Ask(reason=request.reason)
    return Skip()


def decide_patch(policy: ApprovalPolicy, refused: str | None) -> Ruling:
    """What becomes of a patch; `refused` is why its files may not be written unasked, if so."""
    if policy == "untrusted":
        return Ask(reason=refused)
    if refused is None:
        return Skip()
    return Ask(reason=refused) if may_escalate(policy) else Forbid(reason=refused)
