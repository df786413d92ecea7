"""A written journal comes back as it was, whole or cut."""

import errno
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.journal import Entry, Headers, JournalFile, JournalFileError, read
from agent_rehearsal.journal.entry import KINDS, Kind
from suites.journal.made import back, frame, frames, journal, request, write

# Bytes of every kind, with a fair chance of text.
RAW = st.binary(max_size=40) | st.text(max_size=20).map(lambda t: t.encode("utf-8", "replace"))
HEADERS = st.lists(st.tuples(RAW, RAW), max_size=3).map(tuple)
LINES = st.lists(
    st.tuples(st.sampled_from(list(KINDS)), RAW, HEADERS, RAW, st.none() | st.integers(1, 3)),
    max_size=5,
)


def parts(entry: Entry) -> tuple[object, ...]:
    conn = entry.conn.id if entry.conn else None
    place = (entry.seq, entry.at, entry.source, entry.kind, conn, entry.direction, entry.re)
    return (*place, entry.head, entry.raw_headers, entry.raw)


@given(LINES)
def test_any_bytes_come_back(
    lines: list[tuple[Kind, bytes, Headers, bytes, int | None]],
) -> None:
    """With secrets kept, reading gives what was written, whatever the bytes."""
    log = journal()
    for kind, head, headers, raw, conn in lines:
        log.append(
            "responses",
            kind,
            conn=log.connection() if conn else None,
            direction="out",
            head=head.decode("utf-8", "surrogateescape"),
            raw_headers=headers,
            raw=raw,
            re=conn,
        )
    assert [parts(e) for e in back(write(log, keep_secrets=True))] == [parts(e) for e in log]


def test_a_file_cut_anywhere_loses_one_entry_at_most() -> None:
    """At every offset after the header line all lines that are whole come back."""
    log = frames({"n": 1}, {"n": "zwölf"}, {"n": 3})
    data = write(log)
    for size in range(data.index(b"\n") + 1, len(data) + 1):
        whole = data[:size].count(b"\n") - 1
        assert [parts(e) for e in back(data[:size])] == [parts(e) for e in log[:whole]]


def test_a_file_grows_with_its_journal(tmp_path: Path) -> None:
    """Every append is in the file before `append` returns; none after it was closed."""
    log = frames({"n": 1})
    with JournalFile(log, tmp_path / "j") as file:
        frame(log, {"n": 2})
        assert len(read(tmp_path / "j")) == 2
    frame(log, {"n": 3})
    file.close()
    assert len(read(tmp_path / "j")) == 2


def test_connections_come_back(tmp_path: Path) -> None:
    """Entries of one connection share it again, with what opened it."""
    log = journal()
    first = request(log)
    log.append("responses", "response", conn=first.conn, head="200 OK", re=1)
    JournalFile(log, tmp_path / "j").close()
    one, two = read(tmp_path / "j")
    assert one.conn is two.conn
    assert one.conn is not None
    assert one.conn.opened is one


def test_a_journal_that_lacks_its_beginning_keeps_its_numbers() -> None:
    """What the cap dropped before the file began is counted, and `re` still leads to its entry."""
    log = journal(cap=2)
    for n in range(5):
        frame(log, {"n": n})
    again = back(write(log))
    assert [e.seq for e in again] == [e.seq for e in log]
    assert again.dropped == log.dropped
    assert again.entry(log[0].seq).raw == log[0].raw


def test_a_compressed_body_with_a_secret_is_written_unpacked(tmp_path: Path) -> None:
    """The secret is hidden inside the packed bytes too; a body without one stays as it came."""
    for body, packed in ((b'{"k": "swordfish-9"}', False), (b'{"k": "plain"}', True)):
        log = journal()
        raw = zstandard.compress(body)
        headers = ((b"Authorization", b"Bearer swordfish-9"), (b"Content-Encoding", b"zstd"))
        request(log, raw, headers)
        (entry,) = back(write(log))
        assert (entry.raw == raw) is packed
        assert (entry.header("content-encoding") == "zstd") is packed
        assert b"swordfish" not in entry.content
        assert entry.has("k")


HEADER = (
    b'{"format":"rehearsal-journal","version":1,"wall_time":0,"loop_time":0,"secrets":"kept"}\n'
)
ENTRY = b'{"seq":1,"at":0,"source":"agent","kind":"event"}\n'


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "it is empty"),
        (HEADER[:20], "its first line is cut off"),
        (b"{}\n", "line 1: no header of a rehearsal-journal file of version 1"),
        (HEADER.replace(b":1,", b":2,"), "line 1: .*version"),
        (HEADER + b"x\n" + ENTRY, "line 2 is damaged"),
        (HEADER + b"\xff\n", "line 2 is damaged"),
        (HEADER + ENTRY + ENTRY, "line 3 is damaged: expected entry #2, found #1"),
        (HEADER + ENTRY.replace(b"event", b"evnt"), "line 2 is damaged: Invalid enum value"),
        (HEADER + ENTRY[:-2] + b',"raw_base64":"?"}\n', "line 2 is damaged"),
    ],
)
def test_damage_is_placed(data: bytes, text: str) -> None:
    """The error names the file, the line and what is wrong with it."""
    with pytest.raises(JournalFileError, match=text) as error:
        back(data)
    assert "journal.jsonl" in str(error.value)


class _Full:
    """A file on a full disk."""

    name = "j"
    closed = False

    def write(self, data: bytes) -> int:
        return len(data) - 1

    def close(self) -> None:
        self.closed = True


def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    """The entry that could not be written raises; the journal has it and goes on without a file."""
    log = journal()
    with JournalFile(log, tmp_path / "j") as file:
        file._file.close()
        file._file = _Full()  # type: ignore[assignment]
        with pytest.raises(OSError, match="in part") as error:
            frame(log, {"n": 1})
        assert error.value.errno == errno.ENOSPC
        frame(log, {"n": 2})
    assert [e.get("n") for e in log] == [1, 2]
