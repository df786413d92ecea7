"""The tools of a thread, by name. It answers calls of unknown tools, and knows nothing of order."""

from collections.abc import Iterable

import msgspec

from codex_core.config.config import Config
from codex_core.protocol.items import CustomToolCall
from codex_core.tools.apply_patch import ApplyPatch
from codex_core.tools.exec_command import ExecCommand
from codex_core.tools.offer import hosted_specs, is_there, offered_specs
from codex_core.tools.request_user_input import AskUser
from codex_core.tools.shell_command import ShellCommand
from codex_core.tools.shell_patches import ShellPatches
from codex_core.tools.tool import Call, Tool
from codex_core.tools.update_plan import UpdatePlan
from codex_core.tools.view_image import ViewImage
from codex_core.tools.write_stdin import WriteStdin

__all__ = ["ToolRegistry", "unsupported"]

_ENCODER = msgspec.json.Encoder()


class ToolRegistry:
    """Tools by name, and their specifications as JSON lists."""

    def __init__(self, tools: Iterable[Tool] | None = None) -> None:
        chosen = _default_tools() if tools is None else list(tools)
        self._tools = {tool.name: tool for tool in chosen}
        self._encoded: dict[bytes, msgspec.Raw] = {}
        self._last: tuple[Config, msgspec.Raw] | None = None

    def specs(self, config: Config) -> msgspec.Raw:
        """What a request with these settings says of the tools; the same object for the same."""
        if self._last is None or self._last[0] is not config:
            self._last = config, self._encode(config)
        return self._last[1]

    def _encode(self, config: Config) -> msgspec.Raw:
        own = offered_specs((tool.spec for tool in self._tools.values()), config)
        data = _ENCODER.encode([*own, *hosted_specs(config)])
        return self._encoded.setdefault(data, msgspec.Raw(data))

    def find(self, call: Call, config: Config) -> Tool | None:
        """The tool that a call names, if there is one with these settings."""
        tool = self._tools.get(_full_name(call))
        return tool if tool is not None and is_there(tool.name, config) else None


def _default_tools() -> list[Tool]:
    """In the order of the reference client."""
    return [
        ShellPatches(ExecCommand()),
        WriteStdin(),
        ShellCommand(),
        UpdatePlan(),
        AskUser(),
        ApplyPatch(),
        ViewImage(),
    ]


def unsupported(call: Call) -> str:
    """What the model is told when it calls a tool that is not there."""
    custom = "custom tool " if isinstance(call, CustomToolCall) else ""
    return f"unsupported {custom}call: {_full_name(call)}"


def _full_name(call: Call) -> str:
    namespace = None if isinstance(call, CustomToolCall) else call.namespace
    return f"{namespace or ''}{call.name}"
