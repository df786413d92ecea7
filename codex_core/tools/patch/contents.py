"""What a patch can find at a path: a text, or a reason why there is none."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Content", "NoText"]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoText:
    """Nothing to edit: no file (`missing`), no text in it (`binary`), no file possible (`blocked`).

    Where a file is missing or binary a new one may be written.
    """

    kind: Literal["missing", "binary", "blocked"]
    reason: str


Content = str | NoText
