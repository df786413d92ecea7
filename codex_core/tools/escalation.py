"""What a command's call may say of the sandbox. Whether that is heeded is the policy's matter."""

from collections.abc import Mapping
from typing import Any, Literal

__all__ = ["ESCALATION", "SandboxPermissions"]

SandboxPermissions = Literal["use_default", "require_escalated"]

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
"""Properties of the parameters of `exec_command`; the permissions text says when to use them."""
