"""Which fixture of an aimock file answers: the conditions, their order, sequences and turns."""

from typing import Any

import pytest

from agent_rehearsal import Stage, kind
from mock_responses import asks, message
from mock_responses.aimock import read_fixtures
from mock_responses.aimock.choosing import choose
from suites.responses.fixture_files import (
    answering,
    assistant,
    call,
    file,
    fixture,
    output,
    read,
    said,
    user,
)

TOOL = {"type": "function", "name": "ls", "parameters": {}}
SCHEMA = {"format": {"type": "json_schema", "name": "n", "schema": {}}}
Case = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]

CASES: dict[str, Case] = {
    "userMessage": (
        {"userMessage": "list"},
        {"input": [user("x"), assistant("y"), user("please li"), user("list it")]},
        {"input": [user("list it"), assistant("y"), user("no")]},
    ),
    "userMessage over parts": (
        {"userMessage": "one two"},
        {
            "input": [
                {"role": "user", "content": [*user("one ")["content"], *user("two")["content"]]}
            ]
        },
        {"input": "one, two"},
    ),
    "userMessage of a plain input": ({"userMessage": "a.c"}, {"input": "a.c"}, {"input": "abc"}),
    "systemMessage": (
        {"systemMessage": ["brief", "kind"]},
        {"instructions": "be brief", "input": [{"role": "developer", "content": "be kind"}]},
        {"instructions": "be brief", "input": "be kind"},
    ),
    "toolCallId": (
        {"toolCallId": "c2"},
        {"input": [user("x"), call("c1"), call("c2"), output("c1"), output("c2")]},
        {"input": [user("x"), call("c2"), output("c2"), user("y")]},
    ),
    "toolCallId of a custom tool": (
        {"toolCallId": "c1"},
        {"input": [{"type": "custom_tool_call_output", "call_id": "c1", "output": "done"}]},
        {"input": [{"type": "custom_tool_call_output", "call_id": "c2", "output": "done"}]},
    ),
    "toolResultContains": (
        {"toolResultContains": "yes"},
        {"input": [user("x"), call("c"), output("c", "oh yes")]},
        {"input": [user("yes"), call("c"), output("c", "no")]},
    ),
    "toolName": ({"toolName": "ls"}, {"tools": [TOOL]}, {"tools": [{**TOOL, "type": "custom"}]}),
    "model": ({"model": "gpt-4o"}, {"model": "gpt-4o"}, {"model": "gpt-4o-mini"}),
    "model with a date": ({"model": "gpt-4o"}, {"model": "gpt-4o-2024-08-06"}, {"model": "gpt-4"}),
    "responseFormat": ({"responseFormat": "json_schema"}, {"text": SCHEMA}, {"text": {}}),
    "hasToolResult": (
        {"hasToolResult": True},
        {"input": [user("x"), call("c"), output("c")]},
        {"input": [user("x"), call("c"), output("c"), user("y")]},
    ),
    "no tool result": (
        {"hasToolResult": False},
        {"input": [user("x"), call("c"), output("c"), user("y")]},
        {"input": [user("x"), call("c"), output("c")]},
    ),
    "several": (
        {"userMessage": "a", "model": "m"},
        {"input": "a", "model": "m"},
        {"input": "a", "model": "n"},
    ),
}
"""Name -> `match`, fields of a request that it means, fields of one that it does not."""


@pytest.mark.parametrize("case", CASES)
async def test_a_condition_holds_as_aimock_reads_it(case: str) -> None:
    """Each field of `match` picks the request it means and no other; all that are set must hold."""
    match, meant, other = CASES[case]
    async with answering(fixture(match, {"content": "chosen"})) as stage:
        assert await said(stage, meant.get("input", "x"), **meant) == "chosen"
        assert await said(stage, other.get("input", "x"), **other) is None


async def test_a_context_is_a_header() -> None:
    """`context` is compared with the header by which aimock's clients name theirs."""
    entries = [fixture({"context": "a"}, {"content": "in a"}), fixture({}, {"content": "outside"})]
    async with answering(*entries) as stage:
        client = stage.responses.openai_client(default_headers={"X-AIMock-Context": "a"})
        inside = await client.responses.create(model="m", input="x")
        assert await said(stage, "x") == "outside"
    assert inside.output_text == "in a"


async def test_the_first_that_fits_answers_again_and_again() -> None:
    """The order of the file decides, however many conditions each has; none is ever used up."""
    entries = [
        fixture({"userMessage": "x"}, {"content": "first"}),
        fixture({"userMessage": "x", "model": "m"}, {"content": "never"}),
        fixture({}, {"content": "otherwise"}),
    ]
    async with answering(*entries) as stage:
        found = [await said(stage, text) for text in ("x", "x", "y", "x")]
    assert found == ["first", "first", "otherwise", "first"]


