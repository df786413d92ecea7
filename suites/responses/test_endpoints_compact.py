"""`POST /v1/responses/compact` and `POST /v1/memories/trace_summarize`: computed or by rule."""

import json
from typing import Any

import pytest

from agent_rehearsal import Conversation, Stage, Violation, carries, kind, path
from mock_responses import compaction, memory, message, status, text_delta
from suites.wire.raw_client import ask, connected, error_of, request, unchecked

COMPACT = "/v1/responses/compact"
SUMMARIZE = "/v1/memories/trace_summarize"
TALK: list[Any] = [
    {"role": "developer", "content": "be brief"},
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "one"}]},
    {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c1", "output": "x"},
    {"role": "user", "content": "two"},
]
TRACES = {"model": "m", "traces": [{"id": "t1", "items": []}, {"id": "t2", "items": []}]}


async def compacted(stage: Stage, body: Any, **options: Any) -> dict[str, Any]:
    """The answer to a request for a compaction."""
    code, _, content = await ask(stage, body, path=COMPACT, **options)
    assert code == 200
    found: dict[str, Any] = json.loads(content)
    return found


async def test_the_official_sdk_reads_a_computed_compaction() -> None:
    """Without a reply of the test's, the user's messages stay and the rest is one item."""
    async with Stage() as stage:
        found = await stage.openai().responses.compact(model="gpt-5", input=TALK)
    assert (found.object, found.usage.total_tokens) == ("response.compaction", 15)
    *said, summary = [vars(one) for one in found.output]
    assert [(one["role"], one["content"][0].text) for one in said] == [
        ("user", "one"),
        ("user", "two"),
    ]
    assert (summary["type"], summary["encrypted_content"]) == ("compaction", "a summary of 5 items")
    assert len({one["id"] for one in (*said, summary)}) == 3


async def test_a_text_is_one_message() -> None:
    """An input that is a plain text is what the user said."""
    async with Stage() as stage:
        output = (await compacted(stage, {"model": "m", "input": "hi"}))["output"]
    assert [one["type"] for one in output] == ["message", "compaction"]
    assert output[0]["content"] == [{"type": "input_text", "text": "hi"}]


async def test_a_reply_of_the_tests_goes_first() -> None:
    """Rules choose as for any reply; what none is for is computed."""
    async with Stage() as stage:
        stage.responses.compact(compaction("special"), when=carries("tools"), turn_state="ts")
        body = {"model": "m", "input": "hi"}
        code, head, content = await ask(stage, {**body, "tools": []}, path=COMPACT)
        usual = await compacted(stage, body)
    assert (code, head["x-codex-turn-state"]) == (200, "ts")
    assert [one["encrypted_content"] for one in json.loads(content)["output"]] == ["special"]
    assert usual["output"][-1]["encrypted_content"] == "a summary of 1 items"


async def test_an_error_and_a_coroutine_answer_a_compaction() -> None:
    """Whole answers and coroutines stand in place of items."""

    async def count(talk: Conversation) -> Any:
        return compaction(f"{len(talk.request.json['input'])} items")

    async with Stage() as stage:
        stage.responses.compact(status(500))
        stage.responses.compact(count)
        body = {"model": "m", "input": TALK}
        assert (await ask(stage, body, path=COMPACT))[0] == 500
        assert (await compacted(stage, body))["output"][0]["encrypted_content"] == "5 items"


async def test_a_gate_holds_a_compaction() -> None:
    """Marks are obeyed before the answer is sent."""
    async with Stage() as stage:
        gate = stage.responses.gate("held")
        stage.responses.compact(message("a"), gate, compaction("b"))
        async with connected(stage) as client:
            await client.send(request({"model": "m", "input": "hi"}, path=COMPACT))
            await gate.reached()
            assert not stage.journal.select(kind("response"))
            gate.open()
            _, _, body = await client.answer()
    assert [one["type"] for one in json.loads(body)["output"]] == ["message", "compaction"]


async def test_a_compaction_that_nobody_asked_for_is_a_finding() -> None:
    """A reply that is not used fails the test, as any other."""
    async with unchecked() as stage:
        stage.responses.compact(compaction("never"), name="the compaction")
        stage.responses.summarize(memory("a", "b"), name="the memory")
        names = [rule.name for rule in stage.responses.unused()]
    with pytest.raises(Violation, match="the compaction"):
        stage.check()
    assert names == ["the compaction", "the memory"]


@pytest.mark.parametrize("where", [COMPACT, SUMMARIZE])
async def test_a_request_that_is_no_json_is_told_so(where: str) -> None:
    """The client gets an error of the API's shape, the test a finding."""
    async with Stage() as stage:
        stage.waive("undecodable")
        code, _, body = await ask(stage, b"{", path=where)
    assert (code, error_of(body)["code"]) == (400, "rehearsal_undecodable")


async def test_an_ambiguous_compaction_is_a_finding() -> None:
    """Two rules of equal weight answer nothing."""
    async with Stage() as stage:
        stage.waive("ambiguous")
        for when in (carries("model"), path(COMPACT)):
            stage.responses.compact(compaction("x"), when=when, optional=True)
        code, _, body = await ask(stage, {"model": "m"}, path=COMPACT)
    assert (code, error_of(body)["code"]) == (400, "rehearsal_ambiguous")


async def test_memories_name_their_traces() -> None:
    """Without a reply of the test's, there is one memory for each trace."""
    async with Stage() as stage:
        code, _, body = await ask(stage, TRACES, path=SUMMARIZE)
    assert code == 200
    assert json.loads(body)["output"] == [
        {"trace_summary": f"trace {id}", "memory_summary": f"memory of {id}"} for id in ("t1", "t2")
    ]


async def test_memories_are_given_by_the_test() -> None:
    """A coroutine, memories and an error each answer once."""

    async def recall(talk: Conversation) -> Any:
        await talk.send(memory("first", "1"))
        return memory("second", "2")

    async with Stage() as stage:
        stage.responses.summarize(memory("raw", "kept"))
        stage.responses.summarize(recall)
        stage.responses.summarize(status(503))
        answers = [await ask(stage, TRACES, path=SUMMARIZE) for _ in range(3)]
    assert [code for code, _, _ in answers] == [200, 200, 503]
    given, recalled = [json.loads(body)["output"] for _, _, body in answers[:2]]
    assert given == [{"trace_summary": "raw", "memory_summary": "kept"}]
    assert [one["trace_summary"] for one in recalled] == ["first", "second"]


async def test_parts_that_make_no_answer_are_refused_where_they_are_given() -> None:
    """The error says what was expected."""
    async with Stage() as stage:
        with pytest.raises(TypeError, match=r"compact.*|.*stream"):
            stage.responses.compact(text_delta("x"))
        with pytest.raises(TypeError, match=r"expected memory\(\.\.\.\)"):
            stage.responses.summarize(message("x"))
        with pytest.raises(ValueError, match="at least one part"):
            stage.responses.compact()
