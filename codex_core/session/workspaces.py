"""The repository that a thread works in, looked up beside the turn: no request waits for git."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path

from codex_core.model_client.captured import captured
from codex_core.model_client.metadata import Workspace
from codex_core.runtime import Command, Runtime

__all__ = ["Workspaces", "remote_urls"]

_PATIENCE = 5.0


class Workspaces:
    """What is known of the repository around `cwd` in the running turn, by its root."""

    def __init__(self, runtime: Runtime, cwd: Path, *, enabled: bool) -> None:
        self.found: Mapping[str, Workspace] = {}
        self._runtime = runtime
        self._cwd = cwd
        self._enabled = enabled
        self._task: asyncio.Task[None] | None = None

    def look(self) -> asyncio.Task[None] | None:
        """A turn begins: what was found before may have changed, so it is looked up again.

        Gives the task that does it, None where there is no repository.
        """
        self.found = {}
        self._cancel()
        root = _root(self._cwd) if self._enabled else None
        if root is not None:
            self._task = asyncio.ensure_future(self._look(root))
        return self._task

    async def close(self) -> None:
        """Stops looking."""
        if task := self._cancel():
            await asyncio.wait([task])

    def _cancel(self) -> asyncio.Task[None] | None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    async def _look(self, root: Path) -> None:
        commit, remotes, status = await asyncio.gather(
            self._git("rev-parse", "HEAD"),
            self._git("remote", "-v"),
            self._git("status", "--porcelain"),
        )
        found = Workspace(
            associated_remote_urls=remote_urls(remotes or "") or None,
            latest_git_commit_hash=(commit or "").strip() or None,
            has_changes=None if status is None else bool(status.strip()),
        )
        if found != Workspace():
            self.found = {str(root): found}

    async def _git(self, *words: str) -> str | None:
        """What git says; None if it says no, is not there, or takes too long."""
        env = {**self._runtime.env, "GIT_OPTIONAL_LOCKS": "0"}
        command = Command(argv=("git", *words), cwd=self._cwd, env=env, quiet=True)
        with contextlib.suppress(OSError):
            async with asyncio.timeout(_PATIENCE):
                output, code = await captured(self._runtime.runner, command)
            return output.decode(errors="replace") if code == 0 else None
        return None


def _root(cwd: Path) -> Path | None:
    """The folder that holds `.git`, from `cwd` upward."""
    return next((folder for folder in (cwd, *cwd.parents) if (folder / ".git").exists()), None)


def remote_urls(listing: str) -> dict[str, str]:
    """Remotes by name, of what `git remote -v` lists: where each is fetched from."""
    lines = (line.split() for line in listing.splitlines())
    return {words[0]: words[1] for words in lines if len(words) > 1 and words[-1] == "(fetch)"}
