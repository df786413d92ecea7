"""The tool `exec_command`: starts a shell command and waits for it, for a while.

What may be started, and whether in the sandbox, is the matter of `codex_core.tools.clearance`. A
command that takes longer goes on as a session; `write_stdin` looks after it. An interrupted turn
leaves its commands running.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from codex_core.approvals.policy import retries_unconfined
from codex_core.runtime import Command
from codex_core.tools.clearance import CommandClearance, Wish
from codex_core.tools.denial import looks_denied
from codex_core.tools.escalation import ESCALATION, SandboxPermissions
from codex_core.tools.report import (
    DEFAULT_TOKENS,
    Patience,
    bad_arguments,
    parse_arguments,
    property_spec,
    report_now,
)
from codex_core.tools.session import Origin, Session
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
    sandbox_permissions: SandboxPermissions = "use_default"
    justification: str | None = None
    prefix_rule: tuple[str, ...] = ()

    @property
    def wish(self) -> Wish:
        """What it says of the sandbox."""
        return Wish(
            escalated=self.sandbox_permissions == "require_escalated",
            reason=self.justification,
            prefix=self.prefix_rule,
        )


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
        except msgspec.DecodeError as error:
            return bad_arguments(error)
        command = _command(arguments, context)
        if not command.cwd.is_dir():
            problem = f"the working folder {command.cwd} does not exist or is no folder"
            return _failure(arguments.cmd, problem)
        clearance = CommandClearance(command, call.call_id, arguments.wish, context)
        cleared = await clearance.clear()
        if isinstance(cleared, str):
            return cleared
        try:
            return await _Run(arguments, call.call_id, context).run(cleared, clearance)
        except OSError as error:
            return _failure(arguments.cmd, f"{command.argv[0]} cannot be started: {error}")


class _Run:
    """One call at work, with a second try without the sandbox where the policy has one."""

    def __init__(self, arguments: ExecArguments, call_id: str, context: ToolContext) -> None:
        self._seconds = _PATIENCE.seconds(arguments.yield_time_ms)
        self._tokens = arguments.max_output_tokens
        self._origin = Origin(call_id=call_id, turn_id=context.turn_id)
        self._context = context
        self._since = 0.0

    async def run(self, command: Command, clearance: CommandClearance) -> str:
        """Starts it and tells of it; raises `OSError` if it cannot be started."""
        session = await self._start(command)
        if command.confinement and self._was_denied(session):
            released = await clearance.clear_retry()
            if released is not None:
                self._context.sessions.drop(session)
                session = await self._start(released)
        return report_now(session, self._context, since=self._since, tokens=self._tokens)

    async def _start(self, command: Command) -> Session:
        """A command that was waited for, for a while."""
        session = await self._context.sessions.start(command, self._origin)
        self._since = self._context.runtime.monotonic()
        await session.wait(self._seconds)
        return session

    def _was_denied(self, session: Session) -> bool:
        if not retries_unconfined(self._context.policy):
            return False
        return looks_denied(session.exit_code, session.output.text)


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
