"""Hunks over file texts: what would be written. No disk."""

import pytest

from codex_core.protocol.file_changes import AddChange, DeleteChange, UpdateChange
from codex_core.tools.patch.contents import Content, NoText
from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.parser import parse_patch
from codex_core.tools.patch.plan import Plan, plan_patch
from suites.core.patching import patch_text

FOLDER = NoText(kind="blocked", reason="Is a directory (os error 21)")
PICTURE = NoText(kind="binary", reason="it is not UTF-8 text")


def planned(files: dict[str, Content], *lines: str) -> Plan:
    return plan_patch(parse_patch(patch_text(*lines)), files)


def updated(text: str, *lines: str) -> str | None:
    return planned({"f": text}, "*** Update File: f", *lines).texts["f"]


def refused(files: dict[str, Content], *lines: str) -> str:
    with pytest.raises(PatchError) as caught:
        planned(files, *lines)
    return str(caught.value)


def test_each_kind_of_change() -> None:
    """Texts, what clients are told, and the summary in the order A, M, D."""
    plan = planned(
        {"b": "x\n", "c": "gone\n"},
        *("*** Delete File: c", "*** Update File: b", "-x", "+y", "*** Add File: a", "+new"),
    )
    assert plan.texts == {"a": "new\n", "b": "y\n", "c": None}
    assert plan.changes == {
        "a": AddChange(content="new\n"),
        "b": UpdateChange(unified_diff="@@ -1 +1 @@\n-x\n+y\n", move_path=None),
        "c": DeleteChange(content="gone\n"),
    }
    assert plan.summary == ("A a", "M b", "D c")


def test_a_moved_file_is_told_at_its_old_path() -> None:
    """The old path goes, the new one has the edited text and is what the model is told."""
    plan = planned({"a": "x\n"}, "*** Update File: a", "*** Move to: b", "-x", "+y")
    assert plan.texts == {"a": None, "b": "y\n"}
    assert plan.moves == {"b": "a"}
    assert plan.changes == {"a": UpdateChange(unified_diff="@@ -1 +1 @@\n-x\n+y\n", move_path="b")}
    assert plan.summary == ("M b",)


def test_a_move_to_the_same_path_is_an_update() -> None:
    """The file does not vanish."""
    plan = planned({"a": "x\n"}, "*** Update File: a", "*** Move to: a", "-x", "+y")
    assert plan.texts == {"a": "y\n"}
    assert plan.moves == {}


def test_a_move_alone_keeps_the_text_as_it_is() -> None:
    """Without chunks no line break is touched."""
    plan = planned({"a": "x\r\ny"}, "*** Update File: a", "*** Move to: b")
    assert plan.texts == {"a": None, "b": "x\r\ny"}


def test_adding_over_a_file_replaces_it() -> None:
    """Text or not, what was there is gone; it is told as added."""
    for before in ("old\n", PICTURE):
        plan = planned({"a": before}, "*** Add File: a", "+new")
        assert plan.texts == {"a": "new\n"}
        assert plan.changes == {"a": AddChange(content="new\n")}
        assert plan.summary == ("A a",)


def test_a_hunk_sees_what_those_before_it_left() -> None:
    """Added, then changed; changed twice; moved twice: one plan, against the files as they were."""
    assert planned({}, "*** Add File: a", "+x", "*** Update File: a", "-x", "+y").changes == {
        "a": AddChange(content="y\n")
    }
    twice = ("*** Update File: a", "-x", "+y", "*** Update File: a", "-y", "+z")
    assert planned({"a": "x\n"}, *twice).texts == {"a": "z\n"}
    chain = ("*** Update File: a", "*** Move to: b", "*** Update File: b", "*** Move to: c")
    plan = planned({"a": "x\n"}, *chain)
    assert plan.texts == {"a": None, "b": None, "c": "x\n"}
    assert plan.moves == {"c": "a"}
    assert plan.changes == {"a": UpdateChange(unified_diff="", move_path="c")}


def test_a_path_that_a_move_left_can_be_used_again() -> None:
    """Both files are told as added; neither hides the other."""
    plan = planned({"a": "x\n"}, "*** Update File: a", "*** Move to: b", "*** Add File: a", "+n")
    assert plan.texts == {"a": "n\n", "b": "x\n"}
    assert plan.changes == {"a": AddChange(content="n\n"), "b": AddChange(content="x\n")}


def test_what_is_added_and_deleted_leaves_no_trace() -> None:
    """No change is told of a file that was never there."""
    plan = planned({}, "*** Add File: a", "+x", "*** Delete File: a")
    assert plan.texts == {"a": None}
    assert plan.changes == {}


MISSING = "No such file or directory (os error 2)"

