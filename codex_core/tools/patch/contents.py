"""What a patch can find at a path: a text, or a reason why there is none."""

from typing import Literal

import msgspec

__all__ = ["Content", "NoText"]


class NoText(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing to edit: no file (`missing`), no text in it (`binary`), no file possible (`blocked`).

    Where a file is missing or binary a new one may be written.
    """

    kind: Literal["missing", "binary", "blocked"]
    reason: str


Content = str | NoText
