"""Where a patch may write: where commands may, by the same sandbox.

It looks through symbolic links and changes nothing. Unlike for commands, a protected folder that
does not exist yet is protected too.
"""

import os
from pathlib import Path

from codex_core.tools.sandbox import Sandbox

__all__ = ["real_places", "refusal"]


def refusal(path: str, sandbox: Sandbox | None) -> str | None:
    """Why a file at this absolute path may not be written, moved or removed; None if it may.

    Both the entry itself, which may be a link, and what it leads to have to be where commands may
    write.
    """
    if sandbox is None:
        return None
    if not sandbox.writable:
        return f"{path} may not be changed: the sandbox mode lets nothing be written"
    reasons = (_refusal(path, place, sandbox) for place in real_places(path))
    return next((reason for reason in reasons if reason), None)


def real_places(path: str) -> tuple[str, str]:
    """The entry at a path and what it leads to, both without links on the way."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name), os.path.realpath(path)


def _refusal(path: str, place: str, sandbox: Sandbox) -> str | None:
    for folder in sandbox.protected:
        if _is_protected(place, folder):
            return f"{path} is in {folder.name}, which may not be changed"
    if any(_inside(place, folder) is not None for folder in sandbox.writable):
        return None
    folders = ", ".join(map(str, sandbox.writable))
    return f"{path} is outside of the folders whose files may be changed: {folders}"


def _is_protected(place: str, folder: Path) -> bool:
    """By its name in whichever letters (file systems may not tell them apart), or through it."""
    parts = _inside(place, folder.parent)
    if parts and parts[0].casefold() == folder.name.casefold():
        return True
    return _inside(place, folder) is not None


def _inside(place: str, folder: Path) -> tuple[str, ...] | None:
    """The steps from a folder to a place inside it, () for the folder itself; None elsewhere."""
    parts = Path(os.path.relpath(place, os.path.realpath(folder))).parts
    return None if parts[:1] == ("..",) else parts
