"""A bench for the file tools: a folder, a context, and what the tool told."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from codex_core import Runtime
from codex_core.protocol.events import EventMsg
from codex_core.protocol.items import CustomToolCall, FunctionCall, ToolOutput
from codex_core.protocol.truncation import TruncationPolicy
from codex_core.tools.apply_patch import ApplyPatch
from codex_core.tools.sandbox import PROTECTED, Sandbox
from codex_core.tools.session_store import SessionStore
from codex_core.tools.tool import Tool, ToolContext

FREE = "danger-full-access"
SANDBOXES: Mapping[str, Callable[[Path], Sandbox | None]] = {
    FREE: lambda _: None,
    "workspace-write": lambda cwd: Sandbox(
        writable=(cwd,), protected=tuple(cwd / name for name in sorted(PROTECTED))
    ),
    "read-only": lambda _: Sandbox(),
}
"""The sandboxes of the modes, where a workspace is the working folder alone."""


def patch_text(*lines: str) -> str:
    """A patch of these lines."""
    return "\n".join(["*** Begin Patch", *lines, "*** End Patch"])


class FileBench:
    """Tools at work in a folder."""

    def __init__(self, cwd: Path, *, sandbox_mode: str = FREE) -> None:
        self.cwd = cwd
        self.told: list[EventMsg] = []
        runtime = Runtime.deterministic(root=cwd)
        self.context = ToolContext(
            runtime=runtime,
            sessions=SessionStore(runtime, lambda *_: None),
            emit=self.told.append,
            cwd=cwd,
            thread_id="thread",
            turn_id="turn",
            truncation=TruncationPolicy(mode="tokens", limit=10_000),
            sandbox=SANDBOXES[sandbox_mode](cwd),
        )

    @property
    def types(self) -> list[str]:
        return [msg.type for msg in self.told]

    @property
    def files(self) -> dict[str, str]:
        """Path and text of every file in the folder."""
        found = (path for path in sorted(self.cwd.rglob("*")) if path.is_file())
        return {str(path.relative_to(self.cwd)): path.read_bytes().decode() for path in found}

    def put(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.cwd / name).write_bytes(text.encode())

    async def patch(self, *lines: str) -> str:
        """Applies a patch of these lines."""
        return await self.patch_raw(patch_text(*lines))

    async def patch_raw(self, text: str) -> str:
        call = CustomToolCall(call_id="c", name="apply_patch", input=text)
        return await ApplyPatch().run(call, self.context)

    async def call(self, tool: Tool, arguments: Any) -> ToolOutput:
        """Calls a function tool; arguments that are a text are taken as they are."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        call = FunctionCall(name=tool.name, arguments=text, call_id="c")
        return await tool.run(call, self.context)


def success(*lines: str) -> str:
    """What the model is told of a patch that was applied."""
    body = "".join(f"{line}\n" for line in lines)
    head = "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\n"
    return head + body
