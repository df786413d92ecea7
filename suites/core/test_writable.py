"""Where a patch may write, by sandbox mode; links do not lead out."""

from pathlib import Path

import pytest

from codex_core.protocol.policy import SANDBOX_MODES
from codex_core.tools.writable import PROTECTED, refusal
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
    assert told.endswith(f"is outside the working folder {cwd}; change files inside only")
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


@pytest.mark.parametrize("mode", ["read-only", "no such mode"])
async def test_a_mode_that_lets_nothing_be_written(cwd: Path, mode: str) -> None:
    """Read-only says so; a mode without a rule is as strict."""
    bench = FileBench(cwd, sandbox_mode=mode)
    told = await bench.patch("*** Add File: a", "+x")
    assert told == (
        f"{FAILED}{cwd / 'a'} may not be changed: the sandbox mode lets nothing be written"
    )
    assert bench.files == {}


def test_every_mode_has_a_rule(cwd: Path) -> None:
    """Exactly one of the modes lets a file outside be written, two let one inside."""
    outside, inside = str(cwd.parent / "secret"), str(cwd / "a")
    assert [m for m in SANDBOX_MODES if refusal(outside, cwd, m) is None] == [FREE]
    assert [m for m in SANDBOX_MODES if refusal(inside, cwd, m) is None] == [CAREFUL, FREE]
