"""What a fixture of aimock answers: items, errors, and the pace at which they come."""

import json
from itertools import count
from typing import Any

import msgspec
import pytest

from agent_rehearsal import Stage, kind
from agent_rehearsal.wire import Delay, Fault, Mark
from mock_responses.aimock.fixtures import parts_of
from mock_responses.aimock.schema import Fixture
from suites.responses.fixture_files import SAYS, answering, call, fixture, output, read, user
from suites.wire.raw_client import ask, connected, error_of, events, request

STREAMED = {"model": "m", "input": "x", "stream": True}
WHOLE = {"model": "m", "input": "x"}


async def whole(response: dict[str, Any], **timing: Any) -> dict[str, Any]:
    """The response object that a fixture gives."""
    async with answering(fixture({}, response, **timing)) as stage:
        code, _, body = await ask(stage, WHOLE)
    assert code == 200
    found: dict[str, Any] = json.loads(body)
    return found


async def streamed(response: dict[str, Any], **timing: Any) -> list[dict[str, Any]]:
    """The events that a fixture gives."""
    async with answering(fixture({}, response, **timing)) as stage:
        code, _, body = await ask(stage, STREAMED)
    assert code == 200
    return events(body)


async def test_content_comes_in_chunks() -> None:
    """A text is cut into `chunkSize` characters, twenty if nothing is said; JSON becomes a text."""
    default = await streamed({"content": "a" * 45})
    assert [len(e["delta"]) for e in default if "delta" in e] == [20, 20, 5]
    small = await streamed({"content": {"n": [1]}}, chunkSize=4)
    assert [e["delta"] for e in small if "delta" in e] == ['{"n"', ":[1]", "}"]


async def test_everything_a_response_can_say_in_order() -> None:
    """Reasoning, searches, the message, then the calls; arguments as text or as JSON."""
    found = await whole(
        {
            "reasoning": "first think",
            "webSearches": ["a", "b"],
            "content": "then speak",
            "toolCalls": [
                {"name": "ls", "arguments": {"path": "."}, "id": "c1"},
                {"name": "cat", "arguments": "{broken"},
            ],
        }
    )
    kinds = [item["type"] for item in found["output"]]
    calls = found["output"][-2:]
    assert kinds == ["reasoning", *["web_search_call"] * 2, "message", *["function_call"] * 2]
    assert found["output"][0]["summary"][0]["text"] == "first think"
    assert [item["action"]["query"] for item in found["output"][1:3]] == ["a", "b"]
    assert [c["arguments"] for c in calls] == ['{"path":"."}', "{broken"]
    assert [c["call_id"] for c in calls] == ["c1", "call_00000001"]


async def test_blocks_keep_their_order() -> None:
    """Text and calls come as the blocks have them; content beside them is not said twice."""
    found = await whole(
        {
            "content": "ab",
            "blocks": [
                {"type": "text", "text": "a"},
                {"type": "toolCall", "name": "ls", "arguments": {}, "id": "c1"},
                {"type": "text", "text": "b"},
            ],
        }
    )
    assert [item["type"] for item in found["output"]] == ["message", "function_call", "message"]


async def test_calls_without_an_id_get_one_each_time() -> None:
    """A fixture that answers twice in one conversation makes two calls that differ."""
    async with answering(fixture({}, {"toolCalls": [{"name": "ls", "arguments": {}}]})) as stage:
        bodies = [(await ask(stage, WHOLE))[2] for _ in range(2)]
    ids = [json.loads(body)["output"][0]["call_id"] for body in bodies]
    assert ids == ["call_00000001", "call_00000002"]


async def test_the_envelope_is_the_fixtures() -> None:
    """Id, time, model and token counts replace ours in every event about the response."""
    usage = {
        "prompt_tokens": 7,
        "completion_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 1},
    }
    found = await streamed(SAYS | {"id": "r1", "created": 17, "model": "n", "usage": usage})
    about = [e["response"] for e in found if "response" in e]
    assert {(r["id"], r["created_at"], r["model"]) for r in about} == {("r1", 17, "n")}
    assert about[-1]["usage"]["total_tokens"] == 10
    assert about[-1]["usage"]["input_tokens_details"]["cached_tokens"] == 2
    assert about[-1]["usage"]["output_tokens_details"]["reasoning_tokens"] == 1


@pytest.mark.parametrize(
    ("reason", "last", "why"),
    [
        ("stop", "response.completed", None),
        ("tool_calls", "response.completed", None),
        ("length", "response.incomplete", {"reason": "max_output_tokens"}),
        ("content_filter", "response.incomplete", {"reason": "content_filter"}),
    ],
)
async def test_a_finish_reason_is_how_the_response_ends(
    reason: str, last: str, why: dict[str, str] | None
) -> None:
    """The reasons of other APIs become the state that this API has for them."""
    usage = {"input_tokens": 1, "output_tokens": 2}
    found = await streamed(SAYS | {"finishReason": reason, "usage": usage})
    assert found[-1]["type"] == last
    assert found[-1]["response"]["incomplete_details"] == why
    assert found[-1]["response"]["usage"]["total_tokens"] == 3


@pytest.mark.parametrize("body", [STREAMED, WHOLE])
async def test_an_error_is_a_whole_answer(body: dict[str, Any]) -> None:
    """Status and error body, streamed or not; a 429 says when to try again."""
    error = {"message": "slow down", "type": "t", "code": "c", "param": "p"}
    async with answering(
        fixture({"userMessage": "x"}, {"error": error, "status": 429, "retryAfter": 3}),
    ) as stage:
        code, headers, answer = await ask(stage, body)
    assert (code, headers["retry-after"]) == (429, "3")
    assert error_of(answer) == error


