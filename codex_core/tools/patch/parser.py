"""From the text of a patch to its hunks. It knows no files.

Forgiven: a here-document around the patch, blanks around marker lines, CRLF, a first chunk without
`@@`, empty lines between hunks, kept lines that are empty and lack their leading space.
"""

from collections.abc import Callable, Mapping

from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.hunks import AddFile, Chunk, DeleteFile, Hunk, Line, UpdateFile

__all__ = ["parse_patch"]

_BEGIN = "*** Begin Patch"
_END = "*** End Patch"
_END_OF_FILE = "*** End of File"
_MOVE = "*** Move to: "
_HEREDOCS = ("<<EOF", "<<'EOF'", '<<"EOF"')


class _Reader:
    """The lines between begin and end; `number` is the next one's, the begin line being 1."""

    def __init__(self, lines: list[str]) -> None:
        self.number = 2
        self._lines = lines

    def peek(self) -> str | None:
        """The next line, None at the end."""
        index = self.number - 2
        return self._lines[index] if index < len(self._lines) else None

    def take(self) -> str:
        """The next line, which is known to be there."""
        line = self._lines[self.number - 2]
        self.number += 1
        return line

    def skip_blank(self) -> None:
        """Passes over empty lines."""
        while (line := self.peek()) is not None and not line.strip():
            self.take()


def parse_patch(text: str) -> tuple[Hunk, ...]:
    """The hunks of a patch, at least one; raises `PatchError`."""
    lines = _unwrapped(_lines(text))
    if lines[0].strip() != _BEGIN:
        raise PatchError(f"invalid patch: The first line of the patch must be '{_BEGIN}'")
    if lines[-1].strip() != _END:
        raise PatchError(f"invalid patch: The last line of the patch must be '{_END}'")
    reader = _Reader(lines[1:-1])
    hunks: list[Hunk] = []
    reader.skip_blank()
    while reader.peek() is not None:
        hunks.append(_hunk(reader))
        reader.skip_blank()
    if not hunks:
        raise PatchError(f"invalid patch: it changes nothing; write hunks after '{_BEGIN}'")
    return tuple(hunks)


def _lines(text: str) -> list[str]:
    """The lines without their breaks, LF or CRLF."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PatchError(f"invalid patch: it is not valid Unicode: {error.reason}") from None
    return [line.removesuffix("\r") for line in text.strip().split("\n")]


def _unwrapped(lines: list[str]) -> list[str]:
    if len(lines) >= 4 and lines[0].strip() in _HEREDOCS and lines[-1].strip() == "EOF":
        return lines[1:-1]
    return lines


def _hunk(reader: _Reader) -> Hunk:
    number, header = reader.number, reader.take().strip()
    for start, read in _HUNKS.items():
        if header.startswith(start):
            return read(_path(header.removeprefix(start), number), reader)
    headers = ", ".join(f"'{start}{{path}}'" for start in _HUNKS)
    problem = f"'{header}' is not a valid hunk header. Valid hunk headers: {headers}"
    raise _invalid(number, problem)


def _invalid(number: int, problem: str) -> PatchError:
    return PatchError(f"invalid hunk at line {number}, {problem}")


def _path(text: str, number: int) -> str:
    path = text.strip()
    if "\0" in path:
        raise _invalid(number, "the path has a NUL character; no file can be named so")
    return path


def _added(path: str, reader: _Reader) -> AddFile:
    lines: list[str] = []
    while (line := reader.peek()) is not None and line.startswith("+"):
        lines.append(reader.take()[1:] + "\n")
    return AddFile(path=path, text="".join(lines))


def _deleted(path: str, reader: _Reader) -> DeleteFile:
    return DeleteFile(path=path)


def _updated(path: str, reader: _Reader) -> UpdateFile:
    header = reader.number - 1
    move_to = _move(reader)
    chunks: list[Chunk] = []
    reader.skip_blank()
    while not _is_over(reader.peek()):
        chunks.append(_chunk(reader, first=not chunks))
        reader.skip_blank()
    if not chunks and move_to is None:
        raise _invalid(header, f"Update file hunk for path '{path}' is empty")
    return UpdateFile(path=path, chunks=tuple(chunks), move_to=move_to)


def _move(reader: _Reader) -> str | None:
    line = (reader.peek() or "").strip()
    if not line.startswith(_MOVE):
        return None
    reader.take()
    return _path(line.removeprefix(_MOVE), reader.number - 1)


def _is_over(line: str | None) -> bool:
    """Does this line belong to no chunk of an update?"""
    return line is None or (line.startswith("***") and line.rstrip() != _END_OF_FILE)


def _chunk(reader: _Reader, *, first: bool) -> Chunk:
    number, contexts = reader.number, _contexts(reader)
    if contexts is None and not first:
        problem = f"Expected update hunk to start with a @@ context marker, got: '{reader.peek()}'"
        raise _invalid(number, problem)
    lines = _change(reader)
    if not lines:
        raise _no_lines(reader)
    at_end = (reader.peek() or "").rstrip() == _END_OF_FILE
    if at_end:
        reader.take()
    else:
        _drop_separators(lines)
    texts = tuple(text for text in contexts or () if text)
    return Chunk(lines=tuple(line for line, _ in lines), contexts=texts, at_end=at_end)


def _contexts(reader: _Reader) -> list[str] | None:
    """The texts after `@@`, "" for none; None where no `@@` stands."""
    contexts: list[str] = []
    while (line := reader.peek()) is not None and (line.rstrip() == "@@" or line[:3] == "@@ "):
        contexts.append(reader.take()[3:].rstrip())
    return contexts or None


def _change(reader: _Reader) -> list[tuple[Line, str]]:
    """The next lines of a chunk, each also as it was written."""
    lines: list[tuple[Line, str]] = []
    while (written := reader.peek()) is not None and (line := _line(written)) is not None:
        lines.append((line, reader.take()))
    return lines


def _line(written: str) -> Line | None:
    match written[:1]:
        case "" | " ":
            return Line(" ", written[1:])
        case "-":
            return Line("-", written[1:])
        case "+":
            return Line("+", written[1:])
    return None


def _drop_separators(lines: list[tuple[Line, str]]) -> None:
    """Empty lines before the next marker part the hunks; they are no kept lines of the file."""
    while len(lines) > 1 and lines[-1][1] == "":
        lines.pop()


def _no_lines(reader: _Reader) -> PatchError:
    line = reader.peek()
    if line is None or line.startswith("***"):
        return _invalid(reader.number, "Update hunk does not contain any lines")
    return _invalid(
        reader.number,
        f"Unexpected line found in update hunk: '{line}'. Every line should start with "
        "' ' (context line), '+' (added line), or '-' (removed line)",
    )


_HUNKS: Mapping[str, Callable[[str, _Reader], Hunk]] = {
    "*** Add File: ": _added,
    "*** Delete File: ": _deleted,
    "*** Update File: ": _updated,
}
"""How each kind of hunk starts, and what reads it."""
