"""Patches that a model writes as shell commands."""

from pathlib import Path

import pytest

from codex_core.tools.shell_patches import PatchCommand, ShellPatches, patch_command
from suites.core.fakes import DEEP, WaitingTool
from suites.core.patching import FileBench, patch_text, success

PATCH = patch_text("*** Add File: a", "+new")
HEAD = "Wall time: 0.0000 seconds\nOutput:\n"


class Bench(FileBench):
    """A shell that never ends by itself, behind the tool."""

    def __init__(self, cwd: Path, *, sandbox_mode: str = "danger-full-access") -> None:
        super().__init__(cwd, sandbox_mode=sandbox_mode)
        self.shell = WaitingTool("exec_command", parallel=True)
        self.shell.gate("c").set()
        self.tool = ShellPatches(self.shell)


COMMANDS = {
    "plain": (f"apply_patch <<EOF\n{PATCH}\nEOF", ""),
    "quoted": (f"apply_patch <<'PATCH'\n{PATCH}\nPATCH\n", ""),
    "another name": (f'  applypatch <<"EOF"\n{PATCH}\nEOF', ""),
    "in a folder": (f"cd sub && apply_patch <<'EOF'\n{PATCH}\nEOF", "sub"),
    "in a quoted folder": (f"cd 'a b' && apply_patch <<'EOF'\n{PATCH}\nEOF", "a b"),
}


@pytest.mark.parametrize("way", COMMANDS)
def test_a_command_that_is_a_patch(way: str) -> None:
    """Its text and its folder."""
    line, folder = COMMANDS[way]
    assert patch_command(line) == PatchCommand(patch=PATCH, folder=folder)


@pytest.mark.parametrize(
    "line",
    [
        "ls",
        "apply_patch",
        "apply_patch patch.txt",
        f"apply_patch <<EOF\n{PATCH}",
        f"apply_patch <<'EOF\n{PATCH}\nEOF",
        f"cat <<EOF\n{PATCH}\nEOF",
        f"make && apply_patch <<EOF\n{PATCH}\nEOF",
        f"cd $HOME && apply_patch <<EOF\n{PATCH}\nEOF",
        f"cd ~ && apply_patch <<EOF\n{PATCH}\nEOF",
        f"apply_patch <<EOF\n{PATCH}\nEOF\nrm -r .",
    ],
)
def test_a_command_that_is_none(line: str) -> None:
    """Anything beside the patch leaves the whole line to the shell."""
    assert patch_command(line) is None


async def test_the_patch_is_applied_and_no_shell_started(tmp_path: Path) -> None:
    """Paths start at the folder of the call and of the command."""
    bench = Bench(tmp_path)
    command = {"cmd": f"cd inner && apply_patch <<'EOF'\n{PATCH}\nEOF", "workdir": "sub"}
    assert await bench.call(bench.tool, command) == HEAD + success("A a")
    assert bench.files == {"sub/inner/a": "new\n"}
    assert bench.shell.started == []


async def test_a_bad_patch_is_told(tmp_path: Path) -> None:
    """In the same head as a good one."""
    bench = Bench(tmp_path)
    told = await bench.call(bench.tool, {"cmd": "apply_patch <<EOF\nnothing\nEOF"})
    assert told == (
        f"{HEAD}apply_patch verification failed: "
        "invalid patch: The first line of the patch must be '*** Begin Patch'"
    )


async def test_a_folder_does_not_widen_what_may_be_written(tmp_path: Path) -> None:
    """The working folder is the thread's, wherever the command goes first."""
    (tmp_path / "work").mkdir()
    bench = Bench(tmp_path / "work", sandbox_mode="workspace-write")
    told = await bench.call(bench.tool, {"cmd": f"cd .. && apply_patch <<EOF\n{PATCH}\nEOF"})
    assert isinstance(told, str)
    assert "is outside of the folders whose files may be changed" in told
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("arguments", ['{"cmd": "ls"}', "{", '{"cmd": 1}', DEEP])
async def test_everything_else_is_the_shells(tmp_path: Path, arguments: str) -> None:
    """Commands and bad arguments alike."""
    bench = Bench(tmp_path)
    assert await bench.call(bench.tool, arguments) == "answer to c"
    assert bench.shell.started == ["c"]


def test_the_model_sees_the_shell(tmp_path: Path) -> None:
    """Name, specification and place at the gate are those of the tool behind."""
    bench = Bench(tmp_path)
    assert (bench.tool.name, bench.tool.spec) == (bench.shell.name, bench.shell.spec)
    assert bench.tool.parallel is True
