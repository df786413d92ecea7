"""What a command wrote, kept within bounds, and the text in which the model is told of it."""

import msgspec

from codex_core.protocol.truncation import BYTES_PER_TOKEN
from codex_core.tools.truncate import estimate_tokens, truncate_middle

__all__ = ["ExecResult", "OutputBuffer", "exec_text"]

_HALF = 1 << 19


class OutputBuffer:
    """The beginning and the end of an output, half a mebibyte each; the middle is dropped."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._tail = bytearray()
        self._ends = 0
        self._open = False
        self.size = 0

    def add(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        self.size += len(chunk)
        self._ends += chunk.count(b"\n")
        self._open = not chunk.endswith(b"\n") if chunk else self._open
        room = _HALF - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:] if room > 0 else chunk
        if len(self._tail) > _HALF:
            del self._tail[: len(self._tail) - _HALF]

    @property
    def lines(self) -> int:
        """How many lines were written, those that are dropped and an unfinished one included."""
        return self._ends + self._open

    @property
    def text(self) -> str:
        """What was kept, with a mark where bytes are missing; bytes that are no UTF-8 replaced."""
        if not self._missing:
            return self._kept
        mark = f"…{estimate_tokens(self._missing)} tokens truncated…"
        head = self._head.decode(errors="replace")
        return head + mark + self._tail.decode(errors="replace")

    def cut(self, tokens: int) -> str:
        """The text, or its two ends if it is longer than `tokens`; one mark counts all that is
        gone.
        """
        if self._missing and tokens * BYTES_PER_TOKEN < 2 * _HALF:
            return truncate_middle(self._kept, tokens, missing=self._missing)
        return self.text if self._missing else truncate_middle(self._kept, tokens)

    @property
    def _missing(self) -> int:
        return self.size - len(self._head) - len(self._tail)

    @property
    def _kept(self) -> str:
        return bytes(self._head + self._tail).decode(errors="replace")


class ExecResult(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of a command; `wall_time` is how long it was waited for, in seconds.

    `exit_code` is None for one that still runs.
    """

    chunk_id: str
    wall_time: float
    session_id: int
    exit_code: int | None
    output: OutputBuffer

    @property
    def status(self) -> str:
        """Does it run, or how did it end?"""
        if self.exit_code is None:
            return f"Process running with session ID {self.session_id}"
        return f"Process exited with code {self.exit_code}"


def exec_text(result: ExecResult, *, tokens: int) -> str:
    """The text for the model, with at most `tokens` of output. Layout as the reference client's."""
    return "\n".join(
        [
            f"Chunk ID: {result.chunk_id}",
            f"Wall time: {result.wall_time:.4f} seconds",
            result.status,
            f"Original token count: {estimate_tokens(result.output.size)}",
            "Output:",
            *_warning(result.output, tokens),
            result.output.cut(tokens),
        ]
    )


def _warning(output: OutputBuffer, tokens: int) -> list[str]:
    if output.size <= tokens * BYTES_PER_TOKEN:
        return []
    return [
        f"Warning: truncated output (original token count: {estimate_tokens(output.size)})",
        f"Total output lines: {output.lines}",
        "",
    ]
