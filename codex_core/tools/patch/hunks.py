"""What a patch says, as values. Paths are as the model wrote them; nothing is looked up."""

from collections.abc import Iterable
from typing import Literal

import msgspec

__all__ = ["AddFile", "Chunk", "DeleteFile", "Hunk", "Line", "UpdateFile", "paths_of"]


class Line(msgspec.Struct, frozen=True):
    """A line of a chunk: kept (" "), removed ("-") or added ("+"); `text` has no line break."""

    op: Literal[" ", "-", "+"]
    text: str


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a file and what to do there.

    Each of `contexts` is a line before the place, found one after the other. With `at_end` the
    chunk's kept and removed lines are the last of the file.
    """

    lines: tuple[Line, ...]
    contexts: tuple[str, ...] = ()
    at_end: bool = False

    @property
    def old(self) -> list[str]:
        """The lines that have to be there."""
        return [line.text for line in self.lines if line.op != "+"]


class AddFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file with this text, new or in place of what was there."""

    path: str
    text: str


class DeleteFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file goes."""

    path: str


class UpdateFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file changes, and has a new path if `move_to` says so; without chunks it only moves."""

    path: str
    chunks: tuple[Chunk, ...]
    move_to: str | None = None


Hunk = AddFile | DeleteFile | UpdateFile


def paths_of(hunks: Iterable[Hunk]) -> list[str]:
    """Every path that the hunks name, once each, in their order."""
    paths: dict[str, None] = {}
    for hunk in hunks:
        paths[hunk.path] = None
        if isinstance(hunk, UpdateFile) and hunk.move_to is not None:
            paths[hunk.move_to] = None
    return list(paths)
