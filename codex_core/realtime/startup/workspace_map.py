"""The section of the place of work: folders and what lies in them, without what is hidden."""

from collections.abc import Iterable
from pathlib import Path

from codex_core.realtime.startup.section import section

__all__ = ["git_root", "workspace_map"]

BUDGET = 1_600
DEPTH = 2
MOST_ENTRIES = 20
LEFT_OUT = frozenset({"build", "dist", "node_modules", "out", "target", "__pycache__"})


def git_root(cwd: Path) -> Path | None:
    """The nearest folder from `cwd` upward that is a repository."""
    return next((folder for folder in (cwd, *cwd.parents) if (folder / ".git").exists()), None)


def workspace_map(cwd: Path, home: Path | None) -> str:
    """The section; "" where there is nothing to show."""
    root = git_root(cwd)
    own, project = _tree(cwd), _tree(root) if root not in (None, cwd) else []
    user = _tree(home) if home not in (None, cwd, root) else []
    if not (own or root or user):
        return ""
    named = [
        f"Current working directory: {cwd}",
        f"Working directory name: {cwd.name}",
        *([f"Git root: {root}", f"Git project: {root.name}"] if root else ()),
        *([f"User root: {home}"] if home else ()),
    ]
    trees = {"Working directory": own, "Git root": project, "User root": user}
    drawn = (f"{name} tree:\n" + "\n".join(lines) for name, lines in trees.items() if lines)
    return section("Machine / Workspace Map", "\n\n".join(["\n".join(named), *drawn]), BUDGET)


def _tree(folder: Path | None, depth: int = 0) -> list[str]:
    """Its entries as lines, folders first, each folder with what lies in it."""
    entries = _entries(folder) if folder is not None and depth < DEPTH else []
    pad = "  " * depth
    lines: list[str] = []
    for entry, is_folder in entries[:MOST_ENTRIES]:
        lines.append(f"{pad}- {entry.name}/" if is_folder else f"{pad}- {entry.name}")
        lines += _tree(entry, depth + 1) if is_folder else []
    more = len(entries) - MOST_ENTRIES
    return [*lines, f"{pad}- ... {more} more entries"] if more > 0 else lines


def _entries(folder: Path) -> list[tuple[Path, bool]]:
    try:
        found: Iterable[Path] = [entry for entry in folder.iterdir() if _is_shown(entry.name)]
        kinds = [(entry, entry.is_dir() and not entry.is_symlink()) for entry in found]
    except OSError:
        return []
    return sorted(kinds, key=lambda kind: (not kind[1], kind[0].name))


def _is_shown(name: str) -> bool:
    return not name.startswith(".") and name not in LEFT_OUT
