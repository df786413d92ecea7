"""The sandbox as a value: which folders, which arguments, and what commands are started with."""

from pathlib import Path
from typing import Any

import pytest

from codex_core import Codex, Command, Config, Runtime
from codex_core.config.errors import ConfigError
from codex_core.config.workspace import WorkspaceWrite
from codex_core.protocol.ops import user_text
from codex_core.runtime import RealRunner
from codex_core.tools.sandbox import Sandbox, bwrap_argv, confinement, sandbox_of
from suites.core.fakes import (
    FakeRunner,
    FakeTransport,
    answer,
    call,
    completed,
    done,
    make_config,
    only,
    reply,
    running,
    turn_end,
)

CWD = Path("/w")
PROTECTED = (Path("/w/.git"), Path("/w/.agents"), Path("/w/.codex"))
ENV = {"PATH": "/bin", "TMPDIR": "/var/scratch"}


def config(mode: str, **table: Any) -> Config:
    return Config(sandbox_mode=mode, sandbox_workspace_write=WorkspaceWrite(**table))


SANDBOXES: dict[str, tuple[Config, Sandbox | None]] = {
    "full access": (config("danger-full-access"), None),
    "read-only": (config("read-only", writable_roots=("/a",), network_access=True), Sandbox()),
    "workspace": (
        config("workspace-write"),
        Sandbox(writable=(CWD, Path("/tmp"), Path("/var/scratch")), protected=PROTECTED),
    ),
    "more folders": (
        config("workspace-write", writable_roots=("/a", "b", "/tmp"), network_access=True),
        Sandbox(
            writable=(CWD, Path("/a"), Path("/w/b"), Path("/tmp"), Path("/var/scratch")),
            protected=tuple(
                root / name
                for name in (".git", ".agents", ".codex")
                for root in (CWD, Path("/a"), Path("/w/b"), Path("/tmp"))
            ),
            network=True,
        ),
    ),
    "no temporary folder": (
        config("workspace-write", exclude_slash_tmp=True, exclude_tmpdir_env_var=True),
        Sandbox(writable=(CWD,), protected=PROTECTED),
    ),
}


@pytest.mark.parametrize("name", SANDBOXES)
def test_the_sandbox_that_settings_ask_for(name: str) -> None:
    """Full access is none; read-only opens nothing; a workspace opens what its table says."""
    given, expected = SANDBOXES[name]
    assert sandbox_of(given, CWD, ENV) == expected


def test_the_arguments_of_a_workspace() -> None:
    """All is read-only first, then folders are opened, then the protected ones are closed again."""
    sandbox = Sandbox(writable=(Path("/w"),), protected=(Path("/w/.git"),))
    assert " ".join(bwrap_argv("/bin/bwrap", sandbox)) == (
        "/bin/bwrap --die-with-parent --unshare-pid --unshare-ipc --cap-drop ALL"
        " --ro-bind / / --dev /dev --proc /proc --unshare-net"
        " --bind-try /w /w --ro-bind-try /w/.git /w/.git --"
    )


@pytest.mark.parametrize("network", [False, True])
def test_the_network_is_off_unless_allowed(*, network: bool) -> None:
    """An own, empty network stands for none."""
    assert ("--unshare-net" in bwrap_argv("bwrap", Sandbox(network=network))) is not network


def test_without_bubblewrap_nothing_is_started() -> None:
    """The error says where it was looked for, how to get it and what to set instead."""
    runtime = Runtime.deterministic(runner=FakeRunner(), env={})
    text = (
        r"^Config: `sandbox_mode` is 'read-only', which needs bubblewrap, and there is no `bwrap` "
        r"on PATH \(not set\); install bubblewrap \(on Debian: apt-get install bubblewrap\), "
        r'or set sandbox_mode = "danger-full-access"'
    )
    with pytest.raises(ConfigError, match=text):
        confinement(config("read-only"), runtime, CWD)
    assert confinement(config("danger-full-access"), runtime, CWD) == ()


async def test_a_thread_without_its_sandbox_does_not_start() -> None:
    """It is refused before a request is sent."""
    transport = FakeTransport()
    runtime = Runtime.deterministic(runner=FakeRunner(), env={}, root=Path("/"))
    with pytest.raises(ConfigError, match="bubblewrap"):
        async with running(transport, runtime=runtime, sandbox_mode="workspace-write"):
            pass
    assert transport.posts == []