async def test_an_error_that_says_little() -> None:
    """500 and `server_error`; only a 429 has a `Retry-After`, of one second."""
    entries = [
        fixture({"userMessage": "x"}, {"error": {"message": "no"}}),
        fixture({}, {"error": {"message": "no"}, "status": 429}),
    ]
    async with answering(*entries) as stage:
        first, head, answer = await ask(stage, WHOLE)
        second, later, _ = await ask(stage, {**WHOLE, "input": "y"})
    assert error_of(answer) == {
        "message": "no",
        "type": "server_error",
        "param": None,
        "code": None,
    }
    assert (first, head.get("retry-after")) == (500, None)
    assert (second, later["retry-after"]) == (429, "1")


async def test_a_stream_is_truncated_after_so_many_events() -> None:
    """The connection ends with no terminator; a whole answer is not touched."""
    async with answering(fixture({}, SAYS, truncateAfterChunks=3)) as stage:
        async with connected(stage) as client:
            await client.send(request(STREAMED))
            code, _ = await client.head()
            data, _ = await client.rest()
        assert code == 200
        assert data.count(b"data: ") == 3
        assert not data.endswith(b"0\r\n\r\n")
        assert (await ask(stage, WHOLE))[0] == 200
        assert [fault.head for fault in stage.journal.select(kind("fault"))] == ["cut"]


def pace(**timing: Any) -> list[float | str]:
    """The pauses and faults between the events of a streamed reply; `-` for an event."""
    made = msgspec.convert(fixture({}, {"content": "abc"}, chunkSize=1, **timing), Fixture)
    (script,) = parts_of(made, lambda: f"c{next(numbers)}", streamed=True)
    return [_shown(part) for part in script.parts]


numbers = count(1)


def _shown(part: object) -> float | str:
    if isinstance(part, Delay):
        return round(part.seconds, 6)
    assert not isinstance(part, Mark) or isinstance(part, Fault)
    return part.name if isinstance(part, Fault) else "-"


EVENTS = 11
"""created, in progress, item, part, three deltas, three ends, completed."""


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        ({}, ["-"] * EVENTS),
        ({"latency": 10}, [0.01, "-"] * EVENTS),
        ({"latency": 10, "replaySpeed": 2}, [0.005, "-"] * EVENTS),
        ({"streamingProfile": {"ttft": 300, "tps": 50}}, [0.3, "-", *[0.02, "-"] * (EVENTS - 1)]),
        ({"streamingProfile": {"tps": 50}}, [0.02, "-"] * EVENTS),
        ({"streamingProfile": {"ttft": 7}, "latency": 5}, [0.007, "-", *[0.005, "-"] * 10]),
        (
            {"recordedTimings": {"ttftMs": 9, "interChunkDelaysMs": [1, 0, 5]}},
            [0.009, "-", 0.001, "-", "-", 0.005, "-", *[0.002, "-"] * 7],
        ),
        ({"recordedTimings": {"ttftMs": 9}}, [0.009, *["-"] * EVENTS]),
        ({"chaos": {"latencyMs": 250}}, [0.25, *["-"] * EVENTS]),
        ({"truncateAfterChunks": 2}, ["-", "-", "cut"]),
        ({"truncateAfterChunks": EVENTS}, [*["-"] * EVENTS, "cut"]),
        ({"truncateAfterChunks": EVENTS + 1}, ["-"] * EVENTS),
        ({"latency": 10, "disconnectAfterMs": 25}, [0.01, "-", 0.01, "-", 0.005, "cut"]),
        ({"disconnectAfterMs": 25}, ["-"] * EVENTS),
    ],
)
def test_milliseconds_become_pauses(timing: dict[str, Any], expected: list[float | str]) -> None:
    """Each event waits as aimock lets it wait, in loop time; what ends early ends there."""
    assert pace(**timing) == expected


def test_a_whole_answer_waits_for_nothing_but_the_latency() -> None:
    """Pauses between events are of streams; `chaos.latencyMs` comes before any answer."""
    slow = {"latency": 10, "truncateAfterChunks": 1, "chaos": {"latencyMs": 250}}
    said = msgspec.convert(fixture({}, SAYS, **slow), Fixture)
    refused = msgspec.convert(fixture({}, {"error": {"message": "no"}}, **slow), Fixture)
    (script,) = parts_of(said, str, streamed=False)
    before, answer = parts_of(refused, str, streamed=True)
    marks = [part for part in script.parts if isinstance(part, Mark)]
    assert marks == [before] == [Delay(0.25)]
    assert answer.status == 500


async def test_an_agent_goes_through_a_file() -> None:
    """A call, its output, an answer: the loop of an agent, over the SDK and over a WebSocket."""
    entries = [
        fixture({"toolCallId": "c1"}, {"content": "there is one file"}),
        fixture(
            {"userMessage": "list"},
            {"toolCalls": [{"name": "ls", "arguments": {"path": "."}, "id": "c1"}]},
        ),
    ]
    async with Stage() as stage:
        read(*entries).reply_on(stage.responses)
        client = stage.responses.openai_client()
        first = await client.responses.create(model="m", input=[user("list")])
        given: Any = [user("list"), call("c1"), output("c1", "README")]
        async with client.responses.stream(model="m", input=given) as events_:
            second = await events_.get_final_response()
    assert first.output[0].name == "ls"
    assert second.output_text == "there is one file"
