"""The diffs that clients are shown: of one file, and of all that a turn changed."""

from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.tools.patch.contents import NoText
from codex_core.tools.patch.turn_changes import TurnChanges
from codex_core.tools.patch.unified import unified_hunks

ABSENT = NoText(kind="missing", reason="none")
PICTURE = NoText(kind="binary", reason="none")
TEXTS = st.lists(st.sampled_from(["a", "b", "", "c"])).map(
    lambda lines: "".join(f"{n}\n" for n in lines)
)


@given(TEXTS, TEXTS)
def test_hunks_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    """Removed and kept lines are the old text at the place told, kept and added ones the new."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    rebuilt: list[str] = []
    done = 0
    for hunk in unified_hunks(before, after).split("@@ -")[1:]:
        head, _, body = hunk.partition(" @@\n")
        start, _, length = head.split(" ")[0].partition(",")
        first = int(start) - (length != "0")
        lines = body.splitlines(keepends=True)
        kept = [line[1:] for line in lines if line[0] != "+"]
        assert old[first : first + len(kept)] == kept
        rebuilt += old[done:first] + [line[1:] for line in lines if line[0] != "-"]
        done = first + len(kept)
    assert rebuilt + old[done:] == new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n", "b\n"),
        ("", "a\nb\n"),
        ("a\nb\n", ""),
        ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"),
        ("".join(f"{n}\n" for n in range(40)), "".join(f"{n}\n" for n in range(40) if n % 19 != 5)),
    ],
)
def test_hunks_are_those_of_difflib(before: str, after: str) -> None:
    """Headers, context and order as tools expect them."""
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    assert unified_hunks(before, after) == "".join(list(lines)[2:])


def test_equal_texts_have_no_hunks() -> None:
    """Nothing differs, nothing is told."""
    assert unified_hunks("a\nb", "a\nb") == ""


def test_a_last_line_without_a_break_is_marked() -> None:
    """As in git's diffs."""
    mark = "\\ No newline at end of file\n"
    assert unified_hunks("a", "a\n") == f"@@ -1 +1 @@\n-a\n{mark}+a\n"


def test_texts_without_a_likeness_are_one_block() -> None:
    """Too much to compare is told as removed and added, in bounded time."""
    before = "".join(f"a{n % 7}\n" for n in range(3000))
    after = "".join(f"b{n % 5}\n" for n in range(3000))
    diff = unified_hunks(before, after)
    assert diff.startswith("@@ -1,3000 +1,3000 @@\n-a0\n")
    assert diff.count("\n") == 6001


NEW = "94954abda49de8615a048f8d2e64b5de848e27a1"
NONE = "0" * 40


def test_an_added_file() -> None:
    """The section that the reference client tells, with the name that git gives the content."""
    changes = TurnChanges()
    changes.note({"/w/a.txt": ABSENT}, {"/w/a.txt": "hello\nworld\n"})
    assert changes.diff("/w") == (
        "diff --git a/a.txt b/a.txt\nnew file mode 100644\n"
        f"index {NONE}..{NEW}\n--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+hello\n+world\n"
    )


def test_a_deleted_and_an_emptied_file() -> None:
    """A file that goes is not one that is empty."""
    changes = TurnChanges()
    changes.note({"/w/a": "hello\nworld\n", "/w/b": ABSENT}, {"/w/a": None, "/w/b": ""})
    empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert changes.diff("/w") == (
        "diff --git a/a b/a\ndeleted file mode 100644\n"
        f"index {NEW}..{NONE}\n--- a/a\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-hello\n-world\n"
        f"diff --git a/b b/b\nnew file mode 100644\nindex {NONE}..{empty}\n"
    )


def test_patches_of_a_turn_add_up() -> None:
    """The first text a turn found is compared with the last it left; what is undone is not told."""
    changes = TurnChanges()
    assert not changes
    changes.note({"/w/a": "1\n", "/w/b": "b\n"}, {"/w/a": "2\n", "/w/b": "c\n"})
    changes.note({"/w/a": "2\n", "/w/b": "c\n"}, {"/w/a": "3\n", "/w/b": "b\n"})
    assert changes
    diff = changes.diff("/w")
    assert diff.endswith("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+3\n")
    assert "b/b" not in diff


def test_files_elsewhere_and_pictures() -> None:
    """A path outside the root is told whole; what was no text has no hunks."""
    changes = TurnChanges()
    changes.note({"/x/a": PICTURE}, {"/x/a": "text\n"})
    assert changes.diff("/w") == "diff --git a/x/a b/x/a\nBinary files a/x/a and b/x/a differ\n"
