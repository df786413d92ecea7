"""One file's text and the chunks of an update: the new text. It knows no paths but in errors.

A kept line stays as the file has it, also where the patch spells it a little differently. The
result has LF line breaks and ends with one.
"""

from collections.abc import Iterable, Sequence

from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.hunks import Chunk
from codex_core.tools.patch.seek import find_lines

__all__ = ["edited"]


def edited(text: str, chunks: Iterable[Chunk], path: str) -> str:
    """The text with the chunks applied in order; raises `PatchError` naming `path`."""
    lines = _split(text)
    result: list[str] = []
    done = 0
    for chunk in chunks:
        place = _place(lines, chunk, done, path)
        result += lines[done:place]
        done = place + len(chunk.old)
        result += _changed(lines[place:done], chunk)
    result += lines[done:]
    return "".join(f"{line}\n" for line in result)


def _split(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def _place(lines: Sequence[str], chunk: Chunk, start: int, path: str) -> int:
    """Where the chunk's old lines stand; without any, where its new lines go."""
    for context in chunk.contexts:
        found = find_lines(lines, [context], start)
        if found is None:
            raise PatchError(f"Failed to find context '{context}' in {path}")
        start = found + 1
    old = chunk.old
    if not old:
        return start if chunk.contexts and not chunk.at_end else len(lines)
    place = find_lines(lines, old, start, at_end=chunk.at_end)
    if place is None:
        expected = "\n".join(old)
        raise PatchError(f"Failed to find expected lines in {path}:\n{expected}")
    return place


def _changed(there: Sequence[str], chunk: Chunk) -> Iterable[str]:
    standing = iter(there)
    for line in chunk.lines:
        if line.op == "+":
            yield line.text
            continue
        own = next(standing)
        if line.op == " ":
            yield own
