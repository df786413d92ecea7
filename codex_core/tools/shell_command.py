"""The tool `shell_command`: runs a shell command to its end, which has to come in time.

It is offered where the feature `unified_exec` is off, in the place of commands that go on as
sessions; models that know it may call it in any case. Whatever cuts the wait short, the time or an
interrupt, ends the command.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from codex_core.runtime import Command
from codex_core.tools.apply_patch import apply_patch
from codex_core.tools.arguments import BadArguments, parse_arguments
from codex_core.tools.clearance import CommandClearance, Wish
from codex_core.tools.escalation import ESCALATION, Escalating
from codex_core.tools.launch import LaunchError, launched
from codex_core.tools.report import property_spec
from codex_core.tools.session import Origin, Session
from codex_core.tools.shell import shell_command
from codex_core.tools.shell_patches import patch_command
from codex_core.tools.tool import Call, ToolContext
from codex_core.tools.truncate import truncate

__all__ = ["ShellCommand"]

_SOURCE = "agent"
_BY_THE_USER = "rejected by user"


class ShellArguments(Escalating, frozen=True, kw_only=True):
    """The arguments of a call, as the model writes them; `timeout` is another name."""

    command: str
    workdir: str | None = None
    timeout_ms: float | None = None
    timeout: float | None = None
    login: bool = True

    @property
    def seconds(self) -> float:
        """How long it may take."""
        given = self.timeout if self.timeout_ms is None else self.timeout_ms
        return (10_000 if given is None else given) / 1000


_ARGUMENTS = msgspec.json.Decoder(ShellArguments)


class ShellCommand:
    """Runs a command in a shell, to its end."""

    name = "shell_command"
    parallel = True
    spec: Mapping[str, Any] = {
        "type": "function",
        "name": "shell_command",
        "description": "Run a shell command to its end; returns its exit code and output.",
        "strict": False,
        "parameters": {
            "type": "object",
            "properties": {
                "command": property_spec("string", "The command line."),
                "workdir": property_spec(
                    "string", "Folder to run in; default: the working folder."
                ),
                "timeout_ms": property_spec(
                    "number", "How long it may take, in milliseconds; default: 10000."
                ),
                "login": property_spec("boolean", "Start it as a login shell; default: true."),
                **ESCALATION,
            },
            "required": ["command"],
            "additionalProperties": False,
        },
    }

    async def run(self, call: Call, context: ToolContext) -> str:
        """As the protocol says; a patch in a here-document is applied."""
        try:
            arguments = parse_arguments(_ARGUMENTS, call)
        except BadArguments as error:
            return str(error)
        command = _command(arguments, context)
        patch = patch_command(arguments.command)
        if patch is not None:
            folder = command.cwd / patch.folder
            return await apply_patch(patch.patch, call.call_id, context, folder=folder)
        wish = Wish.of(arguments)
        clearance = CommandClearance(command, call.call_id, wish, context, told=_rejection)
        run = _Run(arguments.seconds, call.call_id, context)
        try:
            session = await launched(command, clearance, context, run.start)
        except LaunchError as error:
            return f"shell_command failed for `{arguments.command}`: {error}"
        except asyncio.CancelledError:
            if run.session is None:
                raise
            return f"Wall time: {run.session.wall_time:.1f} seconds\naborted by user"
        return session if isinstance(session, str) else _report(session, context)


class _Run:
    """The wait of one call; `session` is the command that it waits for."""

    def __init__(self, seconds: float, call_id: str, context: ToolContext) -> None:
        self.session: Session | None = None
        self._seconds = seconds
        self._origin = Origin(call_id=call_id, turn_id=context.turn_id, source=_SOURCE)
        self._context = context

    async def start(self, command: Command) -> Session:
        """A command that has ended, by itself or because its time was up."""
        session = await self._context.sessions.start(command, self._origin)
        self._context.sessions.drop(session)
        self.session = session
        try:
            await session.wait(self._seconds)
        except asyncio.CancelledError:
            session.process.kill()
            await session.wait()
            raise
        if session.exit_code is None:
            session.expire()
            await session.wait()
        return session


def _report(session: Session, context: ToolContext) -> str:
    """What the model is told of a command that has ended. Layout as the reference client's."""
    text = session.output.text
    if session.expired:
        text = f"command timed out after {session.wall_time * 1000:.0f} milliseconds\n{text}"
    shown = truncate(text, context.truncation)
    total = session.output.lines + session.expired
    return "\n".join(
        [
            f"Exit code: {session.exit_code}",
            f"Wall time: {round(session.wall_time, 1):g} seconds",
            *([] if _lines(shown) == total else [f"Total output lines: {total}"]),
            "Output:",
            shown,
        ]
    )


def _lines(text: str) -> int:
    return text.count("\n") + (text != "" and not text.endswith("\n"))


def _rejection(why: str, command: Command) -> str:
    """The reference client's wording."""
    return f"exec command {why}" if why == _BY_THE_USER else why


def _command(arguments: ShellArguments, context: ToolContext) -> Command:
    return shell_command(
        arguments.command,
        runtime=context.runtime,
        cwd=context.cwd / Path(arguments.workdir or ""),
        thread_id=context.thread_id,
        login=arguments.login,
        confinement=context.confinement,
    )
