"""Pushes: messages that answer nothing, on an open connection, when the test says so."""

import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from agent_rehearsal import Stage, close, cut, fragment, head, header, of_type, ping, raw, within
from mock_responses import (
    asks,
    codex_rate_limits,
    completed,
    created,
    error_frame,
    message,
    rate_limits,
    response_metadata,
    status,
    stream,
    text_delta,
    window,
)
from suites.responses.sockets import CREATE, PREWARM, ask, asked, by_hand, open_socket, received
from suites.wire.raw_client import frame, unchecked

pytestmark = pytest.mark.explore

LIMITS = rate_limits(primary=window(42.0, window_minutes=60))


async def test_a_push_answers_nothing() -> None:
    """It comes on an idle connection, is recorded, and uses up no reply."""
    async with Stage() as stage:
        stage.responses.reply(message("kept"))
        async with open_socket(stage) as client:
            await ask(client, PREWARM)
            await stage.responses.push(stage.responses.requests[0], codex_rate_limits(LIMITS))
            assert (await received(client))["rate_limits"]["primary"]["used_percent"] == 42.0
            assert "kept" in json.dumps(await ask(client))
    assert stage.journal.select(of_type("codex.rate_limits"))


async def test_a_push_comes_between_the_messages_of_a_reply() -> None:
    """While a reply is held, what is pushed is sent at once."""
    async with Stage() as stage:
        gate = stage.responses.gate("middle")
        stage.responses.reply(stream(created(), gate, text_delta("x"), completed()))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            metadata = response_metadata(headers={"openai-model": "other"})
            await stage.responses.push(stage.responses.requests[0].entry, metadata)
            kinds = [(await received(client))["type"] for _ in range(2)]
            gate.open()
            kinds += [(await received(client))["type"] for _ in range(2)]
    assert kinds == [
        "response.created",
        "response.metadata",
        "response.output_text.delta",
        "response.completed",
    ]


async def test_a_connection_is_meant_by_what_it_is() -> None:
    """A header of its upgrade, a message that came on it, its id."""
    async with (
        Stage() as stage,
        open_socket(stage, additional_headers={"agent": "ann"}) as ann,
        open_socket(stage, additional_headers={"agent": "bob"}) as bob,
    ):
        await ask(bob, PREWARM)
        await stage.responses.push(header("agent", "ann"), raw(b'{"type":"a"}'))
        await stage.responses.push(of_type("response.create"), raw(b'{"type":"b"}'))
        await stage.responses.push("c2", raw(b'{"type":"c"}'))
        assert (await received(ann))["type"] == "a"
        assert [(await received(bob))["type"] for _ in range(2)] == ["b", "c"]


async def test_a_push_needs_an_open_connection() -> None:
    """Closed ones do not count; the error lists those that are open."""
    async with Stage() as stage:
        with pytest.raises(LookupError, match=r"no open WebSocket is meant .* open are: none"):
            await stage.responses.push(header("agent"), created())
        async with open_socket(stage) as client:
            await ask(client, PREWARM)
        await stage.journal.wait_for(head("close"))
        closed = stage.responses.requests[0]
        async with open_socket(stage) as client:
            await ask(client, PREWARM)
            with pytest.raises(LookupError, match=r"meant by on\('c1'\); open are: <#\d+ .* c2 "):
                await stage.responses.push(closed, created())


async def test_a_push_means_one_connection() -> None:
    """Several are an error that lists them."""
    async with Stage() as stage, open_socket(stage) as one, open_socket(stage) as two:
        await ask(one, PREWARM)
        await ask(two, PREWARM)
        with pytest.raises(LookupError, match=r"2 open WebSockets are meant .* c1 .* c2 "):
            await stage.responses.push(of_type("response.create"), created())


@pytest.mark.parametrize("part", [stream(created()), "text", 5], ids=repr)
async def test_what_cannot_be_pushed_is_named(part: Any) -> None:
    """Items, events and marks can."""
    async with Stage() as stage, open_socket(stage) as client:
        await ask(client, PREWARM)
        with pytest.raises(TypeError, match="cannot be sent by itself"):
            await stage.responses.push(stage.responses.requests[0], part)


