"""Cutting texts, keeping outputs, and the text in which the model is told of a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.tools.output import ExecResult, OutputBuffer, exec_text
from codex_core.tools.truncate import estimate_tokens, truncate_middle

HALF = 1 << 19


@pytest.mark.parametrize(("size", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2)])
def test_four_bytes_are_a_token(size: int, tokens: int) -> None:
    """Sizes are rounded up."""
    assert estimate_tokens(size) == tokens


def test_the_middle_goes() -> None:
    """Both ends stay, the mark counts what is gone."""
    assert truncate_middle("a" * 8 + "b" * 8, 2) == "aaaa\u20262 tokens truncated\u2026bbbb"
    assert truncate_middle("abc", 0) == "\u20261 tokens truncated\u2026"


def test_the_measured_example() -> None:
    """`seq 1 100000` within 10000 tokens loses 137224, as the reference client reports."""
    text = "".join(f"{number}\n" for number in range(1, 100_001))
    assert "\u2026137224 tokens truncated\u2026" in truncate_middle(text, 10_000)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(0, 12))
def test_cutting_keeps_characters_whole(text: str, tokens: int) -> None:
    """What fits is untouched; else a beginning and an end of the text stay, within the budget."""
    cut = truncate_middle(text, tokens)
    if len(text.encode()) <= tokens * 4:
        assert cut == text
        return
    mark = f"\u2026{estimate_tokens(len(text.encode()) - tokens * 4)} tokens truncated\u2026"
    kept = next(
        (text[:i], text[len(text) - j :])
        for i in range(len(text) + 1)
        for j in range(len(text) + 1)
        if text[:i] + mark + text[len(text) - j :] == cut
    )
    assert len("".join(kept).encode()) <= tokens * 4


def buffered(*chunks: bytes) -> OutputBuffer:
    buffer = OutputBuffer()
    for chunk in chunks:
        buffer.add(chunk)
    return buffer


@given(st.lists(st.binary(max_size=10), max_size=10))
def test_a_small_output_is_kept_whole(chunks: list[bytes]) -> None:
    """Below the limit nothing is lost, whatever the chunks."""
    buffer = buffered(*chunks)
    assert buffer.text == b"".join(chunks).decode(errors="replace")
    assert buffer.size == sum(map(len, chunks))


def test_a_huge_output_keeps_its_ends() -> None:
    """Memory is bounded; the gap is marked, the size is the real one."""
    buffer = buffered(b"a" * HALF, b"x" * 4000, b"b" * (HALF - 1), b"c")
    assert buffer.size == 2 * HALF + 4000
    text = buffer.text
    assert text.startswith("a" * 100)
    assert text.endswith("bc")
    assert "\u20261000 tokens truncated\u2026" in text
    assert "x" not in text


def result_of(output: bytes, *, exit_code: int | None) -> ExecResult:
    return ExecResult(
        chunk_id="abc123",
        wall_time=0.25,
        session_id=1000,
        exit_code=exit_code,
        output=buffered(output),
    )


def told(output: bytes, tokens: int) -> str:
    return exec_text(result_of(output, exit_code=3), tokens=tokens)


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([], 0),
        ([b""], 0),
        ([b"one\n"], 1),
        ([b"one", b"\ntwo"], 2),
        ([b"a\n" * HALF, b"x", b"", b"b\n" * HALF], 2 * HALF),
    ],
)
def test_lines_are_counted_as_they_were_written(chunks: list[bytes], lines: int) -> None:
    """Those that were dropped too, and one that has no end yet."""
    assert buffered(*chunks).lines == lines


def test_the_text_of_a_command() -> None:
    """The layout that the reference client uses."""
    assert told(b"hi\n", 100) == (
        "Chunk ID: abc123\nWall time: 0.2500 seconds\nProcess exited with code 3\n"
        "Original token count: 1\nOutput:\nhi\n"
    )


def test_the_text_of_a_command_that_runs() -> None:
    """In place of the exit code it has the number to ask for."""
    text = exec_text(result_of(b"", exit_code=None), tokens=100)
    assert text.splitlines()[2] == "Process running with session ID 1000"


def test_a_cut_output_says_so() -> None:
    """A warning with the counts stands before what is left."""
    text = told(b"line\n" * 10, 2)
    assert text.split("Output:\n")[1] == (
        "Warning: truncated output (original token count: 13)\nTotal output lines: 10\n\n"
        "line\u202611 tokens truncated\u2026ine\n"
    )
