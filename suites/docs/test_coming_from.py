"""The page for those who come from other libraries: every test of ours on it passes."""

import inspect
from typing import Any

import pytest

from mock_responses import MockResponses
from suites.docs.pages import blocks, read

PAGE = "coming-from.md"
BLOCKS = {code.partition("async def ")[2].partition("(")[0]: code for code in blocks(read(PAGE))}
"""The name of the test in a block -> the block."""


def test_the_page_has_its_tests() -> None:
    """No block is lost on the way to the test that runs it."""
    assert list(BLOCKS) == [
        "test_answer",
        "test_rules",
        "test_an_answer_to_what_was_asked",
        "test_with_fixtures",
        "test_without_fixtures",
    ]


@pytest.mark.parametrize("name", BLOCKS)
async def test_a_block_runs_as_it_stands(name: str, responses: MockResponses) -> None:
    """A reader can take the block, and the test in it passes on the fixture."""
    space: dict[str, Any] = {}
    exec(compile(BLOCKS[name], f"{PAGE}: {name}", "exec"), space)
    test = space[name]
    assert list(inspect.signature(test).parameters) == ["responses"]
    await test(responses)
