"""What is raised for JSON that cannot be read: none, of another shape, or nested without end."""

import msgspec

__all__ = ["UNREADABLE"]

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
