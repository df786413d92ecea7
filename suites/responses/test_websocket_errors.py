"""What is status and headers over HTTP, over a WebSocket: error frames, and events before those of
a response. A script says it once.
"""

import json
from typing import Any

import pytest

from agent_rehearsal import Conversation, Stage, delay, kind
from agent_rehearsal.wire import Answer
from mock_responses import (
    codex_rate_limits,
    completed,
    connection_limit_reached,
    created,
    credits,
    error_frame,
    message,
    overloaded,
    previous_response_not_found,
    rate_limited,
    rate_limits,
    response_metadata,
    status,
    stream,
    usage_limit_reached,
    window,
)
from suites.responses.sockets import CREATE, Json, ask, findings, open_socket, received
from suites.wire.raw_client import ask as ask_http
from suites.wire.raw_client import unchecked

pytestmark = pytest.mark.explore

LIMITS = rate_limits(primary=window(100.0, window_minutes=15), credits=credits(balance="5"))
ERRORS: dict[str, tuple[Any, int, str | None, Json]] = {
    "400": (status(400), 400, None, {}),
    "500": (status(500), 500, "server_error", {}),
    "retry after": (rate_limited(3), 429, "rate_limit_exceeded", {"retry-after": "3"}),
    "overloaded": (overloaded(), 503, "server_is_overloaded", {}),
    "headers": (status(403, headers={"x-a": "b"}), 403, None, {"x-a": "b"}),
    "no such response": (
        previous_response_not_found("resp_1"),
        400,
        "previous_response_not_found",
        {},
    ),
}
"""Whole answers: the status, code and headers of the frame that stands for each."""


@pytest.mark.parametrize("name", ERRORS)
async def test_an_answer_is_an_error_frame(name: str) -> None:
    """Its error is that of the body over HTTP; the connection stays open and is served."""
    answer, code, code_name, headers = ERRORS[name]
    async with Stage() as stage:
        stage.responses.reply(answer, times=2)
        stage.responses.reply(message("next"))
        _, _, body = await ask_http(stage, {"model": "m", "input": "hi"})
        async with open_socket(stage) as client:
            (frame,) = await ask(client)
            assert "next" in json.dumps(await ask(client))
    assert (frame["type"], frame["status"], frame["error"]["code"]) == ("error", code, code_name)
    assert frame["error"] == json.loads(body)["error"]
    assert frame.get("headers", {}) == headers


async def test_an_answer_that_has_a_usage_limit_tells_it() -> None:
    """The fields of the error and the headers of the limits come through."""
    async with Stage() as stage:
        stage.responses.reply(usage_limit_reached(resets_at=99), rate_limits=LIMITS)
        async with open_socket(stage) as client:
            (frame,) = await ask(client)
    assert frame["error"]["type"] == "usage_limit_reached"
    assert frame["error"]["resets_at"] == 99
    assert frame["headers"] == LIMITS.headers


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"error": "text"}', b""], ids=repr)
async def test_an_answer_without_an_error_object_is_a_message(body: bytes) -> None:
    """Whatever the body is, the frame is of the shape that clients read."""
    async with Stage() as stage:
        stage.responses.reply(status(502, body=body))
        async with open_socket(stage) as client:
            (frame,) = await ask(client)
    assert (frame["status"], frame["error"]["message"]) == (502, body.decode())


async def test_an_answer_may_come_late() -> None:
    """The marks before it are obeyed."""
    async with Stage() as stage:
        stage.responses.reply(delay(0.02), status(500))
        async with open_socket(stage) as client:
            (frame,) = await ask(client)
        asking, answer = stage.journal.select(kind("frame"))[:2]
    assert frame["status"] == 500
    assert answer.at - asking.at >= 0.02


async def test_a_coroutine_may_answer_with_an_error() -> None:
    """What it returns is framed alike."""

    async def talk(talk: Conversation) -> Any:
        return status(429, retry_after=1)

    async with Stage() as stage:
        stage.responses.reply(talk)
        async with open_socket(stage) as client:
            (frame,) = await ask(client)
    assert frame["headers"] == {"retry-after": "1"}


async def test_an_answer_that_is_no_error_has_no_frame() -> None:
    """It would mean nothing on an open WebSocket: the finding says what to write instead."""
    async with unchecked() as stage:
        stage.responses.reply(Answer(204, (), b""))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await client.wait_closed()
        assert "refuse the upgrade with greet(status(...))" in findings(stage)["reply-raised"]


async def test_what_is_told_in_headers_comes_in_events() -> None:
    """Before the response, once for each request: `response.metadata` and `codex.rate_limits`."""
    async with Stage() as stage:
        stage.responses.reply(
            message("x"), turn_state="ts-1", openai_model="other", rate_limits=LIMITS
        )
        stage.responses.reply(message("y"))
        async with open_socket(stage) as client:
            first, second = await ask(client), await ask(client)
    metadata, limits, *_ = first
    assert metadata == {
        "type": "response.metadata",
        "headers": {"x-codex-turn-state": "ts-1", "openai-model": "other"},
    }
    assert limits == {"type": "codex.rate_limits", **json.loads(json.dumps(LIMITS.payload))}
    assert [event["type"] for event in second[:2]] == ["response.created", "response.in_progress"]


async def test_what_is_told_waits_for_the_first_event() -> None:
    """A gate at the beginning of a reply holds all of it."""
    async with Stage() as stage:
        gate = stage.responses.gate("all")
        stage.responses.reply(gate, message("x"), turn_state="ts-1")
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            assert len(stage.journal.select(kind("frame"))) == 1
            gate.open()
            assert (await received(client))["type"] == "response.metadata"


async def test_what_is_told_comes_before_what_a_coroutine_sends() -> None:
    """Once, with the first thing that it sends."""

    async def talk(talk: Conversation) -> Any:
        await talk.send(created())
        return stream(completed())

    async with Stage() as stage:
        stage.responses.reply(talk, headers={"x-own": "1"})
        async with open_socket(stage) as client:
            found = await ask(client)
    assert [event["type"] for event in found] == [
        "response.metadata",
        "response.created",
        "response.completed",
    ]
    assert found[0]["headers"] == {"x-own": "1"}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            response_metadata(headers={"x-codex-turn-state": ["ts"]}),
            {"type": "response.metadata", "headers": {"x-codex-turn-state": ["ts"]}},
        ),
        (codex_rate_limits(LIMITS), {"type": "codex.rate_limits", "metered_limit_name": "codex"}),
        (
            error_frame(429, code_name="slow", headers=LIMITS.headers),
            {"type": "error", "status": 429, "headers": LIMITS.headers},
        ),
        (connection_limit_reached(), {"type": "error", "status": 400}),
    ],
    ids=["metadata", "rate limits", "error", "connection limit"],
)
async def test_a_builder_of_the_socket_sends_its_frame(part: Any, expected: Json) -> None:
    """Where the script has it, with the fields that clients read."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), part, completed()))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            found = [await received(client) for _ in range(3)]
    assert expected.items() <= found[1].items()
    assert [event["type"] for event in found[::2]] == ["response.created", "response.completed"]
