"""All that the patches of one turn did, as one diff in git's style. In memory only.

Each file is compared with what it held before the turn's first patch of it. A moved file is one
file gone and another one new.
"""

from collections.abc import Mapping
from hashlib import sha1

from codex_core.tools.patch.contents import Content, NoText

__all__ = ["TurnChanges"]

_NO_FILE = "/dev/null"
_NO_BLOB = "0" * 40


class TurnChanges:
    """The files that a turn's patches touched, before and after, by absolute path."""

    def __init__(self) -> None:
        self._before: dict[str, Content | None] = {}
        self._after: dict[str, str | None] = {}

    def __bool__(self) -> bool:
        """Has any file been touched?"""
        return bool(self._after)

    def note(self, before: Mapping[str, Content], after: Mapping[str, str | None]) -> None:
        """Takes a patch that was applied: what it found and what it left, None for no file."""
        for path, text in after.items():
            found = before.get(path)
            missing = isinstance(found, NoText) and found.kind == "missing"
            self._before.setdefault(path, None if missing else found)
            self._after[path] = text

    def diff(self, root: str) -> str:
        """The diff; paths below the absolute folder `root` are told from there."""
        return "".join(
            _section(_shown(path, root), self._before[path], self._after[path])
            for path in sorted(self._after)
        )


def _shown(path: str, root: str) -> str:
    return path.removeprefix(root.rstrip("/") + "/").lstrip("/")


def _section(path: str, before: Content | None, after: str | None) -> str:
    from codex_core.tools.patch.unified import unified_hunks  # most turns change no file

    if before == after:
        return ""
    head = f"diff --git a/{path} b/{path}\n"
    if isinstance(before, NoText):
        return f"{head}Binary files a/{path} and b/{path} differ\n"
    mode = "new file" if before is None else "deleted file" if after is None else None
    old = _NO_FILE if before is None else f"a/{path}"
    new = _NO_FILE if after is None else f"b/{path}"
    lines = [
        head,
        f"{mode} mode 100644\n" if mode else "",
        f"index {_blob(before)}..{_blob(after)}\n",
    ]
    hunks = unified_hunks(before or "", after or "")
    return "".join([*lines, f"--- {old}\n+++ {new}\n{hunks}" if hunks else ""])


def _blob(text: str | None) -> str:
    """The name that git gives to a file's content."""
    if text is None:
        return _NO_BLOB
    data = text.encode()
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
