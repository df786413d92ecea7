"""Any file is read as a journal or refused with its name; what was read can be shown."""

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal.face.timeline import render
from agent_rehearsal.journal import Journal, JournalFileError, Undecodable, read
from agent_rehearsal.journal.entry import KINDS, SOURCES
from suites.fuzz.made import CODINGS, HEADERS, JSON, TEXTS, damaged, encoded
from suites.fuzz.share import fuzzed_tenth

HEADER = {
    "format": "rehearsal-journal",
    "version": 1,
    "wall_time": 1.0,
    "loop_time": 0.0,
    "secrets": "labelled",
}
HEADERS_WRITTEN = st.tuples(HEADERS, st.sampled_from(["", *CODINGS])).map(
    lambda made: [*map(list, made[0]), *([["content-encoding", made[1]]] if made[1] else [])]
)
RAW = TEXTS.map(lambda text: {"raw": text.decode("utf-8", "replace")}) | st.tuples(
    TEXTS | st.binary(max_size=30), st.sampled_from(sorted(CODINGS))
).map(lambda made: {"raw_base64": base64.b64encode(CODINGS[made[1]](made[0])).decode()})
HEADS = st.sampled_from(
    ["POST /v1/responses HTTP/1.1", "200 OK", "text", "close", "cut", "unmatched", "\u20ac", ""]
)
LINES = st.tuples(
    st.fixed_dictionaries(
        {"source": st.sampled_from(list(SOURCES)), "kind": st.sampled_from(list(KINDS))},
        optional={
            "conn": st.sampled_from(["c1", "c2", None]),
            "direction": st.sampled_from(["in", "out", ""]),
            "head": HEADS | st.text(max_size=20),
            "headers": HEADERS_WRITTEN,
            "charset": st.sampled_from(["utf-8", "latin-1"]),
            "re": st.integers(-1, 5) | st.none(),
            "unknown": JSON,
        },
    ),
    RAW,
    st.floats(0, 10),
).map(lambda made: {**made[0], **made[1], "at": made[2]})


def written(lines: list[dict[str, Any]]) -> bytes:
    """A file with these entries, numbered."""
    numbered = ({"seq": seq, **line} for seq, line in enumerate(lines, start=1))
    return b"".join(encoded(each) + b"\n" for each in (HEADER, *numbered))


FILES = st.lists(LINES, max_size=4).map(written)
ANY = st.one_of(
    FILES,
    st.tuples(FILES, st.integers(0, 900), st.integers(0, 30), st.binary(max_size=8)).map(damaged),
    st.lists(JSON.map(encoded), max_size=3).map(b"\n".join),
    st.builds(
        lambda line, n: encoded(HEADER) + b"\n" + line * n, st.just(b"["), st.integers(1, 5000)
    ),
    st.binary(max_size=60),
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each file is written."""
    return tmp_path_factory.mktemp("fuzz") / "journal.jsonl"


@fuzzed_tenth
@given(ANY)
def test_any_file_is_read_or_refused(path: Path, content: bytes) -> None:
    """A journal whose every entry can be looked at and drawn, or one error that names the file."""
    path.write_bytes(content)
    refused = ""
    found: Journal | None = None
    try:
        found = read(path)
    except JournalFileError as error:
        refused = str(error)
    if found is None:
        assert refused.startswith(str(path))
    else:
        look(found)


def look(journal: Journal) -> None:
    """Read all that an entry can tell."""
    for entry in journal:
        assert repr(entry)
        with suppress(Undecodable):
            json.dumps(entry.json)
    assert render(journal).startswith("timeline:")
