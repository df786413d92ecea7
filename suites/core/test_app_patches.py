"""How the command line tells of a patch: as JSON lines and as text."""

import io
from pathlib import Path

from codex_core import Event
from codex_core.app.json_lines import JsonLines
from codex_core.app.plain import PlainText
from suites.core.patching import FileBench


async def patched(folder: Path) -> list[Event]:
    """The events of a patch that changes one file and adds another."""
    bench = FileBench(folder)
    bench.put(b="x\n")
    await bench.patch("*** Add File: a", "+new", "*** Update File: b", "-x", "+y")
    return [Event(id="turn", msg=msg) for msg in bench.told]


async def test_a_patch_is_one_item_that_starts_and_completes(tmp_path: Path) -> None:
    """The lines of the reference client: paths and kinds, no contents."""
    translation = JsonLines()
    lines = [line for event in await patched(tmp_path) for line in translation.lines(event)]
    changes = [
        {"path": str(tmp_path / "a"), "kind": "add"},
        {"path": str(tmp_path / "b"), "kind": "update"},
    ]
    item = {"id": "item_0", "type": "file_change", "changes": changes}
    assert lines == [
        {"type": "item.started", "item": {**item, "status": "in_progress"}},
        {"type": "item.completed", "item": {**item, "status": "completed"}},
    ]


async def test_a_patch_as_text(tmp_path: Path) -> None:
    """The files, as the model is told of them, for the eye only."""
    progress, result = io.StringIO(), io.StringIO()
    plain = PlainText(progress=progress, result=result)
    for event in await patched(tmp_path):
        plain.tell(event)
    assert progress.getvalue() == "Success. Updated the following files:\nA a\nM b\n"
    assert result.getvalue() == ""
