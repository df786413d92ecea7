"""The repository around a thread: what git says of it is told with later requests of the turn."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from codex_core import Command, Runtime
from codex_core.model_client.captured import captured
from codex_core.model_client.metadata import Workspace
from codex_core.model_client.transport import Reply
from codex_core.protocol.ops import user_text
from codex_core.runtime import Process
from codex_core.session.workspaces import Workspaces, remote_urls
from suites.core.fakes import (
    PATIENCE,
    FakeProcess,
    FakeReply,
    FakeTransport,
    answer,
    call,
    completed,
    done,
    reply,
    running,
    turn_end,
)

SAID = {
    "git rev-parse HEAD": b"abc\n",
    "git remote -v": b"origin\thttp://r.test/a (fetch)\norigin\thttp://r.test/b (push)\n",
    "git status --porcelain": b"",
}


class Git:
    """Answers commands by their line; one that it does not know ends with 128 or runs on."""

    def __init__(self, said: Mapping[str, bytes], *, hangs: bool = False) -> None:
        self.commands: list[Command] = []
        self.processes: list[FakeProcess] = []
        self._said = said
        self._hangs = hangs

    async def start(self, command: Command) -> Process:
        self.commands.append(command)
        said = self._said.get(" ".join(command.argv))
        process = FakeProcess(
            [] if said is None else [said],
            128 if said is None else 0,
            endless=said is None and self._hangs,
            deaf=False,
        )
        self.processes.append(process)
        return process

    async def try_out(self, command: Command) -> str | None:
        return None

    def find(self, program: str, env: Mapping[str, str]) -> str | None:
        return program


def repository(tmp_path: Path) -> Path:
    """A folder inside one that looks like a repository."""
    (tmp_path / ".git").mkdir()
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    return inside


async def found(git: Git, cwd: Path) -> Mapping[str, Workspace]:
    """What a look finds."""
    workspaces = Workspaces(Runtime.deterministic(runner=git, root=cwd), cwd, enabled=True)
    task = workspaces.look()
    if task is not None:
        async with asyncio.timeout(PATIENCE):
            await task
    return workspaces.found


async def test_a_repository_is_looked_up_from_inside(tmp_path: Path) -> None:
    """Its root, its commit, where each remote is fetched from, whether something is changed."""
    git = Git(SAID)
    assert await found(git, repository(tmp_path)) == {
        str(tmp_path): Workspace(
            associated_remote_urls={"origin": "http://r.test/a"},
            latest_git_commit_hash="abc",
            has_changes=False,
        )
    }
    assert {command.cwd for command in git.commands} == {tmp_path / "a" / "b"}
    assert all(command.env["GIT_OPTIONAL_LOCKS"] == "0" for command in git.commands)


@pytest.mark.parametrize(
    ("said", "workspace"),
    [
        ({"git rev-parse HEAD": b"abc"}, Workspace(latest_git_commit_hash="abc")),
        ({"git status --porcelain": b" M a\n"}, Workspace(has_changes=True)),
        ({"git remote -v": b"\n"}, None),
        ({}, None),
    ],
)
async def test_what_git_does_not_say_is_left_out(
    tmp_path: Path, said: dict[str, bytes], workspace: Workspace | None
) -> None:
    """Each question stands alone; a repository that tells nothing is none."""
    expected = {} if workspace is None else {str(tmp_path): workspace}
    assert await found(Git(said), repository(tmp_path)) == expected


async def test_without_a_repository_nothing_is_asked(tmp_path: Path) -> None:
    """No folder upward has a `.git`: no command runs."""
    git = Git(SAID)
    assert await found(git, tmp_path) == {}
    assert git.commands == []


async def test_each_turn_looks_anew(tmp_path: Path) -> None:
    """What an earlier turn found is dropped at once; its commands are ended."""
    cwd, git = repository(tmp_path), Git({}, hangs=True)
    workspaces = Workspaces(Runtime.deterministic(runner=git, root=cwd), cwd, enabled=True)
    workspaces.found = {"old": Workspace()}
    first = workspaces.look()
    assert workspaces.found == {}
    second = workspaces.look()
    assert first is not None
    with pytest.raises(asyncio.CancelledError):
        await first
    assert second is not first
    await workspaces.close()
    assert all(process.signals == [9] for process in git.processes)


def test_odd_lines_of_remotes_are_passed_over() -> None:
    """Only what is fetched from counts, one address a name."""
    listing = "a u (fetch)\na u (push)\n\nb\nc v (fetch) [blob:none]\nd w (fetch)"
    assert remote_urls(listing) == {"a": "u", "d": "w"}


async def test_no_request_waits_for_git(tmp_path: Path) -> None:
    """While git hangs requests go without it; when the thread ends, git does."""
    cwd, git = repository(tmp_path), Git({}, hangs=True)
    runtime = Runtime.deterministic(runner=git, root=cwd)
    transport = FakeTransport(answer("hi"))
    async with running(transport, runtime=runtime, git_metadata=True) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
        assert "workspaces" not in transport.posts[0].headers["x-codex-turn-metadata"]
    assert all(process.signals == [9] for process in git.processes)


class Curious(FakeTransport):
    """Has a tool called until a request tells of a workspace."""

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        self.replies.append(self._next(headers))
        return await super().request(method, url, headers, body)

    def _next(self, headers: Mapping[str, str]) -> FakeReply:
        if "workspaces" in headers["x-codex-turn-metadata"]:
            return answer("there it is")
        return reply(done(call(f"c{len(self.posts)}", "none")), completed())


async def test_a_later_request_of_the_turn_tells_it(tmp_path: Path) -> None:
    """As soon as git has answered, in header and body alike."""
    cwd = repository(tmp_path)
    runtime = Runtime.deterministic(runner=Git(SAID), root=cwd)
    transport = Curious()
    async with running(transport, runtime=runtime, git_metadata=True) as thread:
        await thread.submit(user_text("go"))
        await turn_end(thread)
    last = transport.posts[-1]
    told = last.headers["x-codex-turn-metadata"]
    assert json.loads(told)["workspaces"] == {
        str(tmp_path): {
            "associated_remote_urls": {"origin": "http://r.test/a"},
            "latest_git_commit_hash": "abc",
            "has_changes": False,
        }
    }
    assert last.body["client_metadata"]["x-codex-turn-metadata"] == told


async def test_real_git_is_understood(tmp_path: Path) -> None:
    """What the program itself says of a repository with a commit, a remote and a new file."""
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null"}
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), **who}
    env |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    runtime = msgspec.structs.replace(Runtime.deterministic(root=tmp_path), env=env)

    async def git(*words: str) -> str:
        command = Command(argv=("git", *words), cwd=tmp_path, env=env)
        output, code = await captured(runtime.runner, command)
        assert code == 0, output
        return output.decode().strip()

    await git("init", "-q")
    await git("commit", "-q", "--allow-empty", "-m", "first")
    await git("remote", "add", "origin", "http://r.test/a")
    (tmp_path / "new").touch()
    commit = await git("rev-parse", "HEAD")
    workspaces = Workspaces(runtime, tmp_path, enabled=True)
    task = workspaces.look()
    assert task is not None
    await task
    assert workspaces.found == {
        str(tmp_path): Workspace(
            associated_remote_urls={"origin": "http://r.test/a"},
            latest_git_commit_hash=commit,
            has_changes=True,
        )
    }
