"""`rehearsal show`: what a written journal looks like, and what is told of a file that is none."""

from pathlib import Path

import pytest

from agent_rehearsal.face.timeline import render
from agent_rehearsal.journal import Journal, JournalFile, read
from suites.cli.processes import rehearsal


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A file of one exchange and a gate."""
    path = tmp_path / "journal.jsonl"
    ticks = iter(range(100))
    journal = Journal(clock=lambda: next(ticks) / 10)
    with JournalFile(journal, path):
        conn = journal.connection()
        request = journal.append(
            "responses",
            "request",
            conn=conn,
            direction="in",
            head="POST /v1/responses HTTP/1.1",
            raw=b'{"model": "m", "input": "%s"}' % (b"long " * 60),
        )
        journal.note("gate", "held", {"state": "reached"}, conn=conn, re=request.seq)
    return path


async def test_a_journal_is_drawn(written: Path) -> None:
    """In a log it is the timeline at 100 columns, without colours."""
    done = await rehearsal("show", written)
    assert done.code == 0, done.err
    assert done.out == render(read(written), width=100) + "\n"
    assert "c1 = POST /v1/responses" in done.out


async def test_it_is_drawn_as_asked(written: Path) -> None:
    """Width, rows and colours, in a pipe too; the middle of too many rows is counted."""
    more = read(written)
    for number in range(5):
        more.note("gate", f"gate {number}", {"state": "opened"})
    with JournalFile(more, written):
        pass
    done = await rehearsal("show", written, "--width", 80, "--rows", 4, "--color", "always")
    assert done.out == render(read(written), width=80, rows=4, color=True) + "\n"
    assert "3 rows left out" in done.out
    assert "\x1b[" in done.out


async def test_a_file_that_is_no_journal(tmp_path: Path) -> None:
    """It is named, with the line and what was expected there."""
    path = tmp_path / "other.jsonl"
    path.write_text('{"some": "json"}\n', "utf-8")
    done = await rehearsal("show", path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        f"rehearsal: {path}, line 1: no header of a rehearsal-journal file of version 1"
    )
    assert "Traceback" not in done.err


async def test_a_damaged_journal(written: Path) -> None:
    """The damaged line is numbered."""
    header, first, second = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(header + first[:20] + b"\n" + second)
    done = await rehearsal("show", written)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"rehearsal: {written}, line 2 is damaged: ")


async def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The system's reason, no traceback."""
    path = tmp_path / "absent"
    done = await rehearsal("show", path)
    assert done.code == 2
    assert done.err == f"rehearsal: cannot read {path}: No such file or directory\n"
