"""Cutting a text to a budget of tokens, the mark that tells of the cut included. Sans-IO."""

from codex_core.protocol.truncation import BYTES_PER_TOKEN

__all__ = ["cut_middle", "tokens"]


def tokens(text: str) -> int:
    """Tokens of a text by estimate, rounded up."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)


def cut_middle(text: str, most: int) -> str:
    """The text if it has at most so many tokens, else its two ends around a mark, which fit.

    Where there is no room for the mark, what has room of the beginning.
    """
    data, limit = text.encode(), max(most, 0) * BYTES_PER_TOKEN
    room = limit
    while len(data) > limit:
        if room <= 0:
            return data[:limit].decode(errors="ignore")
        cut = _marked(data, room)
        over = len(cut.encode()) - limit
        if over <= 0:
            return cut
        room -= over
    return text


def _marked(data: bytes, room: int) -> str:
    half = room // 2
    head = data[:half].decode(errors="ignore")
    tail = data[len(data) - half :].decode(errors="ignore")
    gone = len(data) - len(head.encode()) - len(tail.encode())
    return f"{head}…{-(-gone // BYTES_PER_TOKEN)} tokens truncated…{tail}"
