"""What commands may touch, as a value, and the bubblewrap arguments that hold them to it.

No file is looked at. A sandbox shows the whole file system read-only but
for its writable folders, has processes of its own, and no network unless it is allowed. What it
cannot close are socket files of services that answer anybody on this machine.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from codex_core.config.config import Config
from codex_core.config.errors import ConfigError
from codex_core.runtime import Command, Runtime

__all__ = [
    "PROTECTED",
    "Sandbox",
    "bwrap_argv",
    "check_sandbox",
    "confinement",
    "sandbox_of",
    "workspace_roots",
]

PROTECTED = (".git", ".agents", ".codex")
"""Folders of each folder of the work that stay as they are in workspace-write."""

_WITHOUT = 'or set sandbox_mode = "danger-full-access" if commands may run without a sandbox'
_ALWAYS = (
    *("--die-with-parent", "--unshare-pid", "--unshare-ipc", "--cap-drop", "ALL"),
    *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
)


class Sandbox(msgspec.Struct, frozen=True, kw_only=True):
    """Folders that may be written, those inside them that may not, and the network."""

    writable: tuple[Path, ...] = ()
    protected: tuple[Path, ...] = ()
    network: bool = False


def workspace_roots(config: Config, cwd: Path) -> tuple[Path, ...]:
    """The folders of the work: the working folder, and those that the settings let commands write.

    Others than the working folder are named in `workspace-write` only.
    """
    more = config.sandbox_workspace_write.writable_roots
    named = more if config.sandbox_mode == "workspace-write" else ()
    return tuple(dict.fromkeys((cwd, *(cwd / root for root in named))))


def sandbox_of(config: Config, cwd: Path, env: Mapping[str, str]) -> Sandbox | None:
    """The sandbox that the settings ask for; None for `danger-full-access`."""
    match config.sandbox_mode:
        case "danger-full-access":
            return None
        case "workspace-write":
            return _workspace(config, cwd, env)
        case _:
            return Sandbox()


def _workspace(config: Config, cwd: Path, env: Mapping[str, str]) -> Sandbox:
    given = config.sandbox_workspace_write
    work = workspace_roots(config, cwd)
    roots = list(work)
    if not given.exclude_slash_tmp:
        roots.append(Path("/tmp"))
    if not given.exclude_tmpdir_env_var and env.get("TMPDIR"):
        roots.append(cwd / env["TMPDIR"])
    return Sandbox(
        writable=tuple(dict.fromkeys(roots)),
        protected=tuple(root / name for name in PROTECTED for root in work),
        network=given.network_access,
    )


def bwrap_argv(program: str, sandbox: Sandbox) -> tuple[str, ...]:
    """The arguments to put before a command's own; `program` is bubblewrap.

    A folder that does not exist is passed over. Later binds win, so the protected ones come last.
    """
    binds: list[str] = []
    for folder in sandbox.writable:
        binds += "--bind-try", str(folder), str(folder)
    for folder in sandbox.protected:
        binds += "--ro-bind-try", str(folder), str(folder)
    network = () if sandbox.network else ("--unshare-net",)
    return (program, *_ALWAYS, *network, *binds, "--")


def confinement(config: Config, runtime: Runtime, cwd: Path) -> tuple[str, ...]:
    """What commands are started with; nothing without a sandbox.

    Raises `ConfigError` where the settings ask for a sandbox and bubblewrap is not there.
    """
    sandbox = sandbox_of(config, cwd, runtime.env)
    if sandbox is None:
        return ()
    program = runtime.runner.find("bwrap", runtime.env)
    if program is None:
        raise ConfigError(
            key="sandbox_mode",
            problem=f"is {config.sandbox_mode!r}, which needs bubblewrap, and there is no `bwrap` "
            f"on PATH ({runtime.env.get('PATH') or 'not set'})",
            remedy=f"install bubblewrap (on Debian: apt-get install bubblewrap), {_WITHOUT}",
        )
    return bwrap_argv(program, sandbox)


async def check_sandbox(
    config: Config, runtime: Runtime, cwd: Path, confinement: tuple[str, ...]
) -> None:
    """Starts a command that does nothing, if there is a sandbox.

    Raises `ConfigError` where bubblewrap is there and may not do its work, as in many containers.
    """
    if not confinement:
        return
    nothing = Command(
        argv=("/bin/sh", "-c", ":"), cwd=cwd, env=runtime.env, confinement=confinement
    )
    problem = await runtime.runner.try_out(nothing)
    if problem is not None:
        raise ConfigError(
            key="sandbox_mode",
            problem=f"is {config.sandbox_mode!r}, and bubblewrap ({confinement[0]}) cannot make "
            f"that sandbox here: {problem}",
            remedy="let it make user namespaces (in a container: run that with the rights to), "
            f"{_WITHOUT}",
        )
