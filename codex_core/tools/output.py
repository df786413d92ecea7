"""What a command wrote, kept within bounds, and the text in which the model is told of it."""

from dataclasses import dataclass

from codex_core.tools.truncate import BYTES_PER_TOKEN, estimate_tokens, truncate_middle

__all__ = ["ExecResult", "OutputBuffer", "exec_text"]

_HALF = 1 << 19


class OutputBuffer:
    """The beginning and the end of an output, half a mebibyte each; the middle is dropped."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self.size = 0

    def add(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        self.size += len(chunk)
        room = _HALF - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:] if room > 0 else chunk
        if len(self._tail) > _HALF:
            del self._tail[: len(self._tail) - _HALF]

    @property
    def text(self) -> str:
        """What was kept, with a mark where bytes are missing; bytes that are no UTF-8 replaced."""
        missing = self.size - len(self._head) - len(self._tail)
        if not missing:
            return bytes(self._head + self._tail).decode(errors="replace")
        mark = f"…{estimate_tokens(missing)} tokens truncated…"
        head = self._head.decode(errors="replace")
        return head + mark + self._tail.decode(errors="replace")


@dataclass(frozen=True, kw_only=True, slots=True)
class ExecResult:
    """How a command ended; `wall_time` in seconds."""

    chunk_id: str
    wall_time: float
    exit_code: int
    output: OutputBuffer


def exec_text(result: ExecResult, *, tokens: int) -> str:
    """The text for the model, with at most `tokens` of output. Layout as the reference client's."""
    text = result.output.text
    return "\n".join(
        [
            f"Chunk ID: {result.chunk_id}",
            f"Wall time: {result.wall_time:.4f} seconds",
            f"Process exited with code {result.exit_code}",
            f"Original token count: {estimate_tokens(result.output.size)}",
            "Output:",
            *_warning(text, result.output.size, tokens),
            truncate_middle(text, tokens),
        ]
    )


def _warning(text: str, size: int, tokens: int) -> list[str]:
    if size <= tokens * BYTES_PER_TOKEN:
        return []
    return [
        f"Warning: truncated output (original token count: {estimate_tokens(size)})",
        f"Total output lines: {len(text.splitlines())}",
        "",
    ]
