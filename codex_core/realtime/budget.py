"""Cutting a text to a budget of tokens, the mark that tells of the cut included. Sans-IO."""

from codex_core.protocol.truncation import BYTES_PER_TOKEN

__all__ = ["cut_middle", "tokens"]


def tokens(text: str) -> int:
    """Tokens of a text by estimate, rounded up."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def cut_middle(text: str, most: int) -> str:
    """The text if it has at most so many tokens, else its two ends around a mark, which fit.

    Where there is no room for the mark, what has room of the beginning. Source: long answers of the
    reference client; the mark counts what is over the room that the two ends have together.
    """
    data, room = text.encode(), max(most, 0)
    if tokens(text) <= room:
        return text
    limit = room
    while room > 0:
        cut = _marked(data, room * BYTES_PER_TOKEN)
        over = tokens(cut) - limit
        if over <= 0:
            return cut
        room -= over
    return data[: limit * BYTES_PER_TOKEN].decode(errors="ignore")


def _marked(data: bytes, room: int) -> str:
    half = room // 2
    head = data[:half].decode(errors="ignore")
    tail = data[len(data) - half :].decode(errors="ignore")
    return f"{head}…{-(-(len(data) - room) // BYTES_PER_TOKEN)} tokens truncated…{tail}"
