"""The arguments of a call: JSON that a model wrote, read into what a tool expects."""

from typing import TypeVar

import msgspec

from codex_core.tools.tool import Call

__all__ = ["BadArguments", "parse_arguments"]

Arguments = TypeVar("Arguments")


class BadArguments(ValueError):
    """The arguments cannot be read: no JSON, of another shape, or nested without end. The text is
    what the model is told.
    """


def parse_arguments(decoder: msgspec.json.Decoder[Arguments], call: Call) -> Arguments:
    """The arguments of a call; raises `BadArguments`, for a freeform call too."""
    try:
        return decoder.decode(getattr(call, "arguments", ""))
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadArguments(f"failed to parse function arguments: {error}") from error
