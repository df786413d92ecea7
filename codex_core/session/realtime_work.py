"""What was said in a thread, as a realtime session is told of it. Items in, values out."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from codex_core.protocol.items import KnownItem, Message
from codex_core.realtime.startup.current_thread import SpokenTurn
from codex_core.realtime.startup.recent_work import RecentThread
from codex_core.realtime.startup.workspace_map import git_root
from codex_core.session.compaction.speech import is_spoken, spoken_text
from codex_core.session.thread_list import ThreadInShort

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


def recent_thread(thread: ThreadInShort) -> RecentThread:
    """A thread, and the repository that it works in."""
    root = git_root(thread.cwd)
    return RecentThread(
        cwd=thread.cwd,
        updated_at=thread.active_at,
        asked=thread.asked,
        git_root=root,
        branch=_branch(root),
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
