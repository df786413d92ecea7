"""The tool `exec_command`: starts a shell command and waits for it, for a while.

What may be started, and whether in the sandbox, is the matter of `codex_core.tools.clearance`. A
command that takes longer goes on as a session; `write_stdin` looks after it. An interrupted turn
leaves its commands running.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from codex_core.runtime import Command
from codex_core.tools.arguments import BadArguments, parse_arguments
from codex_core.tools.clearance import CommandClearance, Wish
from codex_core.tools.escalation import ESCALATION, Escalating
from codex_core.tools.launch import LaunchError, launched
from codex_core.tools.report import (
    DEFAULT_TOKENS,
    Patience,
    property_spec,
    report_now,
)
from codex_core.tools.session import Origin, Session
from codex_core.tools.shell import shell_command
from codex_core.tools.tool import Call, ToolContext

__all__ = ["ExecArguments", "ExecCommand"]

_PATIENCE = Patience(least=250, most=30_000)


class ExecArguments(Escalating, frozen=True, kw_only=True):
    """The arguments of a call, as the model writes them; others are passed over."""

    cmd: str
    workdir: str | None = None
    shell: str | None = None
    login: bool = True
    tty: bool = False
    yield_time_ms: float = 10_000
    max_output_tokens: float = DEFAULT_TOKENS


_ARGUMENTS = msgspec.json.Decoder(ExecArguments)


class ExecCommand:
    """Runs a command in a shell."""

    name = "exec_command"
    parallel = True
    spec: Mapping[str, Any] = {
        "type": "function",
        "name": "exec_command",
        "description": "Run a shell command; returns its output and exit code, or a session ID if "
        "it still runs when the yield time is over.",
        "strict": False,
        "parameters": {
            "type": "object",
            "properties": {
                "cmd": property_spec("string", "The command line."),
                "workdir": property_spec(
                    "string", "Folder to run in; default: the working folder."
                ),
                "shell": property_spec("string", "Path of the shell; default: the user's."),
                "login": property_spec("boolean", "Start it as a login shell; default: true."),
                "tty": property_spec(
                    "boolean", "Give it a terminal, to be typed to; default: false."
                ),
                "yield_time_ms": property_spec(
                    "number", "How long to wait for its end, in milliseconds; default: 10000."
                ),
                "max_output_tokens": property_spec(
                    "number", "Most tokens of output to return; the middle is left out."
                ),
                **ESCALATION,
            },
            "required": ["cmd"],
            "additionalProperties": False,
        },
    }

    async def run(self, call: Call, context: ToolContext) -> str:
        """As the protocol says."""
        try:
            arguments = parse_arguments(_ARGUMENTS, call)
        except BadArguments as error:
            return str(error)
        command = _command(arguments, context)
        wish = Wish.of(arguments)
        clearance = CommandClearance(command, call.call_id, wish, context, told=_rejection)
        wait = _Wait(arguments.yield_time_ms, call.call_id, context)
        try:
            session = await launched(command, clearance, context, wait.start)
        except LaunchError as error:
            return f"exec_command failed for `{arguments.cmd}`: {error}"
        if isinstance(session, str):
            return session
        tokens = arguments.max_output_tokens
        return report_now(session, context, since=wait.since, tokens=tokens)


class _Wait:
    """The wait of one call; `since` is when it began."""

    def __init__(self, milliseconds: float, call_id: str, context: ToolContext) -> None:
        self.since = 0.0
        self._seconds = _PATIENCE.seconds(milliseconds)
        self._origin = Origin(call_id=call_id, turn_id=context.turn_id)
        self._context = context

    async def start(self, command: Command) -> Session:
        """A command that was waited for, for a while."""
        session = await self._context.sessions.start(command, self._origin)
        self.since = self._context.runtime.monotonic()
        await session.wait(self._seconds)
        return session


def _rejection(why: str, command: Command) -> str:
    """The reference client's wording, which nests the reason in quotes twice."""
    message = _quoted(f"Rejected({_quoted(why)})")
    line = shlex.join(command.argv)
    return f"exec_command failed for `{line}`: CreateProcess {{ message: {message} }}"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _command(arguments: ExecArguments, context: ToolContext) -> Command:
    return shell_command(
        arguments.cmd,
        runtime=context.runtime,
        cwd=context.cwd / Path(arguments.workdir or ""),
        thread_id=context.thread_id,
        shell=arguments.shell,
        login=arguments.login,
        tty=arguments.tty,
        confinement=context.confinement,
    )
