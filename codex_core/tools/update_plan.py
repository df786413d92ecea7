"""The tool `update_plan`: the model keeps its plan in view of the user. Nothing depends on it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from codex_core.protocol.events import PlanStep, PlanUpdate
from codex_core.tools.arguments import BadArguments, parse_arguments
from codex_core.tools.tool import Call, ToolContext

__all__ = ["UpdatePlan"]


class _Arguments(msgspec.Struct, frozen=True, kw_only=True):
    plan: tuple[PlanStep, ...]
    explanation: str | None = None


_ARGUMENTS = msgspec.json.Decoder(_Arguments)

_STEP = {
    "type": "object",
    "properties": {
        "step": {"type": "string", "description": "What is to be done, in a few words."},
        "status": {
            "type": "string",
            "enum": ["pending", "in_progress", "completed"],
            "description": "How far it is.",
        },
    },
    "required": ["step", "status"],
    "additionalProperties": False,
}


class UpdatePlan:
    """Tells the plan that the model sends."""

    name = "update_plan"
    parallel = False
    spec: Mapping[str, Any] = {
        "type": "function",
        "name": "update_plan",
        "description": "Show the user your plan: all its steps, one of them at most in progress.",
        "strict": False,
        "parameters": {
            "type": "object",
            "properties": {
                "explanation": {"type": "string", "description": "Why the plan changes."},
                "plan": {"type": "array", "description": "The steps.", "items": _STEP},
            },
            "required": ["plan"],
            "additionalProperties": False,
        },
    }

    async def run(self, call: Call, context: ToolContext) -> str:
        """As the protocol says."""
        try:
            arguments = parse_arguments(_ARGUMENTS, call)
        except BadArguments as error:
            return str(error)
        context.emit(PlanUpdate(explanation=arguments.explanation, plan=arguments.plan))
        return "Plan updated"
