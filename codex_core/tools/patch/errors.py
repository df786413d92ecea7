"""The one error of this package."""

__all__ = ["PatchError"]


class PatchError(Exception):
    """A patch that cannot be applied as a whole; the text tells the model why."""
