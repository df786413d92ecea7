"""What was said in a thread, as a realtime session is told of it. Items in, values out."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from codex_core.protocol.items import KnownItem, Message
from codex_core.realtime.startup.current_thread import SpokenTurn
from codex_core.realtime.startup.recent_work import RecentThread
from codex_core.realtime.startup.workspace_map import git_root
from codex_core.session.compaction.speech import is_spoken, spoken_text

__all__ = ["recent_thread", "spoken_turns"]


def spoken_turns(items: Iterable[KnownItem]) -> Iterator[SpokenTurn]:
    """The turns, each from one message of the user's to the next."""
    user, answers = "", list[str]()
    for item in items:
        if is_spoken(item):
            if text := spoken_text(item).strip():
                if user:
                    yield SpokenTurn(user=user, assistant=tuple(answers))
                user, answers = text, []
        elif user and isinstance(item, Message) and item.role == "assistant" and item.text.strip():
            answers.append(item.text.strip())
    if user:
        yield SpokenTurn(user=user, assistant=tuple(answers))


def recent_thread(
    items: Iterable[KnownItem], cwd: Path, updated_at: float | None
) -> RecentThread | None:
    """A thread in short; None if the user said nothing in it."""
    first = next((turn.user for turn in spoken_turns(items)), None)
    if first is None or updated_at is None:
        return None
    root = git_root(cwd)
    return RecentThread(
        cwd=cwd, updated_at=updated_at, asked=first, git_root=root, branch=_branch(root)
    )


def _branch(root: Path | None) -> str | None:
    """The branch that is checked out; None for a commit, or where it cannot be told."""
    if root is None:
        return None
    try:
        head = (root / ".git" / "HEAD").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
    prefix = "ref: refs/heads/"
    return head.removeprefix(prefix) if head.startswith(prefix) else None
