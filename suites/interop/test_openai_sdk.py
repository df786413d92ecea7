"""The openai SDK against the mock: each way to ask, with the record compared to what it sent."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types.responses import ResponseFunctionToolCall
from syrupy.assertion import SnapshotAssertion

from agent_rehearsal.journal import Entry, Journal
from mock_responses import MockResponses, function_call, message
from suites.interop.record import (
    CALL_EVENTS,
    MESSAGE_EVENTS,
    answered_with,
    declared_length,
    header_names,
    kinds,
    streamed,
)

pytestmark = pytest.mark.interop

ASKED: dict[str, Any] = {"model": "mock-model", "input": "say hello"}
HEADERS = {
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "user-agent",
    "content-type",
    "authorization",
    "content-length",
}
"""What every request has, beside the SDK's own `x-stainless-*`."""
LOOK_UP = {
    "type": "function",
    "name": "look_up",
    "description": "Look a word up.",
    "parameters": {"type": "object", "properties": {"word": {"type": "string"}}},
    "strict": False,
}


@pytest.fixture
async def client(responses: MockResponses) -> AsyncIterator[AsyncOpenAI]:
    """The SDK's client, pointed at the mock and told not to ask twice."""
    async with responses.openai_client(max_retries=0) as made:
        yield made


def check_record(entry: Entry, sent: Any) -> None:
    """The record is what the SDK's own transport says that it sent, byte for byte."""
    assert entry.head == "POST /v1/responses HTTP/1.1"
    assert entry.raw == sent.content
    assert len(entry.raw) == declared_length(entry)
    assert entry.raw_headers == tuple(sent.headers.raw)
    own = {name for name in header_names(entry) if not name.lower().startswith("x-stainless-")}
    assert {name.lower() for name in own} == HEADERS


async def test_a_streamed_response(
    client: AsyncOpenAI,
    responses: MockResponses,
    journal: Journal,
    request_snapshot: SnapshotAssertion,
) -> None:
    """`create(stream=True)` gives the events that the journal has, in that order."""
    responses.reply(message("hello", " there"))
    stream = await client.responses.create(**ASKED, stream=True)
    events = [event async for event in stream]

    assert kinds(journal) == streamed(MESSAGE_EVENTS)
    (request,) = responses.requests
    check_record(request.entry, stream.response.request)
    assert request == request_snapshot
    assert [event.type for event in events] == answered_with(journal, request.entry)
    assert answered_with(journal, request.entry) == list(MESSAGE_EVENTS)
    assert [event.sequence_number for event in events] == list(range(len(MESSAGE_EVENTS)))
    assert events[-1].response.output_text == "hello there"


async def test_a_whole_response(
    client: AsyncOpenAI,
    responses: MockResponses,
    journal: Journal,
    request_snapshot: SnapshotAssertion,
) -> None:
    """`create()` gets one JSON object; the journal has it as it was sent."""
    responses.reply(message("hello", " there"))
    raw = await client.responses.with_raw_response.create(**ASKED)

    assert kinds(journal) == ["request", "response"]
    (request,) = responses.requests
    check_record(request.entry, raw.http_request)
    assert request == request_snapshot
    assert journal[1].raw == raw.content
    assert raw.parse().output_text == "hello there"


async def test_the_stream_helper(
    client: AsyncOpenAI,
    responses: MockResponses,
    journal: Journal,
    request_snapshot: SnapshotAssertion,
) -> None:
    """`responses.stream()` puts the deltas together and ends with the response they make."""
    responses.reply(message("hello", " there"))
    async with client.responses.stream(**ASKED) as stream:
        deltas = [e.delta async for e in stream if e.type == "response.output_text.delta"]
        final = await stream.get_final_response()

    assert kinds(journal) == streamed(MESSAGE_EVENTS)
    (request,) = responses.requests
    assert len(request.entry.raw) == declared_length(request.entry)
    assert request == request_snapshot
    assert answered_with(journal, request.entry) == list(MESSAGE_EVENTS)
    assert deltas == ["hello", " there"]
    assert final.output_text == "hello there"


async def test_a_turn_with_a_tool(
    client: AsyncOpenAI,
    responses: MockResponses,
    journal: Journal,
    request_snapshot: SnapshotAssertion,
) -> None:
    """A call comes out typed, its output goes back under the same id, the message ends it."""
    responses.reply(function_call("c1", "look_up", {"word": "stage"}))
    responses.reply(message("a", " platform"))
    asked: dict[str, Any] = {**ASKED, "tools": [LOOK_UP]}
    async with client.responses.stream(**asked) as stream:
        (call,) = (await stream.get_final_response()).output
    assert isinstance(call, ResponseFunctionToolCall)
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "a platform"}
    asked["input"] = [{"role": "user", "content": asked["input"]}, call.to_dict(), output]
    async with client.responses.stream(**asked) as stream:
        final = await stream.get_final_response()

    assert kinds(journal) == streamed(CALL_EVENTS, MESSAGE_EVENTS)
    first, second = responses.requests
    assert [first, second] == request_snapshot
    assert first.entry.conn is second.entry.conn
    assert answered_with(journal, first.entry) == list(CALL_EVENTS)
    assert answered_with(journal, second.entry) == list(MESSAGE_EVENTS)
    assert (call.name, call.arguments) == ("look_up", '{"word":"stage"}')
    assert second.output_of("c1") == "a platform"
    assert final.output_text == "a platform"
