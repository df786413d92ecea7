"""The tool `exec_command`: starts a shell command and waits for it, for a while.

A command that takes longer goes on as a session; `write_stdin` looks after it. An interrupted turn
leaves its commands running.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from codex_core.runtime import Command
from codex_core.tools.report import (
    DEFAULT_TOKENS,
    Patience,
    bad_arguments,
    parse_arguments,
    property_spec,
    report,
)
from codex_core.tools.session import Origin
from codex_core.tools.shell import shell_command
from codex_core.tools.tool import Call, ToolContext

__all__ = ["ExecArguments", "ExecCommand"]

_PATIENCE = Patience(least=250, most=30_000)


class ExecArguments(msgspec.Struct, frozen=True, kw_only=True):
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
            },
            "required": ["cmd"],
            "additionalProperties": False,
        },
    }

    async def run(self, call: Call, context: ToolContext) -> str:
        """As the protocol says."""
        try:
            arguments = parse_arguments(_ARGUMENTS, call)
        except msgspec.DecodeError as error:
            return bad_arguments(error)
        command = _command(arguments, context)
        if not command.cwd.is_dir():
            problem = f"the working folder {command.cwd} does not exist or is no folder"
            return _failure(arguments.cmd, problem)
        try:
            origin = Origin(call_id=call.call_id, turn_id=context.turn_id)
            session = await context.sessions.start(command, origin)
        except OSError as error:
            return _failure(arguments.cmd, f"{command.argv[0]} cannot be started: {error}")
        return await report(
            session,
            context,
            seconds=_PATIENCE.seconds(arguments.yield_time_ms),
            tokens=arguments.max_output_tokens,
        )


def _failure(cmd: str, problem: str) -> str:
    return f"exec_command failed for `{cmd}`: {problem}"


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