REFUSED: dict[str, tuple[dict[str, Content], tuple[str, ...], str]] = {
    "an update of no file": (
        {},
        ("*** Update File: f", "-x"),
        f"Failed to read file to update f: {MISSING}",
    ),
    "a delete of no file": ({}, ("*** Delete File: f",), f"Failed to read f: {MISSING}"),
    "an update of a folder": (
        {"f": FOLDER},
        ("*** Update File: f", "-x"),
        "Failed to read file to update f: Is a directory (os error 21)",
    ),
    "a delete of a folder": (
        {"f": FOLDER},
        ("*** Delete File: f",),
        "Failed to read f: Is a directory (os error 21)",
    ),
    "an update of a picture": (
        {"f": PICTURE},
        ("*** Update File: f", "-x"),
        "Failed to read file to update f: it is not UTF-8 text",
    ),
    "a file in place of a folder": (
        {"f": FOLDER},
        ("*** Add File: f", "+x"),
        "Failed to write file f: Is a directory (os error 21)",
    ),
    "a move onto a folder": (
        {"a": "x\n", "f": FOLDER},
        ("*** Update File: a", "*** Move to: f"),
        "Failed to write file f: Is a directory (os error 21)",
    ),
    "lines that are not there": (
        {"f": "a\nb\n"},
        ("*** Update File: f", " a", "-c"),
        "Failed to find expected lines in f:\na\nc",
    ),
    "a context that is not there": (
        {"f": "a\n"},
        ("*** Update File: f", "@@ def g():", "-a"),
        "Failed to find context 'def g():' in f",
    ),
    "chunks in the wrong order": (
        {"f": "a\nb\n"},
        ("*** Update File: f", "-b", "@@", "-a"),
        "Failed to find expected lines in f:\na",
    ),
    "an update of what was deleted": (
        {"f": "a\n"},
        ("*** Delete File: f", "*** Update File: f", "-a"),
        f"Failed to read file to update f: {MISSING}",
    ),
    "a file where another needs a folder": (
        {},
        ("*** Add File: f", "+x", "*** Add File: f/g", "+x"),
        "Failed to write file f/g: f is a file of it too",
    ),
}


@pytest.mark.parametrize("way", REFUSED)
def test_what_is_refused(way: str) -> None:
    """Each error names the path and says what is wrong with it."""
    files, lines, told = REFUSED[way]
    assert refused(files, *lines) == told


PASSES = {
    "exact": ("  a\n", "  a"),
    "blanks at the end": ("  a \t\n", "  a"),
    "blanks around": ("    a\n", "a  "),
    "punctuation": ("\u201cx\u201d \u2014 it\u2019s\u00a0so\n", '"x" - it\'s so'),
}


@pytest.mark.parametrize("way", PASSES)
def test_lines_are_found_nearly(way: str) -> None:
    """What the model spells a little differently is found."""
    text, spelled = PASSES[way]
    assert updated(text, f"-{spelled}", "+b") == "b\n"


def test_a_kept_line_stays_as_the_file_has_it() -> None:
    """A patch changes what it says it changes, also where it was found nearly."""
    assert updated("  a \nb\n", " a", "-b", "+c") == "  a \nc\n"


def test_an_exact_place_wins_over_a_near_one_before_it() -> None:
    """Each pass looks everywhere before the next one begins."""
    assert updated(" a\na\n", "-a", "+b") == " a\nb\n"


def test_a_context_narrows_the_place() -> None:
    """The same line is changed behind the context, not before."""
    text = "class A:\n  x\nclass B:\n  x\n"
    assert updated(text, "@@ class B:", "-  x", "+  y") == "class A:\n  x\nclass B:\n  y\n"


def test_stacked_contexts_narrow_one_after_the_other() -> None:
    """The method of the second class."""
    text = "class A:\n def f\n  x\nclass B:\n def f\n  x\n"
    changed = updated(text, "@@ class B:", "@@ def f", "-  x", "+  y")
    assert changed == "class A:\n def f\n  x\nclass B:\n def f\n  y\n"


def test_the_end_of_the_file_is_an_anchor() -> None:
    """The last of several equal places, and no other."""
    assert updated("a\nb\na\n", "-a", "+c", "*** End of File") == "a\nb\nc\n"
    told = refused({"f": "a\nb\n"}, "*** Update File: f", "-a", "*** End of File")
    assert told == "Failed to find expected lines in f:\na"


def test_lines_that_only_come() -> None:
    """Behind their context; without one at the end of the file."""
    assert updated("a\nb\n", "@@ a", "+x") == "a\nx\nb\n"
    assert updated("a\nb\n", "@@", "+x") == "a\nb\nx\n"
    assert updated("a\nb\n", "@@ a", "+x", "*** End of File") == "a\nb\nx\n"
    assert updated("", "+x") == "x\n"


def test_line_breaks_of_the_result() -> None:
    """CRLF becomes LF, and the last line has a break; a file without lines has none."""
    assert updated("a\r\nb\r\nc", "-b", "+x") == "a\nx\nc\n"
    assert updated("a\n\n\n", "-a", "+b") == "b\n\n\n"
    assert updated("a", "-a") == ""


def test_only_a_line_feed_breaks_a_line() -> None:
    """Other separators are characters like any other."""
    assert updated("a\u2028b\x0cc\rd\n", "-a\u2028b\x0cc\rd", "+x") == "x\n"
