"""The tools of a thread, by name. It answers calls of unknown tools, and knows nothing of order."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from codex_core.protocol.items import CustomToolCall
from codex_core.tools.apply_patch import ApplyPatch
from codex_core.tools.escalation import with_escalation
from codex_core.tools.exec_command import ExecCommand
from codex_core.tools.shell_patches import ShellPatches
from codex_core.tools.tool import Call, Tool
from codex_core.tools.update_plan import UpdatePlan
from codex_core.tools.view_image import ViewImage
from codex_core.tools.write_stdin import WriteStdin

__all__ = ["ToolRegistry", "unsupported"]


class ToolRegistry:
    """Tools by name, and their specifications as JSON lists."""

    def __init__(self, tools: Iterable[Tool] | None = None) -> None:
        chosen = _default_tools() if tools is None else list(tools)
        self._tools = {tool.name: tool for tool in chosen}
        self._plain = _encode(tool.spec for tool in chosen)
        self._escalating = _encode(with_escalation(tool.spec) for tool in chosen)

    def specs(self, *, escalation: bool = False) -> msgspec.Raw:
        """What a request says of the tools; with `escalation` the model may ask to leave the
        sandbox.
        """
        return self._escalating if escalation else self._plain

    def find(self, call: Call) -> Tool | None:
        """The tool that a call names."""
        return self._tools.get(_full_name(call))


def _encode(specs: Iterable[Mapping[str, Any]]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode([dict(spec) for spec in specs]))


def _default_tools() -> list[Tool]:
    """In the order of the reference client."""
    return [ShellPatches(ExecCommand()), WriteStdin(), UpdatePlan(), ApplyPatch(), ViewImage()]


def unsupported(call: Call) -> str:
    """What the model is told when it calls a tool that is not there."""
    custom = "custom tool " if isinstance(call, CustomToolCall) else ""
    return f"unsupported {custom}call: {_full_name(call)}"


def _full_name(call: Call) -> str:
    namespace = None if isinstance(call, CustomToolCall) else call.namespace
    return f"{namespace or ''}{call.name}"
