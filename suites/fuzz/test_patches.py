"""Patches over random files: a right one gives exactly the new text, any other is refused whole."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codex_core.tools.patch.contents import Content, NoText
from codex_core.tools.patch.errors import PatchError
from codex_core.tools.patch.parser import parse_patch
from codex_core.tools.patch.plan import plan_patch
from suites.core.edits import Edit, edits, patch_of
from suites.core.patching import FileBench
from suites.fuzz.share import fuzzed_tenth

FILES: dict[str, Content] = {
    "f": "a\nb\n\na\n}\n",
    "g": "a\r\nb",
    "d": NoText(kind="blocked", reason="Is a directory"),
    "p": NoText(kind="binary", reason="it is not UTF-8 text"),
}
MARKS = [
    *("*** Begin Patch", "*** End Patch", "*** End of File", "*** Move to: g", "*** Move to: d"),
    *("*** Add File: n", "*** Add File: f/n", "*** Add File: ../n", "*** Add File: /", "*** "),
    *("*** Delete File: f", "*** Delete File: g", "*** Update File: f", "*** Update File: g"),
    *("*** Update File: p", "*** Update File: .", "*** Update File: \0", "<<EOF", "EOF", "\ud800"),
    *("@@", "@@ a", " a", "-a", "+a", " ", "-", "+", "", " b", "-b", " }", "\r", "x"),
]
WILD = st.lists(st.sampled_from(MARKS) | st.text(max_size=5), max_size=12).map("\n".join)


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A good patch with some of its lines lost, doubled or replaced."""
    lines: list[str] = []
    for line in patch_of(draw(edits())).split("\n"):
        match draw(st.sampled_from("kkkkkkldr")):
            case "k":
                lines.append(line)
            case "d":
                lines += [line, line]
            case "r":
                lines.append(draw(st.sampled_from(MARKS)))
    return "\n".join(lines)


def framed(text: str) -> str:
    return f"*** Begin Patch\n{text}\n*** End Patch"


@fuzzed_tenth
@given(edits())
def test_a_patch_gives_exactly_the_new_text(edit: Edit) -> None:
    """Whatever the lines and line breaks of the file are; the result has LF."""
    assume(edit.old != edit.new)
    plan = plan_patch(parse_patch(patch_of(edit)), {"f": edit.before})
    assert plan.texts == {"f": edit.after}


@fuzzed_tenth
@given(edits(), edits())
def test_two_updates_of_one_patch_add_up(first: Edit, second: Edit) -> None:
    """Each hunk of a patch is applied to what those before it left, in any two files."""
    assume(first.old != first.new)
    assume(second.old != second.new)
    ours = patch_of(first, "f").removesuffix("\n*** End Patch")
    theirs = patch_of(second, "g").removeprefix("*** Begin Patch\n")
    back = Edit(first.after, first.new, first.old)
    again = patch_of(back, "f").split("\n")[1:-1]
    hunks = parse_patch("\n".join([ours, *again, theirs]))
    plan = plan_patch(hunks, {"f": first.before, "g": second.before})
    assert plan.texts == {"f": back.after, "g": second.after}


@fuzzed_tenth
@given(st.one_of(WILD, WILD.map(framed), broken()))
def test_any_text_is_a_plan_or_a_patch_error(text: str) -> None:
    """Nothing else is ever raised, whatever a model writes."""
    try:
        plan = plan_patch(parse_patch(text), FILES)
    except PatchError:
        return
    assert all(plan.texts[path] is not None for path in plan.moves)
    assert all(line[:2] in ("A ", "M ", "D ") for line in plan.summary)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a link that leads out of it, for all the examples of a test."""
    made = tmp_path_factory.mktemp("patches") / "work"
    (made / "d").mkdir(parents=True)
    (made / "out").symlink_to("..")
    return made


@fuzzed_tenth
@given(text=st.one_of(WILD.map(framed), broken()), data=st.data())
def test_a_patch_that_is_refused_writes_nothing(
    folder: Path, text: str, data: st.DataObject
) -> None:
    """On real files: applied as told, or refused and nothing touched, also outside the folder."""
    for path in (path for path in folder.rglob("*") if path.is_file()):
        path.unlink()
    bench = FileBench(folder, sandbox_mode="workspace-write")
    bench.put(f=data.draw(edits()).before, g="a\r\nb")
    before = bench.files
    told = asyncio.run(bench.patch_raw(text.replace("\ud800", "")))
    if told.startswith("apply_patch verification failed: "):
        assert bench.files == before
        assert bench.told == []
    else:
        assert told.startswith("Exit code: 0\n")
        assert bench.types[-1] == "turn_diff"
    assert [path.name for path in folder.parent.iterdir()] == ["work"]
