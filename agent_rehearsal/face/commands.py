"""Scripted commands: what an agent's commands print and how they exit, without a process.

A command's script is a text, an exit code, or a list of texts, gates and delays that may end with
an exit code: `{"ls": "README\\n", "make test": ["collecting\\n", gate, "1 failed\\n", 1]}`. It
is found by the command line that the agent asked for. A script without an exit code ends with 0.
"""

import asyncio
import shlex
import signal
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from agent_rehearsal.journal import Journal
from agent_rehearsal.wire import Delay, Findings, Gate
from codex_core import Command

Step = str | bytes | int | Gate | Delay
CommandScript = Step | Sequence[Step]

NOT_FOUND = 127
"""Exit code of a command that is not scripted, as shells have it for one they do not find."""


class ScriptedRunner:
    """Plays scripts in place of processes; a `Runner` of `codex_core`.

    Raises TypeError for a script with a step that is none.
    """

    def __init__(
        self, commands: Mapping[str, CommandScript], journal: Journal, findings: Findings
    ) -> None:
        self._scripts = {line: _steps(line, script) for line, script in commands.items()}
        self._journal = journal
        self._findings = findings

    async def start(self, command: Command) -> "ScriptedProcess":
        """The process of a command line; an unknown one exits with 127 and is a violation."""
        line = command_line(command.argv)
        detail = {
            "type": "command",
            "line": line,
            "cwd": str(command.cwd),
            "sandboxed": bool(command.confinement),
        }
        self._journal.note("event", "command", detail)
        steps = self._scripts.get(line) or self._unscripted(line)
        return ScriptedProcess(steps)

    async def try_out(self, command: Command) -> None:
        """Every command could be started: nothing is run."""

    def find(self, program: str, env: Mapping[str, str]) -> str:
        """Any program, by its name: nothing is run."""
        return program

    def _unscripted(self, line: str) -> tuple[Step, ...]:
        near = get_close_matches(line, self._scripts, n=1)
        nearest = f"; the nearest is {near[0]!r}" if near else ""
        known = ", ".join(map(repr, self._scripts)) or "none"
        text = (
            f"the agent ran {line!r}, which is not scripted (scripted: {known}{nearest}); "
            "add it to codex(commands=...), or pass commands='real' to run processes"
        )
        self._findings.add("unscripted-command", text)
        return (f"rehearsal: {text}\n", NOT_FOUND)


class ScriptedProcess:
    """One run of a script. It goes on by itself, as a process does, whether it is read or not.

    It reads nothing; each signal ends it.
    """

    strays = False

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._output: asyncio.Queue[bytes] = asyncio.Queue()
        self._exit_code: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._playing = asyncio.ensure_future(self._play(steps))

    async def read(self) -> bytes:
        """The next output; b"" at the end, which a kill brings at once."""
        data = await self._output.get()
        if not data:
            self._output.put_nowait(data)
        return data

    async def wait(self) -> int:
        """The exit code; minus the signal's number when one ended it first."""
        return await asyncio.shield(self._exit_code)

    async def write(self, data: bytes) -> None:
        """Nobody reads it."""

    def interrupt(self) -> None:
        """End it, as ctrl-c does."""
        self._end(signal.SIGINT)

    def terminate(self) -> None:
        """End it when asked."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        self._playing.cancel()
        self._exit(-number)

    async def _play(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            match step:
                case Gate():
                    await step.passage()
                case Delay(seconds):
                    await asyncio.sleep(seconds)
                case int():
                    self._exit(step)
                case _ if step:
                    self._output.put_nowait(step.encode() if isinstance(step, str) else step)
        self._exit(0)

    def _exit(self, code: int) -> None:
        if not self._exit_code.done():
            self._exit_code.set_result(code)
            self._output.put_nowait(b"")


def command_line(argv: Sequence[str]) -> str:
    """The line that was asked for: what a shell was given with `-c` or `-lc`, else the words
    quoted.
    """
    if len(argv) == 3 and argv[1] in ("-c", "-lc"):
        return argv[2]
    return shlex.join(argv)


def check_scripts(commands: object) -> None:
    """Raise TypeError for what is neither `"real"` nor a mapping of lines to scripts."""
    if isinstance(commands, Mapping):
        for line, script in commands.items():
            _steps(line, script)
    elif commands != "real":
        raise TypeError(
            f"codex(commands={commands!r}): expected 'real', or a mapping of command lines to "
            "what they print, such as {'ls': 'README\\n'}"
        )


def _steps(line: str, script: object) -> tuple[Step, ...]:
    steps = tuple(script) if isinstance(script, list | tuple) else (script,)
    for step in steps:
        if not isinstance(step, Step) or isinstance(step, bool):
            raise TypeError(
                f"commands[{line!r}]: {step!r} is no step of a command; "
                "expected a text, a gate, a delay or, at the end, an exit code"
            )
    if any(isinstance(step, int) for step in steps[:-1]):
        raise TypeError(f"commands[{line!r}]: an exit code ends a command; write it last")
    return steps or (0,)
