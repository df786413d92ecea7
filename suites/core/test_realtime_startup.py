"""What a realtime session is told of the work so far: sections, budgets, and what is left out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.realtime.budget import cut_middle, tokens
from codex_core.realtime.startup.context import Work, startup_context
from codex_core.realtime.startup.current_thread import SpokenTurn, current_thread
from codex_core.realtime.startup.recent_work import RecentThread, recent_work
from codex_core.realtime.startup.workspace_map import workspace_map

NOWHERE = Path("/no/such/folder")


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_a_cut_text_fits(text: str, most: int) -> None:
    """With the mark that tells of the cut; what fits as it is stays as it is."""
    cut = cut_middle(text, most)
    assert tokens(cut) <= most
    assert (cut == text) is (tokens(text) <= most)


@pytest.mark.parametrize(
    ("text", "head", "gone", "tail"),
    [
        ("y" * 9_000, 1_986, 1_257, 1_986),
        ("é" * 3_000 + "end", 993, 508, 994),
        ("€" * 2_000, 662, 506, 662),
    ],
)
def test_a_text_is_cut_in_its_middle_by_tokens(text: str, head: int, gone: int, tail: int) -> None:
    """No character is cut in two; the mark counts what is over the room of both ends."""
    cut = cut_middle(text, 1_000)
    assert cut == f"{text[:head]}…{gone} tokens truncated…{text[-tail:]}"


def test_turns_are_told_the_newest_first_until_the_budget_is_used_up() -> None:
    """Each is cut to its share, and the oldest fall out."""
    turns = [SpokenTurn(user=f"wish {n} " + "x" * 3000, assistant=("y" * 3000,)) for n in range(8)]
    told = current_thread(turns)
    assert tokens(told) <= 1_200
    headings = [line for line in told.splitlines() if line.startswith("### ")]
    assert headings[:2] == ["### Latest turn", "### Previous turn 1"]
    assert len(headings) < len(turns)
    parts = told.split("### ")[1:]
    assert all(tokens(f"### {part}") <= 301 for part in parts)
    assert "wish 7" in parts[0]


@given(st.lists(st.text(min_size=1, max_size=4000), max_size=8))
def test_the_section_of_the_thread_keeps_its_budget(texts: list[str]) -> None:
    """Whatever was said."""
    told = current_thread(SpokenTurn(user=text, assistant=(text,)) for text in texts)
    assert tokens(told) <= 1_200
    assert bool(told) is bool(texts)


def thread(cwd: str, asked: str, at: float, **fields: object) -> RecentThread:
    return RecentThread(cwd=Path(cwd), asked=asked, updated_at=at, **fields)  # type: ignore[arg-type]


def test_threads_are_told_by_repository_else_by_folder() -> None:
    """The current place first, then the newest; the asks on one line, shortened, each once."""
    repo = Path("/r")
    told = recent_work(
        [
            thread("/r/a", "fix\n  it", 10, git_root=repo, branch="main"),
            thread("/r/a", "fix it", 5, git_root=repo),
            thread("/d", "x" * 300, 99),
            thread("/e", "  ", 100),
        ],
        current=repo,
    )
    assert told.splitlines()[:9] == [
        "## Recent Work",
        "### Git repo: /r",
        "Recent sessions: 2",
        "Latest activity: 1970-01-01T00:00:10Z",
        "Latest branch: main",
        "",
        "User asks:",
        "- /r/a: fix it",
        "",
    ]
    assert f"- /d: {'x' * 237}...\n" in f"{told}\n"
    assert "/e" not in told


def test_the_map_of_the_workspace(tmp_path: Path) -> None:
    """Folders first, two deep, without what is hidden or made; what is too much is counted."""
    for name in ("src/inner/deep", ".hidden", "node_modules/x"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("README.md", ".env", "src/main.py"):
        (tmp_path / name).write_text("x")
    told = workspace_map(tmp_path, None)
    assert told.endswith("Working directory tree:\n- src/\n  - inner/\n  - main.py\n- README.md")
    for number in range(30):
        (tmp_path / f"f{number:02}").write_text("x")
    assert told != workspace_map(tmp_path, None)
    assert workspace_map(tmp_path, None).endswith("- ... 12 more entries")


def test_a_place_with_nothing_in_it_has_no_section(tmp_path: Path) -> None:
    """Unless it is a repository, or the home has something in it."""
    (tmp_path / "cwd").mkdir()
    (tmp_path / "home").mkdir()
    assert workspace_map(tmp_path / "cwd", tmp_path / "home") == ""
    assert startup_context(Work(cwd=tmp_path / "cwd")) == ""
    (tmp_path / "home" / "notes").write_text("x")
    told = workspace_map(tmp_path / "cwd", tmp_path / "home")
    assert told.endswith("User root tree:\n- notes")
    (tmp_path / "cwd" / ".git").mkdir()
    assert f"Git root: {tmp_path / 'cwd'}" in workspace_map(tmp_path / "cwd", None)


def test_the_parts_of_the_whole() -> None:
    """A header, the sections that there are, the notes; in one tag."""
    turns = (SpokenTurn(user="hello"),)
    told = startup_context(Work(cwd=NOWHERE, turns=turns))
    assert told.startswith("<startup_context>\nStartup context from Codex.\n")
    assert [line for line in told.splitlines() if line.startswith("## ")] == [
        "## Current Thread",
        "## Notes",
    ]
    assert told.endswith("\n</startup_context>")
