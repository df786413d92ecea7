"""What a command's call may say of the sandbox. Whether that is heeded is the policy's matter."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

__all__ = ["ESCALATION", "Escalating", "SandboxPermissions"]

SandboxPermissions = Literal["use_default", "require_escalated"]


class Escalating(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of such a call that are about the sandbox."""

    sandbox_permissions: SandboxPermissions = "use_default"
    justification: str | None = None
    prefix_rule: tuple[str, ...] = ()


ESCALATION: Mapping[str, Any] = {
    "sandbox_permissions": {
        "type": "string",
        "enum": ["use_default", "require_escalated"],
        "description": "require_escalated asks the user to let it run without the sandbox; "
        "default: use_default.",
    },
    "justification": {
        "type": "string",
        "description": "With require_escalated: a question to the user that says what for.",
    },
    "prefix_rule": {
        "type": "array",
        "items": {"type": "string"},
        "description": "With require_escalated: first words of the command, to be allowed from "
        "then on if the user agrees.",
    },
}
"""The properties of a tool's parameters for them; the permissions text says when to use them."""
