"""Where a patch may write, by sandbox mode; links do not lead out."""

from pathlib import Path

import pytest

from codex_core.tools.sandbox import PROTECTED, Sandbox
from codex_core.tools.writable import refusal
from suites.core.patching import FREE, FileBench, success

FAILED = "apply_patch verification failed: "
CAREFUL = "workspace-write"


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    """A working folder beside a file that is not in it."""
    (tmp_path / "secret").write_bytes(b"x\n")
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


async def test_paths_inside_may_be_written(cwd: Path) -> None:
    """Relative or absolute, with steps up and down again."""
    bench = FileBench(cwd, sandbox_mode=CAREFUL)
    names = ("a", "sub/../b", str(cwd / "c"), "..d")
    for name in names:
        assert await bench.patch(f"*** Add File: {name}", "+x") == success(f"A {name}")
    assert list(bench.files) == ["..d", "a", "b", "c"]


@pytest.mark.parametrize("way", ["relative", "absolute", "linked folder", "linked file", "moved"])
async def test_paths_outside_are_refused(cwd: Path, way: str) -> None:
    """Whichever way leads there, nothing outside changes and the path is named."""
    secret = cwd.parent / "secret"
    (cwd / "up").symlink_to("..")
    (cwd / "link").symlink_to("../secret")
    (cwd / "own").write_bytes(b"x\n")
    name = {"relative": "../secret", "absolute": str(secret), "linked folder": "up/secret"}.get(
        way, "link" if way == "linked file" else "../moved"
    )
    bench = FileBench(cwd, sandbox_mode=CAREFUL)
    hunks = ["*** Update File: own", f"*** Move to: {name}"] if way == "moved" else []
    told = await bench.patch(*(hunks or [f"*** Update File: {name}"]), "-x", "+y")
    assert told.startswith(FAILED)
    assert told.endswith(f"is outside of the folders whose files may be changed: {cwd}")
    assert secret.read_bytes() == b"x\n"
    assert sorted(path.name for path in cwd.parent.iterdir()) == ["secret", "work"]
    assert bench.told == []


async def test_full_access_may_write_anywhere(cwd: Path) -> None:
    """Without a sandbox a path outside is a path like any other."""
    bench = FileBench(cwd, sandbox_mode=FREE)
    told = await bench.patch("*** Update File: ../secret", "-x", "+y")
    assert told == success("M ../secret")
    assert (cwd.parent / "secret").read_bytes() == b"y\n"


@pytest.mark.parametrize("folder", sorted(PROTECTED))
async def test_folders_that_stay(cwd: Path, folder: str) -> None:
    """What decides over the agent itself is not the agent's to change."""
    bench = FileBench(cwd, sandbox_mode=CAREFUL)
    told = await bench.patch(f"*** Add File: {folder}/hooks/x", "+x")
    assert told.endswith(f"is in {folder}, which may not be changed")
    assert bench.files == {}


async def test_a_mode_that_lets_nothing_be_written(cwd: Path) -> None:
    """Read-only says so."""
    bench = FileBench(cwd, sandbox_mode="read-only")
    told = await bench.patch("*** Add File: a", "+x")
    assert told == (
        f"{FAILED}{cwd / 'a'} may not be changed: the sandbox mode lets nothing be written"
    )
    assert bench.files == {}


def test_a_patch_may_write_where_commands_may(cwd: Path) -> None:
    """In every writable folder, its links followed; nowhere else; never in what is protected."""
    more = cwd.parent / "more"
    more.mkdir()
    (cwd / "link").symlink_to(more)
    (cwd / ".git").symlink_to(more / "repository")
    sandbox = Sandbox(writable=(cwd, more), protected=(cwd / ".git",))
    allowed = (cwd / "a", more / "b", cwd / "link" / "c", cwd / "sub" / ".git" / "d")
    refused = (cwd.parent / "e", cwd / ".git" / "f", cwd / ".GIT" / "g", more / "repository" / "h")
    assert [path for path in allowed if refusal(str(path), sandbox)] == []
    assert [path for path in refused if not refusal(str(path), sandbox)] == []


def test_a_context_without_a_sandbox_of_its_own_writes_nothing(cwd: Path) -> None:
    """What is not said is not allowed; no sandbox has to be said."""
    assert refusal(str(cwd / "a"), Sandbox())
    assert refusal(str(cwd.parent / "secret"), None) is None
