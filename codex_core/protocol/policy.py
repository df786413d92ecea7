"""Words that stand on the wire: approval policies, sandbox modes, this core's version."""

from typing import Literal, get_args

__all__ = ["APPROVAL_POLICIES", "SANDBOX_MODES", "VERSION", "ApprovalPolicy", "SandboxMode"]

ApprovalPolicy = Literal["untrusted", "on-failure", "on-request", "never"]
SandboxMode = Literal["read-only", "workspace-write", "danger-full-access"]

APPROVAL_POLICIES: tuple[str, ...] = get_args(ApprovalPolicy)
SANDBOX_MODES: tuple[str, ...] = get_args(SandboxMode)

VERSION = "0.1.0"
"""Told to providers in `User-Agent` and, to the built-in one, in `version`."""
