"""The section of other threads: what the user asked for, by repository, else by folder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from codex_core.realtime.startup.section import section

__all__ = ["RecentThread", "recent_work"]

BUDGET = 2_200
MOST_THREADS = 40
MOST_GROUPS = 8
MOST_ASKS = 5
MOST_CURRENT_ASKS = 8
_LONGEST_ASK = 240
_MORE = "..."


@dataclass(frozen=True, kw_only=True, slots=True)
class RecentThread:
    """A thread in short: where it works, when it did last (Unix seconds), what it is for."""

    cwd: Path
    updated_at: float
    asked: str
    git_root: Path | None = None
    branch: str | None = None

    @property
    def place(self) -> Path:
        """What it is grouped by."""
        return self.git_root or self.cwd


def recent_work(threads: Iterable[RecentThread], current: Path) -> str:
    """The section; `current` is the repository or folder of the thread that asks."""
    newest = sorted(threads, key=lambda thread: -thread.updated_at)[:MOST_THREADS]
    groups: dict[Path, list[RecentThread]] = {}
    for thread in newest:
        groups.setdefault(thread.place, []).append(thread)
    order = sorted(groups, key=lambda at: (at != current, -groups[at][0].updated_at, str(at)))
    texts = (_group(place, groups[place], current=place == current) for place in order)
    return section("Recent Work", "\n\n".join(list(filter(None, texts))[:MOST_GROUPS]), BUDGET)


def _group(place: Path, threads: Sequence[RecentThread], *, current: bool) -> str:
    asks = list(dict.fromkeys(filter(None, map(_ask, threads))))
    if not asks:
        return ""
    newest = threads[0]
    when = datetime.fromtimestamp(newest.updated_at, UTC)
    kind = "Git repo" if newest.git_root else "Directory"
    branch = next((thread.branch for thread in threads if thread.branch), None)
    lines = [
        f"### {kind}: {place}",
        f"Recent sessions: {len(threads)}",
        f"Latest activity: {when:%Y-%m-%dT%H:%M:%SZ}",
        *([f"Latest branch: {branch}"] if branch else ()),
        "",
        "User asks:",
        *asks[: MOST_CURRENT_ASKS if current else MOST_ASKS],
    ]
    return "\n".join(lines)


def _ask(thread: RecentThread) -> str:
    text = " ".join(thread.asked.split())
    if len(text) > _LONGEST_ASK:
        text = text[: _LONGEST_ASK - len(_MORE)] + _MORE
    return f"- {thread.cwd}: {text}" if text else ""
