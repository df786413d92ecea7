"""Where a patch may write, by sandbox mode. It looks through symbolic links and changes nothing."""

import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["PROTECTED", "refusal"]

PROTECTED = frozenset({".git", ".agents", ".codex"})
"""Folders of the working folder that stay as they are in workspace-write."""


def refusal(path: str, cwd: Path, sandbox_mode: str) -> str | None:
    """Why a file at this absolute path may not be written, moved or removed; None if it may.

    A mode without a rule allows nothing.
    """
    return _RULES.get(sandbox_mode, _never)(path, cwd)


def _always(path: str, cwd: Path) -> str | None:
    return None


def _never(path: str, cwd: Path) -> str | None:
    return f"{path} may not be changed: the sandbox mode lets nothing be written"


def _within(path: str, cwd: Path) -> str | None:
    """Both the entry itself, which may be a link, and what it leads to have to be inside."""
    folder, name = os.path.split(path)
    root = os.path.realpath(cwd)
    for real in (os.path.join(os.path.realpath(folder), name), os.path.realpath(path)):
        parts = Path(os.path.relpath(real, root)).parts
        if parts[:1] == ("..",):
            return f"{path} is outside the working folder {cwd}; change files inside only"
        if parts and parts[0].casefold() in PROTECTED:
            return f"{path} is in {parts[0]}, which may not be changed"
    return None


_RULES: dict[str, Callable[[str, Path], str | None]] = {
    "danger-full-access": _always,
    "workspace-write": _within,
    "read-only": _never,
}
