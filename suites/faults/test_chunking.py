"""Any chunking of a valid stream over a real socket gives the same events and requests."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st

from agent_rehearsal import Journal, Stage, fragment, source
from mock_responses import chunks, message, reasoning, shell_call

TEXT = "naïve 漢字 \U0001f3ad and a line\nbreak"
SIZES = st.lists(st.integers(1, 300), min_size=1, max_size=6)


async def play(folder: Path, *marks: Any) -> Stage:
    """Two turns, one with a tool; returns the stage, left, with all that was recorded on it."""
    async with Stage() as stage:
        reply = stage.responses.reply
        reply(*marks, reasoning([*chunks(TEXT, 5)]), message(*chunks(TEXT, 7)))
        reply(*marks, message("I look."), shell_call("c1", "ls"))
        reply(*marks, message("Done."))
        thread = await stage.codex(folder, commands={"ls": f"{TEXT}\n"}).start()
        await thread.run("first")
        await thread.run("second")
    return stage


def told(journal: Journal) -> list[str]:
    """The agent's events as they were recorded, sorted: what a command says may come any time."""
    return sorted(entry.raw.decode() for entry in journal.select(source("agent")))


def in_order(journal: Journal) -> list[str]:
    """The events that come from the stream alone, in their order."""
    return [
        entry.raw.decode()
        for entry in journal.select(source("agent"))
        if not str(entry.type).startswith("exec_command_") and entry.type != "token_count"
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Stage]:
    """The folder of all, and what is to come of them."""
    folder = tmp_path_factory.mktemp("work")
    return folder, await play(folder)


@given(sizes=SIZES)
@example(sizes=[1])
async def test_any_chunking_of_a_valid_stream_gives_the_same_events(
    played: tuple[Path, Stage], sizes: list[int]
) -> None:
    """Pieces of any sizes, through the middle of characters, lines and events."""
    folder, whole = played
    cut_up = await play(folder, fragment(sizes))
    assert told(cut_up.journal) == told(whole.journal)
    assert in_order(cut_up.journal) == in_order(whole.journal)
    assert [r.json for r in cut_up.responses.requests] == [r.json for r in whole.responses.requests]
