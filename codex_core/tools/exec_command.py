"""The tool `exec_command`: one shell command, run to its end.

There are no background sessions: a call ends when its command does. An interrupted turn kills the
command's process group.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from codex_core.protocol.events import (
    ExecCommandBegin,
    ExecCommandEnd,
    ExecCommandOutputDelta,
)
from codex_core.runtime import Command, Process
from codex_core.tools.output import ExecResult, OutputBuffer, exec_text
from codex_core.tools.tool import Call, ToolContext

__all__ = ["ExecArguments", "ExecCommand"]

_DEFAULT_TOKENS = 10_000
_QUIET_ENV: Mapping[str, str] = {
    "NO_COLOR": "1",
    "TERM": "dumb",
    "COLORTERM": "",
    "LANG": "C.UTF-8",
    "LC_CTYPE": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "GH_PAGER": "cat",
    "CODEX_CI": "1",
}
"""Set for every command, so that output is plain and nothing waits at a pager."""


class ExecArguments(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of a call, as the model writes them; others are passed over."""

    cmd: str
    workdir: str | None = None
    shell: str | None = None
    login: bool = True
    max_output_tokens: float = _DEFAULT_TOKENS


_ARGUMENTS = msgspec.json.Decoder(ExecArguments)


def _property(kind: str, description: str) -> dict[str, str]:
    return {"type": kind, "description": description}


class ExecCommand:
    """Runs a command in a shell, without standard input."""

    name = "exec_command"
    parallel = True
    spec: Mapping[str, Any] = {
        "type": "function",
        "name": "exec_command",
        "description": "Run a shell command to its end; returns its output and exit code.",
        "strict": False,
        "parameters": {
            "type": "object",
            "properties": {
                "cmd": _property("string", "The command line."),
                "workdir": _property("string", "Folder to run in; default: the working folder."),
                "shell": _property("string", "Path of the shell; default: the user's."),
                "login": _property("boolean", "Start it as a login shell; default: true."),
                "max_output_tokens": _property(
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
            arguments = _ARGUMENTS.decode(getattr(call, "arguments", ""))
        except msgspec.DecodeError as error:
            return f"failed to parse function arguments: {error}"
        command = _command(arguments, context)
        if not command.cwd.is_dir():
            problem = f"the working folder {command.cwd} does not exist or is no folder"
            return _failure(arguments.cmd, problem)
        try:
            process = await context.runtime.runner.start(command)
        except OSError as error:
            return _failure(arguments.cmd, f"{command.argv[0]} cannot be started: {error}")
        result = await _Run(call.call_id, command, process, context).finish()
        tokens = min(max(int(arguments.max_output_tokens), 0), context.output_tokens)
        return exec_text(result, tokens=tokens)


def _failure(cmd: str, problem: str) -> str:
    return f"exec_command failed for `{cmd}`: {problem}"


def _command(arguments: ExecArguments, context: ToolContext) -> Command:
    env = context.runtime.env
    shell = arguments.shell or env.get("SHELL") or "/bin/sh"
    return Command(
        argv=(shell, "-lc" if arguments.login else "-c", arguments.cmd),
        cwd=context.cwd / Path(arguments.workdir or ""),
        env={**env, **_QUIET_ENV, "CODEX_THREAD_ID": context.thread_id},
    )


@dataclass
class _Run:
    """One command on its way: tells its begin, output and end, whatever happens to it."""

    call_id: str
    command: Command
    process: Process
    context: ToolContext

    async def finish(self) -> ExecResult:
        """Reads the output and awaits the end; if cancelled, ends the process group first."""
        runtime = self.context.runtime
        started, output = runtime.monotonic(), OutputBuffer()
        self._tell_begin()
        try:
            await self._read(output)
            code = await self.process.wait()
        except BaseException:
            self.process.kill()
            self._tell_end(output, await self.process.wait(), runtime.monotonic() - started)
            raise
        wall_time = runtime.monotonic() - started
        self._tell_end(output, code, wall_time)
        chunk_id = runtime.uuid()[-6:]
        return ExecResult(chunk_id=chunk_id, wall_time=wall_time, exit_code=code, output=output)

    async def _read(self, output: OutputBuffer) -> None:
        while chunk := await self.process.read():
            output.add(chunk)
            self.context.emit(ExecCommandOutputDelta(call_id=self.call_id, chunk=chunk))

    def _tell_begin(self) -> None:
        self.context.emit(
            ExecCommandBegin(
                call_id=self.call_id,
                turn_id=self.context.turn_id,
                process_id=self.process.pid,
                command=self.command.argv,
                cwd=str(self.command.cwd),
                started_at_ms=int(self.context.runtime.now() * 1000),
            )
        )

    def _tell_end(self, output: OutputBuffer, code: int, wall_time: float) -> None:
        self.context.emit(
            ExecCommandEnd(
                call_id=self.call_id,
                turn_id=self.context.turn_id,
                process_id=self.process.pid,
                command=self.command.argv,
                cwd=str(self.command.cwd),
                aggregated_output=output.text,
                exit_code=code,
                duration_ms=int(wall_time * 1000),
                status="failed" if code else "completed",
            )
        )
