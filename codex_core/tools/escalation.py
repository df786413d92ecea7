"""What a command's call may say more when the model may ask to leave the sandbox."""

from collections.abc import Mapping
from typing import Any, Literal

__all__ = ["SandboxPermissions", "with_escalation"]

SandboxPermissions = Literal["use_default", "require_escalated"]

_PROPERTIES: Mapping[str, Any] = {
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


def with_escalation(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tool's specification as it is then; only that of `exec_command` differs."""
    if spec.get("name") != "exec_command" or "parameters" not in spec:
        return spec
    parameters = spec["parameters"]
    properties = {**parameters["properties"], **_PROPERTIES}
    return {**spec, "parameters": {**parameters, "properties": properties}}
