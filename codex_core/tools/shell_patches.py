"""`apply_patch` written as a shell command with a here-document: a patch after all, not a command.

No shell has such a program, but models write it so. Only a command that is nothing else counts, but
for a `cd FOLDER &&` before it; its text is taken as it is, whether the shell would expand it or
not.
"""

import re
import shlex
from pathlib import Path

import msgspec

from codex_core.protocol.items import FunctionCall, ToolOutput
from codex_core.tools.apply_patch import apply_patch
from codex_core.tools.arguments import BadArguments, parse_arguments
from codex_core.tools.tool import Call, Tool, ToolContext

__all__ = ["PatchCommand", "ShellPatches", "patch_command"]

_COMMAND = re.compile(
    r"""\s*
    (?:cd[ \t]+(?P<folder>'[^'\n]*'|"[^"$`\\\n]*"|[^\s'"$`\\;&|<>()*?~]+)[ \t]*&&\s*)?
    (?:apply_patch|applypatch)[ \t]*<<[ \t]*(?P<quote>['"]?)(?P<end>\w+)(?P=quote)[ \t]*\n
    (?P<patch>.*)\n
    (?P=end)\s*
    """,
    re.VERBOSE | re.DOTALL,
)


class PatchCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A patch in a shell command; `folder` is where it changed to, "" for nowhere."""

    patch: str
    folder: str


def patch_command(line: str) -> PatchCommand | None:
    """The patch that a command line is; None for any other command."""
    found = _COMMAND.fullmatch(line)
    if found is None:
        return None
    folder = "".join(shlex.split(found["folder"] or ""))
    return PatchCommand(patch=found["patch"], folder=folder)


class _Arguments(msgspec.Struct, frozen=True, kw_only=True):
    cmd: str
    workdir: str | None = None


_ARGUMENTS = msgspec.json.Decoder(_Arguments)


class ShellPatches:
    """A tool that runs commands, with the patches among them applied."""

    def __init__(self, shell: Tool) -> None:
        self.name = shell.name
        self.parallel = shell.parallel
        self.spec = shell.spec
        self._shell = shell

    async def run(self, call: Call, context: ToolContext) -> ToolOutput:
        """As the protocol says; the text of a patch has a short head."""
        found = _patch_in(call)
        if found is None:
            return await self._shell.run(call, context)
        patch, folder = found
        started = context.runtime.monotonic()
        text = await apply_patch(patch, call.call_id, context, folder=context.cwd / folder)
        seconds = context.runtime.monotonic() - started
        return f"Wall time: {seconds:.4f} seconds\nOutput:\n{text}"


def _patch_in(call: Call) -> tuple[str, Path] | None:
    """The patch of a call and the folder it starts from; bad arguments are the shell's matter."""
    if not isinstance(call, FunctionCall):
        return None
    try:
        arguments = parse_arguments(_ARGUMENTS, call)
    except BadArguments:
        return None
    command = patch_command(arguments.cmd)
    if command is None:
        return None
    return command.patch, Path(arguments.workdir or "") / command.folder
