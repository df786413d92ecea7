"""From hunks and file texts to what has to be written. Nothing is written or read here.

Hunks apply in order, each to what those before it left. Either the whole patch can be applied or
there is no plan.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath

import msgspec

from codex_core.protocol.file_changes import AddChange, DeleteChange, FileChange, UpdateChange
from codex_core.tools.patch.contents import Content, NoText
from codex_core.tools.patch.edit import edited
from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.hunks import AddFile, DeleteFile, Hunk, UpdateFile
from codex_core.tools.patch.unified import unified_hunks

__all__ = ["Plan", "plan_patch"]

_MISSING = NoText(kind="missing", reason="No such file or directory (os error 2)")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a patch does. Keys are paths as the files were named to `plan_patch`."""

    texts: Mapping[str, str | None]
    """The text that each touched path will have, None for a file that goes."""
    moves: Mapping[str, str]
    """New path -> the path that the file had before."""
    changes: Mapping[str, FileChange]
    """What clients are told; a moved file is named by its old path."""
    summary: tuple[str, ...]
    """What the model is told: a letter and a path as the patch has it, in the order A, M, D."""


def plan_patch(
    hunks: Iterable[Hunk], files: Mapping[str, Content], *, locate: Callable[[str], str] = str
) -> Plan:
    """The plan of a patch; raises `PatchError`.

    `files` has what stands at the paths that the hunks name, `locate` turns a path of a hunk into a
    key of it. A path that is no key is a missing file.
    """
    draft = _Draft(files, locate)
    for hunk in hunks:
        draft.take(hunk)
    return draft.plan()


class _Draft:
    def __init__(self, files: Mapping[str, Content], locate: Callable[[str], str]) -> None:
        self._files = files
        self._locate = locate
        self._texts: dict[str, str | None] = {}
        self._origins: dict[str, str] = {}
        """Path -> where its text stood before the patch; none for an added file."""
        self._told: dict[str, dict[str, None]] = {"A": {}, "M": {}, "D": {}}

    def take(self, hunk: Hunk) -> None:
        """Applies a hunk to the draft."""
        match hunk:
            case AddFile():
                self._add(hunk)
            case DeleteFile():
                self._delete(hunk)
            case UpdateFile():
                self._update(hunk)

    def plan(self) -> Plan:
        """The plan, once all hunks are taken."""
        self._check_folders()
        moves = {path: origin for path, origin in self._origins.items() if path != origin}
        lines = [f"{letter} {path}" for letter, paths in self._told.items() for path in paths]
        return Plan(
            texts=self._texts, moves=moves, changes=dict(self._changes()), summary=tuple(lines)
        )

    def _add(self, hunk: AddFile) -> None:
        path = self._writable(hunk.path)
        self._texts[path] = hunk.text
        self._origins.pop(path, None)
        self._told["A"][hunk.path] = None

    def _delete(self, hunk: DeleteFile) -> None:
        path = self._locate(hunk.path)
        self._read(path, "Failed to read")
        self._texts[path] = None
        self._origins.pop(path, None)
        self._told["D"][hunk.path] = None

    def _update(self, hunk: UpdateFile) -> None:
        path = self._locate(hunk.path)
        before = self._read(path, "Failed to read file to update")
        after = edited(before, hunk.chunks, path) if hunk.chunks else before
        if hunk.move_to is not None:
            path = self._move(path, self._writable(hunk.move_to))
        self._texts[path] = after
        self._told["M"][hunk.move_to or hunk.path] = None

    def _move(self, path: str, new: str) -> str:
        if path == new:
            return new
        self._texts[path] = None
        self._origins.pop(new, None)
        if (origin := self._origins.pop(path, None)) is not None:
            self._origins[new] = origin
        return new

    def _read(self, path: str, failure: str) -> str:
        """The text at a path as the hunks before left it."""
        content: Content
        if path in self._texts:
            left = self._texts[path]
            content = _MISSING if left is None else left
        else:
            content = self._files.get(path, _MISSING)
            self._origins[path] = path
        if isinstance(content, NoText):
            raise PatchError(f"{failure} {path}: {content.reason}")
        return content

    def _writable(self, written: str) -> str:
        path = self._locate(written)
        content = self._files.get(path, _MISSING)
        if isinstance(content, NoText) and content.kind == "blocked":
            raise PatchError(f"Failed to write file {path}: {content.reason}")
        return path

    def _check_folders(self) -> None:
        """No file may stand where another one needs a folder."""
        standing = {path for path, text in self._texts.items() if text is not None}
        for path in standing:
            for folder in standing.intersection(map(str, PurePath(path).parents)):
                reason = f"{folder} is a file of it too"
                raise PatchError(f"Failed to write file {path}: {reason}")

    def _changes(self) -> Iterator[tuple[str, FileChange]]:
        moved = set(self._origins.values())
        for path, after in self._texts.items():
            before = self._files.get(path, _MISSING)
            if after is not None:
                yield self._change(path, after)
            elif path not in moved and isinstance(before, str):
                yield path, DeleteChange(content=before)

    def _change(self, path: str, after: str) -> tuple[str, FileChange]:
        """An update is told at the old path, unless another file stands there now."""
        origin = self._origins.get(path)
        before = _MISSING if origin is None else self._files[origin]
        if origin is None or not isinstance(before, str):
            return path, AddChange(content=after)
        if path == origin:
            return path, UpdateChange(unified_diff=unified_hunks(before, after), move_path=None)
        if self._texts[origin] is not None:
            return path, AddChange(content=after)
        return origin, UpdateChange(unified_diff=unified_hunks(before, after), move_path=path)
