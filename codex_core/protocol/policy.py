"""Words that stand on the wire: approval policies, sandbox modes, this core's version."""

from typing import Literal, get_args

import msgspec

__all__ = [
    "APPROVAL_POLICIES",
    "SANDBOX_MODES",
    "VERSION",
    "ApprovalPolicy",
    "ApprovalWord",
    "Categories",
    "Granular",
    "SandboxMode",
    "may_ask",
    "may_escalate",
    "may_prompt",
]

ApprovalWord = Literal["untrusted", "on-failure", "on-request", "never"]
SandboxMode = Literal["read-only", "workspace-write", "danger-full-access"]

APPROVAL_POLICIES: tuple[str, ...] = get_args(ApprovalWord)
SANDBOX_MODES: tuple[str, ...] = get_args(SandboxMode)


class Categories(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be asked for; what is false here is refused without asking."""

    sandbox_approval: bool
    """To leave the sandbox, for a command or a patch."""
    rules: bool
    """What a rule says to ask for."""
    mcp_elicitations: bool
    skill_approval: bool = False
    request_permissions: bool = False


class Granular(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Like `on-request`, with each category allowed or refused by itself."""

    granular: Categories


ApprovalPolicy = ApprovalWord | Granular
"""When somebody is asked before something is done."""

VERSION = "0.1.0"
"""Told to providers in `User-Agent` and, to the built-in one, in `version`."""


def may_ask(policy: ApprovalPolicy) -> bool:
    """Can anything be asked for under this policy?"""
    return may_escalate(policy) or may_prompt(policy)


def may_escalate(policy: ApprovalPolicy) -> bool:
    """May somebody be asked to do something outside of the sandbox?"""
    if isinstance(policy, Granular):
        return policy.granular.sandbox_approval
    return policy != "never"


def may_prompt(policy: ApprovalPolicy) -> bool:
    """May somebody be asked because a rule says so?"""
    return policy.granular.rules if isinstance(policy, Granular) else policy != "never"
