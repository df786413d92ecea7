"""AGENTS.md: the user's and the project's standing orders, found and joined. Read once a thread.

The user's file stands in the settings folder. The project's stand in each folder from the project's
root (the nearest ancestor with `.git`, else the working folder alone) down to the working folder.
"""

from collections.abc import Iterable
from pathlib import Path

__all__ = ["agents_text"]

_NAMES = ("AGENTS.override.md", "AGENTS.md")
_SEPARATOR = "\n\n--- project-doc ---\n\n"


def agents_text(cwd: Path, home: Path | None, *, budget: int) -> str | None:
    """All of them as one text; at most `budget` bytes of the project's, none for a budget of 0."""
    own = _read_first(home) if home else None
    project = _project_text(cwd, budget) if budget > 0 else None
    return _SEPARATOR.join(text for text in (own, project) if text) or None


def _project_text(cwd: Path, budget: int) -> str | None:
    texts = (text for folder in _folders(cwd) if (text := _read_first(folder)))
    joined = "\n\n".join(texts).encode()[:budget].decode(errors="ignore")
    return joined or None


def _folders(cwd: Path) -> Iterable[Path]:
    """The folders to look in, the project's root first."""
    lineage = [cwd, *cwd.parents]
    roots = [index for index, folder in enumerate(lineage) if (folder / ".git").exists()]
    return reversed(lineage[: roots[0] + 1]) if roots else [cwd]


def _read_first(folder: Path) -> str | None:
    """The text of the first file by precedence; None when there is none, or only blanks."""
    for name in _NAMES:
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        return text if text.strip() else None
    return None