async def test_files_come_one_after_the_other() -> None:
    """Fixtures of the first file come before those of the second."""
    files = {name: file(fixture({}, {"content": name})) for name in ("b.json", "a.json")}
    async with Stage() as stage:
        rules = read_fixtures(files).reply_on(stage.responses)
        assert await said(stage, "x") == "b.json"
    assert [rule.name for rule in rules] == ["b.json fixtures[0]", "a.json fixtures[0]"]


async def test_a_sequence_counts_its_answers() -> None:
    """`sequenceIndex` n answers the n-th request of those that share the other conditions, wherever
    it stands; then what has no index does.
    """
    entries = [
        fixture({"userMessage": "x", "sequenceIndex": 1}, {"content": "second"}),
        fixture({"userMessage": "y", "sequenceIndex": 0}, {"content": "another"}),
        fixture({"userMessage": "x", "sequenceIndex": 0}, {"content": "first"}),
        fixture({}, {"content": "after"}),
    ]
    async with answering(*entries) as stage:
        found = [await said(stage, text) for text in ("x", "y", "x", "x", "y")]
    assert found == ["first", "another", "second", "after", "after"]


async def test_turns_choose_among_those_that_fit() -> None:
    """`turnIndex` picks the fixture that is nearest to what the assistant has said, not beyond."""
    entries = [fixture({"turnIndex": turn}, {"content": f"turn {turn}"}) for turn in (4, 0, 2)]
    async with answering(*entries) as stage:
        for spoken, expected in enumerate([0, 0, 2, 2, 4, 4]):
            before = [assistant("y")] * spoken
            assert await said(stage, [*before, user("x")]) == f"turn {expected}"


@pytest.mark.parametrize(
    ("given", "turn"),
    [
        ([user("x"), call("a"), call("b"), output("a"), output("b")], 2),
        ([user("x"), output("a"), output("b")], 1),
        ([user("x"), {"type": "item_reference", "id": "i"}, output("a"), output("b")], 1),
        ([user("x"), {"type": "item_reference", "id": "i"}, user("y"), output("a")], 2),
        ([user("x"), {"type": "reasoning", "summary": []}, assistant("y"), 3, None], 1),
    ],
    ids=["calls", "outputs alone", "a reference", "a reference before", "what is no message"],
)
async def test_what_counts_as_a_turn(given: list[Any], turn: int) -> None:
    """Each call is one, and so is what a stored response must have said for its outputs to come."""
    entries = [fixture({"turnIndex": n}, {"content": str(n)}) for n in range(4)]
    async with answering(*entries) as stage:
        assert await said(stage, given) == str(turn)


@pytest.mark.parametrize(
    ("turns", "now", "place"),
    [
        ([], 0, None),
        ([None, None], 3, 0),
        ([None, 0], 0, 0),
        ([0, None], 0, 0),
        ([None, 0], 1, 1),
        ([None, 5], 1, 0),
        ([5, 3, 4], 1, 1),
        ([1, 1, 2], 1, 0),
    ],
)
def test_the_choice_by_turn(turns: list[int | None], now: int, place: int | None) -> None:
    """The furthest turn reached, in its own turn only over what is later in the file; turns ahead
    last.
    """
    assert choose(turns, now) == place


async def test_replies_of_the_test_come_first() -> None:
    """Fixtures answer what no other reply does, not even one without a condition."""
    async with Stage() as stage:
        read(fixture({"userMessage": "x"}, {"content": "of a file"})).reply_on(stage.responses)
        stage.responses.reply(message("of the test"), when=asks("x"))
        stage.responses.reply(message("next"))
        found = [await said(stage, "x") for _ in range(3)]
    assert found == ["of the test", "next", "of a file"]


async def test_a_miss_names_the_fixture_and_what_failed() -> None:
    """The finding and the client's error have the nearest fixture and its conditions."""
    near = fixture({"userMessage": "list", "toolName": "ls", "sequenceIndex": 1}, {"content": "x"})
    async with answering(near) as stage:
        assert await said(stage, "list", tools=[{**TOOL, "name": "cat"}]) is None
    (finding,) = stage.journal.select(kind("finding"))
    text = finding.get("text")
    assert "f.json fixtures[0] when fixture(userMessage='list', toolName='ls')" in text
    assert "toolName='ls': the function tools on offer are cat" in text
    assert "sequenceIndex=1: 0 of its sequence have been given" in text
