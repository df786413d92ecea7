"""The tool `apply_patch` on real files: what is written, told and refused."""

import os
from errno import EISDIR, ENAMETOOLONG, ENOTDIR, ENOTSUP
from pathlib import Path

import pytest

from codex_core.protocol.events import (
    ItemCompleted,
    ItemStarted,
    PatchApplyBegin,
    PatchApplyEnd,
    TurnDiff,
)
from codex_core.protocol.file_changes import AddChange, FileChange, UpdateChange
from codex_core.protocol.turn_items import FileChangeItem
from codex_core.tools.apply_patch import ApplyPatch
from suites.core.patching import FileBench, patch_text, success

FAILED = "apply_patch verification failed: "


async def test_a_patch_of_every_kind(tmp_path: Path) -> None:
    """Files are added, changed, moved and deleted; folders are made; the model is told which."""
    bench = FileBench(tmp_path)
    bench.put(b="x\n", c="gone\n", d="old\n")
    text = await bench.patch(
        *("*** Add File: sub/deep/a", "+new", "*** Update File: b", "-x", "+y"),
        *("*** Delete File: c", "*** Update File: d", "*** Move to: sub/e", "-old", "+edited"),
    )
    assert text == success("A sub/deep/a", "M b", "M sub/e", "D c")
    assert bench.files == {"b": "y\n", "sub/deep/a": "new\n", "sub/e": "edited\n"}


async def test_what_clients_are_told(tmp_path: Path) -> None:
    """The item and the patch begin and end around the writing, then the turn's diff."""
    bench = FileBench(tmp_path)
    bench.put(b="x\n")
    await bench.patch("*** Add File: a", "+new", "*** Update File: b", "-x", "+y")
    started, begin, end, completed, diff = bench.told
    changes: dict[str, FileChange] = {
        str(tmp_path / "a"): AddChange(content="new\n"),
        str(tmp_path / "b"): UpdateChange(unified_diff="@@ -1 +1 @@\n-x\n+y\n", move_path=None),
    }
    item = FileChangeItem(id="c", changes=changes, status="in_progress")
    assert started == ItemStarted(thread_id="thread", turn_id="turn", item=item)
    assert begin == PatchApplyBegin(
        call_id="c", turn_id="turn", auto_approved=True, changes=changes
    )
    assert end == PatchApplyEnd(
        call_id="c",
        turn_id="turn",
        stdout="Success. Updated the following files:\nA a\nM b\n",
        stderr="",
        success=True,
        changes=changes,
        status="completed",
    )
    done = FileChangeItem(id="c", changes=changes, status="completed")
    assert completed == ItemCompleted(thread_id="thread", turn_id="turn", item=done)
    assert isinstance(diff, TurnDiff)
    assert diff.unified_diff.startswith("diff --git a/a b/a\nnew file mode 100644\n")


async def test_the_diff_of_a_turn_grows(tmp_path: Path) -> None:
    """A second patch of a file is told together with the first."""
    bench = FileBench(tmp_path)
    await bench.patch("*** Add File: a", "+1")
    await bench.patch("*** Update File: a", "-1", "+2")
    last = bench.told[-1]
    assert isinstance(last, TurnDiff)
    assert last.unified_diff.endswith("--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+2\n")


async def test_a_patch_that_fails_writes_nothing(tmp_path: Path) -> None:
    """One bad hunk at the end: no file changes and clients are told nothing."""
    bench = FileBench(tmp_path)
    bench.put(b="x\n")
    before = bench.files
    hunks = ("*** Add File: a", "+new", "*** Delete File: b", "*** Update File: gone", "-x")
    assert await bench.patch(*hunks) == (
        f"{FAILED}Failed to read file to update {tmp_path / 'gone'}: "
        "No such file or directory (os error 2)"
    )
    assert bench.files == before
    assert bench.told == []


async def test_a_text_that_is_no_patch(tmp_path: Path) -> None:
    """The parser's words, behind the same head."""
    told = await FileBench(tmp_path).patch_raw("sed -i s/a/b/ f")
    assert told == (f"{FAILED}invalid patch: The first line of the patch must be '*** Begin Patch'")


async def test_a_function_call_is_no_patch(tmp_path: Path) -> None:
    """The tool is freeform; the model is told how to call it."""
    told = await FileBench(tmp_path).call(ApplyPatch(), {"input": patch_text()})
    assert told == ("apply_patch takes the text of a patch: call it as a custom tool, without JSON")


