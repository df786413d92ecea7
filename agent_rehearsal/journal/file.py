"""A journal as a JSON-lines file: written as it grows, one `write` an entry, and read back.

The first line is a header: the format and its version, wall clock and loop time at the start. A
line is whole or it is the last one, so a killed server loses at most the entry it was writing.
"""

import base64
import errno
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Literal, Self

import msgspec

from agent_rehearsal.journal.clock import wall_time
from agent_rehearsal.journal.decoding import bytes_of, text_of
from agent_rehearsal.journal.entry import Connection, Direction, Entry, Headers, Kind, Source
from agent_rehearsal.journal.journal import Journal

FORMAT: Literal["rehearsal-journal"] = "rehearsal-journal"
VERSION: Literal[1] = 1
_UNREADABLE = (ValueError, RecursionError)
"""What decoding a line raises: for no JSON, no UTF-8, another shape, or nesting without end."""


class JournalFileError(ValueError):
    """A file that is no journal, or is damaged before its end. Names the file and the line."""


class FileHeader(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a written journal."""

    format: Literal["rehearsal-journal"]
    version: Literal[1]
    wall_time: float
    """Seconds since the epoch when the file was begun."""
    loop_time: float
    """Loop time at that moment."""
    secrets: Literal["labelled", "kept"]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry as it is written."""

    seq: int
    at: float
    source: Source
    kind: Kind
    conn: str | None = None
    direction: Direction = ""
    head: str = ""
    headers: list[tuple[str, str]] = []
    charset: Literal["utf-8", "latin-1"] = "utf-8"
    """How `head` and `headers` were made text: latin-1 where one of them is no UTF-8."""
    raw: str = ""
    raw_base64: str | None = None
    """In place of `raw`, for what is no UTF-8."""
    re: int | None = None


class JournalFile:
    """Writes a journal to `path` from now on, the entries it already has first; a context manager.

    Secrets are written as labels unless `keep_secrets`; a compressed body that has one is written
    unpacked, without its content-encoding header. A value that nothing has marked as a
    secret by the time it is written stays. An existing file is replaced. A file that cannot
    be written is closed, and the OSError comes out of `Journal.append`, once.
    """

    def __init__(self, journal: Journal, path: str | Path, *, keep_secrets: bool = False) -> None:
        self._journal = journal
        self._keep = keep_secrets
        self._stop: Callable[[], None] = lambda: None
        self._file = Path(path).open("wb", buffering=0)  # noqa: SIM115 -- closed by close()
        self._write(
            FileHeader(
                format=FORMAT,
                version=VERSION,
                wall_time=wall_time(),
                loop_time=journal.now(),
                secrets="kept" if keep_secrets else "labelled",
            )
        )
        for entry in journal:
            self._on_entry(entry)
        self._stop = journal.observe(self._on_entry)

    def close(self) -> None:
        """Stop writing; a second call does nothing."""
        if not self._file.closed:
            self._stop()
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _on_entry(self, entry: Entry) -> None:
        self._write(_kept(entry) if self._keep else self._labelled(entry))

    def _write(self, line: FileHeader | Line) -> None:
        data = msgspec.json.encode(line) + b"\n"
        try:
            if self._file.write(data) != len(data):
                raise OSError(errno.ENOSPC, "the journal was written in part", self._file.name)
        except OSError:
            self.close()
            raise

    def _labelled(self, entry: Entry) -> Line:
        secrets = self._journal.secrets
        secrets.learn(entry)
        headers = [(k, bytes_of(secrets.header(k, v))) for k, v in entry.raw_headers]
        content = entry.content
        shown = secrets.raw(content)
        if shown == content:
            shown = entry.raw
        elif content != entry.raw:
            headers = [pair for pair in headers if pair[0].lower() != b"content-encoding"]
        return _line(entry, head=secrets.text(entry.head), headers=tuple(headers), raw=shown)


def _kept(entry: Entry) -> Line:
    return _line(entry, head=entry.head, headers=entry.raw_headers, raw=entry.raw)


def _line(entry: Entry, *, head: str, headers: Headers, raw: bytes) -> Line:
    words = [bytes_of(head), *chain.from_iterable(headers)]
    charset: Literal["utf-8", "latin-1"] = "utf-8" if all(map(_is_text, words)) else "latin-1"
    return Line(
        seq=entry.seq,
        at=entry.at,
        source=entry.source,
        kind=entry.kind,
        conn=entry.conn.id if entry.conn else None,
        direction=entry.direction,
        head=bytes_of(head).decode(charset),
        headers=[(name.decode(charset), value.decode(charset)) for name, value in headers],
        charset=charset,
        raw=raw.decode() if _is_text(raw) else "",
        raw_base64=None if _is_text(raw) else base64.b64encode(raw).decode(),
        re=entry.re,
    )


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def read(path: str | Path) -> Journal:
    """The journal written to `path`, without a last line that was cut off while being written.

    Raises JournalFileError for a file that is no journal, has another version, lacks an entry in
    the middle or is damaged there; OSError for one that cannot be read.
    """
    lines = Path(path).read_bytes().split(b"\n")
    whole, rest = lines[:-1], lines[-1]
    if not whole:
        empty = "its first line is cut off" if rest else "it is empty"
        raise JournalFileError(f"{path} is no journal: {empty}")
    _check_header(path, whole[0])
    return _Reader(path).journal(whole[1:])


def _check_header(path: str | Path, line: bytes) -> None:
    try:
        msgspec.json.decode(line, type=FileHeader)
    except _UNREADABLE as error:
        raise JournalFileError(
            f"{path}, line 1: no header of a {FORMAT} file of version {VERSION}: {error}. "
            "Written by `rehearsal serve --journal` or JournalFile?"
        ) from error


class _Reader:
    """Builds a journal from lines, giving equal connection ids one `Connection`."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._at = 0.0
        self._connections: dict[str, Connection] = {}

    def journal(self, texts: list[bytes]) -> Journal:
        lines = [self._line(number, text) for number, text in enumerate(texts, start=2)]
        first_seq = lines[0].seq if lines else 1
        journal = Journal(clock=lambda: self._at, first_seq=first_seq)
        for number, line in enumerate(lines, start=2):
            if line.seq != first_seq + number - 2:
                raise self._damaged(
                    number, f"expected entry #{first_seq + number - 2}, found #{line.seq}"
                )
            self._at = line.at
            try:
                self._append(journal, line, self._raw(number, line))
            except UnicodeEncodeError as error:
                raise self._damaged(number, error) from error
        return journal

    def _line(self, number: int, text: bytes) -> Line:
        try:
            return msgspec.json.decode(text, type=Line)
        except _UNREADABLE as error:
            raise self._damaged(number, error) from error

    def _raw(self, number: int, line: Line) -> bytes:
        if line.raw_base64 is None:
            return line.raw.encode()
        try:
            return base64.b64decode(line.raw_base64, validate=True)
        except ValueError as error:
            raise self._damaged(number, error) from error

    def _append(self, journal: Journal, line: Line, raw: bytes) -> None:
        journal.append(
            line.source,
            line.kind,
            conn=self._connection(journal, line.conn),
            direction=line.direction,
            head=text_of(line.head.encode(line.charset)),
            raw_headers=tuple(
                (name.encode(line.charset), value.encode(line.charset))
                for name, value in line.headers
            ),
            raw=raw,
            re=line.re,
        )

    def _damaged(self, number: int, why: object) -> JournalFileError:
        return JournalFileError(f"{self._path}, line {number} is damaged: {why}")

    def _connection(self, journal: Journal, id_: str | None) -> Connection | None:
        if id_ is None:
            return None
        if id_ not in self._connections:
            self._connections[id_] = journal.connection()
            self._connections[id_].id = id_
        return self._connections[id_]
