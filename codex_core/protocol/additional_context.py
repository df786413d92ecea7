"""What an application or somebody else has to say beside the user's input. Values only."""

from typing import Literal

import msgspec

__all__ = ["AdditionalContext", "ContextEntry"]


class ContextEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One text; only what the application itself says is told as instructions."""

    value: str
    kind: Literal["application", "untrusted"] = "untrusted"


AdditionalContext = dict[str, ContextEntry]
"""Entries by name. The model is told those that are not as they were with the input before."""
