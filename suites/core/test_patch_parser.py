"""The text of a patch and the hunks it means."""

import pytest

from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.hunks import (
    AddFile,
    Chunk,
    DeleteFile,
    Hunk,
    Line,
    UpdateFile,
    paths_of,
)
from codex_core.tools.patch.parser import parse_patch
from suites.core.patching import patch_text


def parsed(*lines: str) -> tuple[Hunk, ...]:
    return parse_patch(patch_text(*lines))


def refused(text: str) -> str:
    with pytest.raises(PatchError) as caught:
        parse_patch(text)
    return str(caught.value)


def test_each_kind_of_hunk() -> None:
    """Hunks come in the order of the patch, paths as they are written."""
    assert parsed(
        "*** Add File: new.txt",
        "+one",
        "+",
        "*** Delete File: sub/old.txt",
        "*** Update File: a.txt",
        "*** Move to: b.txt",
        "@@ def f():",
        " kept",
        "-gone",
        "+come",
        "*** End of File",
    ) == (
        AddFile(path="new.txt", text="one\n\n"),
        DeleteFile(path="sub/old.txt"),
        UpdateFile(
            path="a.txt",
            move_to="b.txt",
            chunks=(
                Chunk(
                    contexts=("def f():",),
                    lines=(Line(" ", "kept"), Line("-", "gone"), Line("+", "come")),
                    at_end=True,
                ),
            ),
        ),
    )


def test_the_paths_of_a_patch() -> None:
    """Every path once, the targets of moves too."""
    hunks = parsed(
        "*** Add File: a",
        "*** Update File: b",
        "*** Move to: c",
        "*** Delete File: a",
    )
    assert paths_of(hunks) == ["a", "b", "c"]


def test_an_added_file_may_be_empty() -> None:
    """No lines are no text."""
    assert parsed("*** Add File: a") == (AddFile(path="a", text=""),)


def test_a_file_may_move_without_a_change() -> None:
    """A move alone is an update without chunks."""
    assert parsed("*** Update File: a", "*** Move to: b") == (
        UpdateFile(path="a", move_to="b", chunks=()),
    )


PLAIN = (UpdateFile(path="a", chunks=(Chunk(lines=(Line("-", "x"), Line("+", "y"))),)),)

FORGIVEN = {
    "no marker before the first chunk": patch_text("*** Update File: a", "-x", "+y"),
    "an empty marker": patch_text("*** Update File: a", "@@", "-x", "+y"),
    "a line break at the end": patch_text("*** Update File: a", "-x", "+y") + "\n",
    "blanks around markers": "\n *** Begin Patch \n*** Update File: a \n-x\n+y\n *** End Patch \n",
    "CRLF": patch_text("*** Update File: a", "-x", "+y").replace("\n", "\r\n"),
    "a here-document": "<<EOF\n" + patch_text("*** Update File: a", "-x", "+y") + "\nEOF",
    "a quoted one": "<<'EOF'\n" + patch_text("*** Update File: a", "-x", "+y") + "\nEOF\n",
    "empty lines": patch_text("", "*** Update File: a", "", "-x", "+y", ""),
}


@pytest.mark.parametrize("way", FORGIVEN)
def test_what_is_forgiven(way: str) -> None:
    """Small slips of a model change nothing."""
    assert parse_patch(FORGIVEN[way]) == PLAIN


def test_an_empty_line_is_a_kept_empty_line() -> None:
    """Its leading space may be missing, but for one that only parts two hunks."""
    (hunk,) = parsed("*** Update File: a", " x", "", "+y", "", "@@", "-z")
    assert isinstance(hunk, UpdateFile)
    assert hunk.chunks[0].lines == (Line(" ", "x"), Line(" ", ""), Line("+", "y"))


def test_contexts_may_be_stacked() -> None:
    """A class, then a method in it."""
    (hunk,) = parsed("*** Update File: a", "@@ class A:", "@@ def f():", "+x")
    assert isinstance(hunk, UpdateFile)
    assert hunk.chunks[0].contexts == ("class A:", "def f():")


HEADERS = "'*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'"
FIRST = "invalid patch: The first line of the patch must be '*** Begin Patch'"
LAST = "invalid patch: The last line of the patch must be '*** End Patch'"
NO_LINES = "invalid hunk at line 4, Update hunk does not contain any lines"

REFUSED = {
    "nothing": ("", FIRST),
    "no begin": ("*** Update File: a\n-x\n*** End Patch", FIRST),
    "begin alone": ("*** Begin Patch", LAST),
    "no end": ("*** Begin Patch\n*** Add File: a\n+x", LAST),
    "a here-document that is open": ("<<EOF\n*** Begin Patch\n*** End Patch", FIRST),
    "a bad header": (
        patch_text("*** Rename File: a"),
        f"invalid hunk at line 2, '*** Rename File: a' is not a valid hunk header. "
        f"Valid hunk headers: {HEADERS}",
    ),
    "no path": (
        patch_text("*** Add File: "),
        f"invalid hunk at line 2, '*** Add File:' is not a valid hunk header. "
        f"Valid hunk headers: {HEADERS}",
    ),
    "a stray line": (
        patch_text("*** Add File: a", "+x", "y"),
        f"invalid hunk at line 4, 'y' is not a valid hunk header. Valid hunk headers: {HEADERS}",
    ),
    "an empty update": (
        patch_text("*** Update File: g"),
        "invalid hunk at line 2, Update file hunk for path 'g' is empty",
    ),
    "a chunk without lines": (patch_text("*** Update File: g", "@@ x"), NO_LINES),
    "an end of file without lines": (
        patch_text("*** Update File: g", "@@ x", "*** End of File"),
        NO_LINES,
    ),
    "a line without a mark": (
        patch_text("*** Update File: g", "x"),
        "invalid hunk at line 3, Unexpected line found in update hunk: 'x'. Every line should "
        "start with ' ' (context line), '+' (added line), or '-' (removed line)",
    ),
    "a second chunk without its marker": (
        patch_text("*** Update File: g", "-x", "*** End of File", "-y"),
        "invalid hunk at line 5, Expected update hunk to start with a @@ context marker, got: '-y'",
    ),
    "no hunks": (
        patch_text(),
        "invalid patch: it changes nothing; write hunks after '*** Begin Patch'",
    ),
    "half a character": (
        patch_text("*** Add File: a", "+\ud800"),
        "invalid patch: it is not valid Unicode: surrogates not allowed",
    ),
    "a NUL in a path": (
        patch_text("*** Delete File: a\0b"),
        "invalid hunk at line 2, the path has a NUL character; no file can be named so",
    ),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_is_refused(way: str) -> None:
    """The line is named, counted from the begin line, and what was expected there."""
    text, told = REFUSED[way]
    assert refused(text) == told
