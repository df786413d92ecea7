"""Cutting long texts in their middle. Tokens are estimated as four bytes each."""

from collections.abc import Iterable, Iterator

from codex_core.protocol.items import InputImage, InputText, ToolOutput
from codex_core.protocol.truncation import BYTES_PER_TOKEN, TruncationPolicy

__all__ = ["estimate_tokens", "truncate", "truncate_middle", "truncate_output"]


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
    head, tail = _ends(data, budget)
    gone = estimate_tokens(len(data) - budget + missing)
    return f"{head}…{gone} tokens truncated…{tail}"


def truncate(text: str, policy: TruncationPolicy) -> str:
    """The same within a model's policy; one that counts bytes has a mark that counts characters."""
    if policy.mode == "tokens":
        return truncate_middle(text, policy.limit)
    data = text.encode()
    if len(data) <= policy.limit:
        return text
    head, tail = _ends(data, policy.limit)
    return f"{head}…{len(text) - len(head) - len(tail)} chars truncated…{tail}"


def truncate_output(output: ToolOutput, policy: TruncationPolicy) -> ToolOutput:
    """The same for an output; the texts of one in parts share the limit, images are not counted."""
    if isinstance(output, str):
        return truncate(output, policy)
    texts = [part for part in output if isinstance(part, InputText)]
    if sum(len(part.text.encode()) for part in texts) <= policy.bytes:
        return output
    return tuple(_within(output, policy))


def _within(
    parts: Iterable[InputText | InputImage], policy: TruncationPolicy
) -> Iterator[InputText | InputImage]:
    left, omitted = policy.bytes, 0
    for part in parts:
        if isinstance(part, InputImage):
            yield part
        elif left <= 0:
            omitted += 1
        else:
            yield InputText(text=truncate(part.text, policy.of_bytes(left)))
            left -= len(part.text.encode())
    if omitted:
        yield InputText(text=f"[{omitted} more texts left out]")


def _ends(data: bytes, budget: int) -> tuple[str, str]:
    """A beginning and an end of whole characters, half the budget each."""
    half = budget // 2
    tail = data[len(data) - half :] if half else b""
    return data[:half].decode(errors="ignore"), tail.decode(errors="ignore")
