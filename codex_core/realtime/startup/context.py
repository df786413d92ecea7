"""All that a session is told of the work so far, in one text."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codex_core.realtime.startup.current_thread import SpokenTurn, current_thread
from codex_core.realtime.startup.recent_work import RecentThread, recent_work
from codex_core.realtime.startup.section import section
from codex_core.realtime.startup.workspace_map import git_root, workspace_map

__all__ = ["Work", "startup_context"]

_HEADER = """\
Startup context from Codex.
It is background and may be out of date: it is there to understand the user, not to be read out."""
_NOTES = """\
Made from this thread, other threads of late, and the folders of the workspace. Memories, \
AGENTS.md files and other documents of the project are not in it."""
_NOTES_BUDGET = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What there is to tell: the turns of the thread, oldest first, and threads of late."""

    cwd: Path
    home: Path | None = None
    turns: tuple[SpokenTurn, ...] = ()
    threads: tuple[RecentThread, ...] = ()


def startup_context(work: Work) -> str:
    """The text in its tag; "" where there is nothing to tell. It looks at the folders."""
    sections: Iterable[str] = (
        current_thread(work.turns),
        recent_work(work.threads, git_root(work.cwd) or work.cwd),
        workspace_map(work.cwd, work.home),
    )
    told = list(filter(None, sections))
    if not told:
        return ""
    parts = [_HEADER, *told, section("Notes", _NOTES, _NOTES_BUDGET)]
    return "<startup_context>\n" + "\n\n".join(parts) + "\n</startup_context>"
