"""How a command line becomes a command: which shell, and what is set around it."""

from collections.abc import Mapping
from pathlib import Path

from codex_core.runtime import Command, Runtime

__all__ = ["shell_command", "user_shell"]

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


def user_shell(runtime: Runtime) -> str:
    """The program of the user's shell."""
    return runtime.env.get("SHELL") or "/bin/sh"


def shell_command(
    line: str,
    *,
    runtime: Runtime,
    cwd: Path,
    thread_id: str,
    shell: str | None = None,
    login: bool = True,
    tty: bool = False,
    confinement: tuple[str, ...] = (),
) -> Command:
    """The command that runs `line` in `shell`, the user's own unless given."""
    program = shell or user_shell(runtime)
    return Command(
        argv=(program, "-lc" if login else "-c", line),
        cwd=cwd,
        env={**runtime.env, **_QUIET_ENV, "CODEX_THREAD_ID": thread_id},
        tty=tty,
        confinement=confinement,
    )
