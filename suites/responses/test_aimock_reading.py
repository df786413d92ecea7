"""Reading fixture files of aimock: what is wrong is refused by name, what has no place is told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_responses.aimock import FixtureError, Problem, read_fixtures
from suites.responses.fixture_files import SAYS, fixture, problems, read

ANY = {"userMessage": "x"}
WRONG: dict[str, tuple[Any, str, str, str]] = {
    "an unknown field": (
        fixture(ANY, {"contents": "x"}),
        "response",
        "there is no field `contents`",
        "did you mean `content`?",
    ),
    "a field of another name": (
        fixture(ANY, {"text": "x"}),
        "response",
        "there is no field `text`",
        "aimock 1.43 knows content, toolCalls, blocks,",
    ),
    "an unknown condition": (
        fixture({"usermessage": "x"}, SAYS),
        "match",
        "there is no field `usermessage`",
        "did you mean `userMessage`?",
    ),
    "an unknown field of a call": (
        fixture(ANY, {"toolCalls": [{"name": "f", "arguments": {}, "args": {}}]}),
        "response.toolCalls[0]",
        "there is no field `args`",
        "aimock 1.43 knows name, arguments, id",
    ),
    "a wrong type": (
        fixture({"userMessage": 3}, SAYS),
        "match.userMessage",
        "expected `str`, got `int`",
        "correct it",
    ),
    "no match": ({"response": SAYS}, "", "missing required field `match`", "correct it"),
    "no object": ([], "", "expected `object`, got `array`", "correct it"),
    "an empty list of texts": (
        fixture({"systemMessage": []}, SAYS),
        "match.systemMessage",
        "expected `array` of length >= 1",
        "correct it",
    ),
    "a status that is none": (
        fixture(ANY, {"error": {"message": "x"}, "status": 99}),
        "response.status",
        "expected `int` >= 200",
        "correct it",
    ),
    "nothing to say": (
        fixture(ANY, {"reasoning": "x"}),
        "response",
        "it says nothing",
        "give it one of content, toolCalls, blocks, error",
    ),
    "no block": (fixture(ANY, {"blocks": []}), "response", "it says nothing", "give it one of"),
    "an error and a text": (
        fixture(ANY, {"content": "x", "error": {"message": "x"}}),
        "response",
        "it has content and error",
        "keep the one that is meant",
    ),
    "an unknown end": (
        fixture(ANY, SAYS | {"finishReason": "done"}),
        "response.finishReason",
        "'done' is not known",
        "expected one of stop, tool_calls, completed, length, content_filter",
    ),
    "a fault by chance": (
        fixture(ANY, SAYS, chaos={"dropRate": 0.5}),
        "chaos.dropRate",
        "a fault by chance (0.5) cannot be repeated",
        "a scenario with reply(message('...', cut()))",
    ),
    "half a token": (
        fixture(ANY, SAYS | {"usage": {"input_tokens": 0.5}}),
        "response",
        "no reply can say this: usage(): input_tokens is 0.5",
        "correct it",
    ),
    "tokens in no object": (
        fixture(ANY, SAYS | {"usage": {"prompt_tokens_details": 3}}),
        "response",
        "no reply can say this",
        "correct it",
    ),
    "a pause before time": (
        fixture(ANY, SAYS, latency=-1),
        "latency",
        "expected `float` >= 0.0",
        "correct it",
    ),
}
"""What is wrong -> the fixture, the field that is named, what is told, the remedy."""

LEFT_OUT: dict[str, tuple[Any, str, str]] = {
    "an embedding": (
        fixture({"inputText": "x"}, {"embedding": [0.1]}),
        "match.inputText",
        "it is for embeddings",
    ),
    "another endpoint": (
        fixture({"endpoint": "image"}, {"image": {"url": "u"}}),
        "match.endpoint",
        "it is for 'image'",
    ),
    "an answer of another API": (
        fixture(ANY, {"audio": "AAAA"}),
        "response.audio",
        "it answers another API",
    ),
}
"""What cannot be an answer here -> the fixture, the field, what is told; it is not served."""

NEEDLESS: dict[str, tuple[Any, str]] = {
    "recorded hashes": (fixture(ANY, SAYS, metadata={"systemHash": "1"}), "metadata"),
    "a fingerprint": (
        fixture(ANY, SAYS | {"systemFingerprint": "f"}),
        "response.systemFingerprint",
    ),
    "a failover": (
        fixture(ANY, {"error": {"message": "x", "metadata": {}}}),
        "response.error.metadata",
    ),
    "a price": (fixture(ANY, SAYS | {"usage": {"cost": 1}}), "response.usage.cost"),
    "a pace that varies": (
        fixture(ANY, SAYS, streamingProfile={"tps": 9, "jitter": 0.5}),
        "streamingProfile.jitter",
    ),
    "a text said twice": (
        fixture(ANY, SAYS | {"blocks": [{"type": "text", "text": "hi"}]}),
        "response.blocks",
    ),
}
"""What changes nothing -> the fixture, the field; it is served without that."""


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_converted_is_named(case: str) -> None:
    """File, fixture, field, reason and remedy: all are in the one line that is told."""
    wrong, field, what, remedy = WRONG[case]
    (problem,) = problems(fixture(ANY, SAYS), wrong)
    assert (problem.file, problem.index, problem.field) == ("f.json", 1, field)
    assert what in problem.what
    assert remedy in problem.remedy
    place = f"f.json: fixtures[1]{field and '.'}{field}: "
    assert str(problem).startswith(place + problem.what)


def test_every_problem_of_every_file_is_told() -> None:
    """One run tells all: nobody mends a file by one error at a time."""
    files = {
        "a.json": b'{"fixtures": [{}, {"match": {}, "response": {}}]}',
        "b.json": b"[]",
        "c.json": b"{",
    }
    with pytest.raises(FixtureError) as caught:
        read_fixtures(files)
    assert [(p.file, p.index) for p in caught.value.problems] == [
        ("a.json", 0),
        ("a.json", 1),
        ("b.json", None),
        ("c.json", None),
    ]
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    assert 'b.json: no list `fixtures`; expected {"fixtures": [' in str(caught.value)


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_is_for_another_api_is_left_out_and_told(case: str) -> None:
    """The fixture is not served, the others are."""
    entry, field, what = LEFT_OUT[case]
    found = read(fixture(ANY, SAYS), entry)
    assert len(found) == 1
    assert field in {problem.field for problem in found.left_out}
    assert what in {problem.what for problem in found.left_out}
    assert {problem.index for problem in found.left_out} == {1}


@pytest.mark.parametrize("case", NEEDLESS)
def test_what_changes_nothing_is_told(case: str) -> None:
    """The fixture is served, and the field that has no effect is named."""
    entry, field = NEEDLESS[case]
    found = read(entry)
    assert len(found) == 1
    assert [problem.field for problem in found.left_out] == [field]


def test_a_clean_file_has_nothing_to_tell() -> None:
    """No notice for what is converted whole."""
    timing = {"latency": 1, "chunkSize": 3, "chaos": {"dropRate": 0}, "truncateAfterChunks": 2}
    assert read(fixture(ANY, SAYS, **timing)).left_out == ()


def test_more_than_fixtures_in_a_file_is_told() -> None:
    """A key beside `fixtures` is named."""
    found = read_fixtures({"f.json": json.dumps({"fixtures": [], "note": 1}).encode()})
    (problem,) = found.left_out
    assert problem == Problem(
        file="f.json",
        index=None,
        field="note",
        what="it is not part of the format",
        remedy="it is not read",
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
OBJECTS = ("match", "response", "chaos", "streamingProfile", "recordedTimings")
NAMES = st.sampled_from(
    ["userMessage", "sequenceIndex", "content", "toolCalls", "usage", "error", "status", "tps"]
)
ENTRIES = st.dictionaries(
    st.sampled_from([*OBJECTS, "latency", "chunkSize"]),
    st.dictionaries(NAMES, VALUES, max_size=4) | VALUES,
)


@given(
    st.binary()
    | st.lists(ENTRIES | VALUES, max_size=3).map(
        lambda entries: json.dumps({"fixtures": entries}).encode()
    )
)
def test_any_file_is_read_or_refused(content: bytes) -> None:
    """Whatever a file holds, the answer is fixtures, or problems that name it."""
    found: list[Problem] = []
    try:
        found.extend(read_fixtures({"f.json": content}).left_out)
    except FixtureError as error:
        found.extend(error.problems)
    assert {problem.file for problem in found} <= {"f.json"}
