"""Cutting long texts in their middle. Sizes are tokens, estimated as four bytes each."""

__all__ = ["BYTES_PER_TOKEN", "estimate_tokens", "truncate_middle"]

BYTES_PER_TOKEN = 4


def estimate_tokens(size: int) -> int:
    """Tokens of a text of `size` bytes, rounded up."""
    return -(-size // BYTES_PER_TOKEN)


def truncate_middle(text: str, tokens: int, *, missing: int = 0) -> str:
    """`text` if it fits into `tokens`, else its two ends around a mark that counts what is gone.

    `missing` bytes are gone from its middle already.
    """
    data = text.encode()
    budget = tokens * BYTES_PER_TOKEN
    if len(data) <= budget:
        return text
    half = budget // 2
    head = data[:half].decode(errors="ignore")
    tail = data[len(data) - half :].decode(errors="ignore") if half else ""
    gone = estimate_tokens(len(data) - budget + missing)
    return f"{head}…{gone} tokens truncated…{tail}"