async def test_an_error_can_be_pushed() -> None:
    """It ends the response that is running, which then cannot be gone on from."""
    async with unchecked() as stage:
        gate = stage.responses.gate("held")
        stage.responses.reply(stream(created(), gate))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            id = (await received(client))["response"]["id"]
            await stage.responses.push(stage.responses.requests[0], error_frame(503))
            assert (await received(client))["status"] == 503
            gate.open()
            await ask(client, {**CREATE, "previous_response_id": id})
        (finding,) = stage.findings.of_level("violation")
    assert "ended with error: it is not complete" in finding.text


async def test_an_answer_is_pushed_as_an_error_frame() -> None:
    """`status(...)` is what it is in a reply."""
    async with Stage() as stage, open_socket(stage) as client:
        await ask(client, PREWARM)
        await stage.responses.push(stage.responses.requests[0], status(429, retry_after=2))
        frame = await received(client)
    assert (frame["status"], frame["headers"]["retry-after"]) == (429, "2")


@pytest.mark.parametrize(("mark", "code"), [(close(1012, "restart"), 1012), (cut(), 1006)])
async def test_a_push_can_end_the_connection(mark: Any, code: int) -> None:
    """At an idle moment, by a Close frame or without one."""
    async with Stage() as stage, open_socket(stage) as client:
        await ask(client, PREWARM)
        await stage.responses.push(stage.responses.requests[0], mark)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == code


async def test_a_request_that_a_pushed_close_overtakes_is_read_whole() -> None:
    """It is not answered and uses up no reply; what it goes on from stands before it."""
    async with Stage() as stage:
        stage.responses.reply(message("hello"))
        rule = stage.responses.reply(message("kept"), optional=True)
        async with by_hand(stage) as client:
            await client.send(frame(1, json.dumps({**CREATE, "input": "a"}).encode()))
            done = await stage.journal.wait_for(of_type("response.completed"))
            await stage.responses.push(stage.responses.requests[0], close(1000))
            more = {**CREATE, "previous_response_id": done.get("response.id"), "input": "b"}
            await client.send(frame(1, json.dumps(more).encode()))
            late = await stage.responses.wait_for(asks("b"))
        assert late.texts("user") == ["a", "b"]
        assert late.texts("assistant") == ["hello"]
        assert rule.answered == []


async def test_a_reply_that_a_pushed_close_overtakes_is_no_mistake() -> None:
    """What it had left to send is not sent, and nothing is held against the test."""
    async with Stage() as stage:
        gate = stage.responses.gate("held")
        stage.responses.reply(stream(created(), gate, completed()))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            await stage.responses.push(stage.responses.requests[0], close(1001))
            gate.open()
            await received(client)
            with pytest.raises(ConnectionClosed):
                await client.recv()
    assert not stage.journal.select(of_type("response.completed"))


async def test_a_push_never_falls_into_a_message() -> None:
    """A message in many frames is whole before the next one begins."""
    async with Stage() as stage:
        gate = stage.responses.gate("held")
        stage.responses.reply(stream(fragment([60]), gate, created(), completed()))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            gate.open()
            await stage.responses.push(stage.responses.requests[0], raw(b'{"type":"pushed"}'))
            kinds = []
            while "response.completed" not in kinds:
                kinds.append((await received(client))["type"])
    assert "pushed" in kinds


async def test_a_push_into_half_a_message_is_refused() -> None:
    """Where a script waits inside of a message, only control frames may be sent."""
    async with Stage() as stage:
        gate = stage.responses.gate("half")
        stage.responses.reply(stream(created(), within(gate, at=20), completed()))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            asking = stage.responses.requests[0]
            with pytest.raises(RuntimeError, match="a message is half sent"):
                await stage.responses.push(asking, raw(b"{}"))
            await stage.responses.push(asking, ping(b"still there"))
            await stage.responses.wait_for(head("pong"))
            gate.open()
            assert [(await received(client))["type"] for _ in range(2)][1] == "response.completed"


async def test_a_pushed_response_can_be_gone_on_from() -> None:
    """What was completed on a connection is complete, though nobody asked for it."""
    async with Stage() as stage, open_socket(stage) as client:
        await ask(client, PREWARM)
        done = completed(response={"id": "pushed"})
        await stage.responses.push(stage.responses.requests[0], message("by itself"), done)
        while (await received(client))["type"] != "response.completed":
            pass
        stage.responses.reply(message("on"))
        await asked(client, previous_response_id="pushed", input="and?")
        said = stage.responses.requests[-1].texts("assistant")
    assert said == ["by itself"]
