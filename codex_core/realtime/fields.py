"""Optional fields of what the provider sends: one that is not of its type counts as absent.

Which fields a message has, and which of them it cannot be without, is in the shapes.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["U16", "U32", "number", "text", "text_of"]

U16 = 2**16 - 1
"""The most channels that sound can have."""
U32 = 2**32 - 1
"""The highest rate, and the most samples."""


def text(value: Any) -> str | None:
    """A string, be it empty."""
    return value if isinstance(value, str) else None


def text_of(value: Any, name: str) -> str | None:
    """A string in an object; what is no object has none."""
    return text(value.get(name)) if isinstance(value, Mapping) else None


def number(value: Any, most: int) -> int | None:
    """A whole number from 0 to `most`; 1.0 is none, nor is `true`."""
    return value if type(value) is int and 0 <= value <= most else None