async def test_a_long_error_is_cut(tmp_path: Path) -> None:
    """The lines that were not found count against the budget of an output."""
    bench = FileBench(tmp_path)
    bench.put(f="a\n")
    told = await bench.patch("*** Update File: f", *["-long line"] * 10_000)
    assert told.startswith(FAILED)
    assert " tokens truncated\u2026" in told
    assert len(told) < 41_000


async def test_names_for_no_regular_file(tmp_path: Path) -> None:
    """A folder, a pipe, a name too long, a file as a folder: told, and nothing waits."""
    bench = FileBench(tmp_path)
    bench.put(f="a\n")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    reasons = {
        "folder": EISDIR,
        "pipe": ENOTSUP,
        "f/g": ENOTDIR,
        "n" * 300: ENAMETOOLONG,
    }
    for name, number in reasons.items():
        told = await bench.patch(f"*** Add File: {name}", "+x")
        assert told.startswith(f"{FAILED}Failed to write file {tmp_path / name}: ")
        assert told.endswith(f" (os error {number})")


async def test_two_names_of_one_file(tmp_path: Path) -> None:
    """A patch that would write a file twice under two names is refused."""
    bench = FileBench(tmp_path)
    bench.put(f="a\n")
    (tmp_path / "link").symlink_to("f")
    told = await bench.patch("*** Update File: f", "-a", "+b", "*** Update File: link", "-a", "+c")
    assert told.endswith("are the same file; name it in one way in a patch")
    assert bench.files["f"] == "a\n"
    told = await bench.patch("*** Update File: f", "-a", "+b", "*** Update File: ./f", "-b", "+c")
    assert bench.files["f"] == "c\n"


async def test_links_and_modes_stay(tmp_path: Path) -> None:
    """An update goes through a link; a moved program can still be run."""
    bench = FileBench(tmp_path)
    bench.put(f="a\n", run="x\n")
    (tmp_path / "link").symlink_to("f")
    (tmp_path / "run").chmod(0o755)
    await bench.patch("*** Update File: link", "-a", "+b")
    await bench.patch("*** Update File: run", "*** Move to: go", "-x", "+y")
    assert (tmp_path / "link").is_symlink()
    assert bench.files == {"f": "b\n", "go": "y\n", "link": "b\n"}
    assert (tmp_path / "go").stat().st_mode & 0o777 == 0o755


async def test_deleting_a_link_leaves_its_file(tmp_path: Path) -> None:
    """The link goes, what it leads to stays."""
    bench = FileBench(tmp_path)
    bench.put(f="a\n")
    (tmp_path / "link").symlink_to("f")
    assert await bench.patch("*** Delete File: link") == success("D link")
    assert bench.files == {"f": "a\n"}


async def test_an_error_while_writing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was changed before it is named; the item has failed, the diff has what was written."""
    bench = FileBench(tmp_path)
    bench.put(z="x\n")

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "remove", refuse)
    told = await bench.patch("*** Delete File: z", "*** Add File: a", "+new")
    problem = (
        f"Failed to remove file {tmp_path / 'z'}: Permission denied (os error 13)\n"
        f"Changed before that:\n{tmp_path / 'a'}\n"
    )
    assert told == f"Exit code: 1\nWall time: 0 seconds\nOutput:\n{problem}"
    _, _, end, completed, diff = bench.told
    assert isinstance(end, PatchApplyEnd)
    assert (end.success, end.status, end.stdout, end.stderr) == (False, "failed", "", problem)
    assert isinstance(completed, ItemCompleted)
    assert isinstance(completed.item, FileChangeItem)
    assert completed.item.status == "failed"
    assert isinstance(diff, TurnDiff)
    assert "+++ b/a\n" in diff.unified_diff
    assert "a/z" not in diff.unified_diff


def test_the_grammar_has_every_marker() -> None:
    """A model that is held to the grammar can write each kind of hunk; the tool is freeform."""
    assert ApplyPatch.spec["type"] == "custom"
    form = ApplyPatch.spec["format"]
    assert (form["type"], form["syntax"]) == ("grammar", "lark")
    plain = form["definition"].replace("\\*", "*")
    markers = ("Begin Patch", "Add File: ", "Delete File: ", "Update File: ", "Move to: ")
    for marker in (*markers, "End of File", "End Patch"):
        assert f"*** {marker}" in plain
    assert ApplyPatch.parallel is False