async def test_commands_are_started_in_the_sandbox(tmp_path: Path) -> None:
    """The runner gets the confinement beside the command; the client is told the command alone."""
    runner = FakeRunner(b"hi")
    runtime = Runtime.deterministic(runner=runner, env={"PATH": "/bin"})
    run = reply(done(call("a", "exec_command", cmd="ls")), completed())
    transport = FakeTransport(run, answer("ok"))
    mode = "read-only"
    async with running(transport, runtime=runtime, cwd=tmp_path, sandbox_mode=mode) as thread:
        await thread.submit(user_text("go"))
        events = await turn_end(thread)
    (command,) = runner.commands
    assert command.confinement == bwrap_argv("/bin/bwrap", Sandbox())
    assert command.argv == only(events, "exec_command_begin").command == ("/bin/sh", "-lc", "ls")


TOLD = {
    "read-only": ("they can read all files, but change none", ""),
    "workspace-write": (
        "the network is off",
        '<entry access="write"><path>{cwd}</path></entry>'
        '<entry access="write"><special>:slash_tmp</special></entry>'
        '<entry access="write"><special>:tmpdir</special></entry>'
        '<entry access="read"><path>{cwd}/.git</path></entry>',
    ),
    "danger-full-access": ("Commands run without a sandbox", '<file_system type="unrestricted" />'),
}


@pytest.mark.parametrize("mode", TOLD)
async def test_the_model_is_told_what_commands_may_do(tmp_path: Path, mode: str) -> None:
    """In words, and in the environment's list of folders."""
    runtime = Runtime.deterministic(runner=FakeRunner(), env={"PATH": "/bin"})
    transport = FakeTransport(answer("ok"))
    async with running(transport, runtime=runtime, cwd=tmp_path, sandbox_mode=mode) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    developer, user, _ = transport.posts[0].input
    words, folders = TOLD[mode]
    assert words in developer["content"][0]["text"].replace("\n", " ")
    assert f"`{mode}`" in developer["content"][0]["text"]
    assert folders.format(cwd=tmp_path) in user["content"][0]["text"]


async def test_a_sandbox_that_cannot_be_made_is_told_at_the_start(tmp_path: Path) -> None:
    """Bubblewrap is there and may not do its work: told before any command, with what to do."""
    runner = FakeRunner(problem="bwrap: No permissions to create new namespace (exit code 1)")
    runtime = Runtime.deterministic(runner=runner, env={"PATH": "/bin"})
    text = (
        r"`sandbox_mode` is 'read-only', and bubblewrap \(/bin/bwrap\) cannot make that sandbox "
        r"here: bwrap: No permissions .* \(exit code 1\); let it make user namespaces .*, or set "
    )
    transport = FakeTransport()
    settings: dict[str, Any] = {"cwd": tmp_path, "sandbox_mode": "read-only"}
    with pytest.raises(ConfigError, match=text):
        async with running(transport, runtime=runtime, **settings):
            pass
    assert runner.commands == []
    assert transport.posts == []


async def test_a_sandbox_is_tried_once(tmp_path: Path) -> None:
    """For the first thread that needs it, with a command that does nothing; without one, never."""
    runner = FakeRunner()
    runtime = Runtime.deterministic(runner=runner, env={"PATH": "/bin"})
    for mode, tried in (("danger-full-access", 0), ("read-only", 1)):
        config = make_config(cwd=tmp_path, sandbox_mode=mode)
        async with Codex(config, runtime=runtime, transport=FakeTransport()) as codex:
            await codex.start_thread()
            await codex.start_thread()
        assert len(runner.tried) == tried
    assert runner.tried[0].confinement == bwrap_argv("/bin/bwrap", Sandbox())


@pytest.mark.real
@pytest.mark.parametrize(
    ("line", "problem"),
    [("exit 0", None), ("echo no; exit 3", "no (exit code 3)"), ("exit 4", "it said nothing (e")],
)
async def test_trying_out_a_command(tmp_path: Path, line: str, problem: str | None) -> None:
    """What it said and its exit code are the problem; a good end is none."""
    found = await RealRunner().try_out(Command(argv=("/bin/sh", "-c", line), cwd=tmp_path))
    assert found is None if problem is None else (found or "").startswith(problem)
    missing = await RealRunner().try_out(Command(argv=(str(tmp_path / "x"),), cwd=tmp_path))
    assert "No such file" in (missing or "")


@pytest.mark.real
async def test_a_bubblewrap_that_may_not_work_is_found_out(tmp_path: Path) -> None:
    """The real runner starts it: what it says is in the error."""
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho no namespaces for you >&2\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    runtime = Runtime.deterministic(env={"PATH": str(tmp_path)}, root=tmp_path)
    with pytest.raises(ConfigError, match=r"here: no namespaces for you \(exit code 1\); let it"):
        async with running(FakeTransport(), runtime=runtime, sandbox_mode="read-only"):
            pass
