"""What a patch does to a file, as clients are told. Values only."""

import msgspec

__all__ = ["AddChange", "DeleteChange", "FileChange", "UpdateChange"]


class _Change(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every change; the wire tells them apart by `type`."""


class AddChange(_Change, tag="add", frozen=True, kw_only=True):
    """A file is written, new or in place of another."""

    content: str


class DeleteChange(_Change, tag="delete", frozen=True, kw_only=True):
    """A file is removed; `content` is what it held."""

    content: str


class UpdateChange(_Change, tag="update", frozen=True, kw_only=True):
    """A file changes; `move_path` is its new absolute path, if it has one."""

    unified_diff: str
    move_path: str | None


FileChange = AddChange | DeleteChange | UpdateChange
