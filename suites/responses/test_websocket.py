"""The Responses API over a WebSocket: a reply for each `response.create`, as over HTTP."""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_rehearsal import Conversation, Stage, Violation, cut, head, kind, on, path
from mock_responses import asks, created, message, minimal, status, stream
from suites.responses.sockets import CREATE, PREWARM, ask, open_socket
from suites.wire.raw_client import unchecked

pytestmark = pytest.mark.explore


async def test_a_reply_is_the_same_over_both_transports() -> None:
    """The events of a frame's reply are those of a stream's, numbered alike."""
    async with Stage() as stage:
        stage.responses.reply(message("a", "b"))
        async with open_socket(stage) as client:
            found = await ask(client, CREATE)
    assert [event["sequence_number"] for event in found] == list(range(len(found)))
    assert found[-1]["response"]["output"][0]["content"][0]["text"] == "ab"


async def test_a_prewarm_never_uses_up_a_reply() -> None:
    """It is answered with a response without output, recorded, and the reply stays for the turn."""
    async with Stage() as stage:
        stage.responses.reply(message("for the turn"))
        async with open_socket(stage) as client:
            for _ in range(2):
                warm = await ask(client, PREWARM)
                assert [event["type"] for event in warm] == [
                    "response.created",
                    "response.completed",
                ]
            turn = await ask(client, CREATE)
    assert "for the turn" in json.dumps(turn)
    assert len(stage.responses.requests) == 3


async def test_upgrades_are_refused_when_they_are_off() -> None:
    """426, on which clients turn to HTTP at once; no greeting is used up."""
    async with Stage() as stage:
        stage.responses.websockets = False
        greeting = stage.responses.greet(stream(created()), optional=True)
        with pytest.raises(InvalidStatus) as caught:
            await open_socket(stage)
    assert caught.value.response.status_code == 426
    assert b"websocket_not_supported" in (caught.value.response.body or b"")
    assert greeting.answered == []


async def test_a_greeting_can_refuse_the_upgrade() -> None:
    """A whole answer as a greeting stands in place of the 101, once."""
    async with Stage() as stage:
        stage.responses.greet(status(401))
        with pytest.raises(InvalidStatus) as caught:
            await open_socket(stage)
        async with open_socket(stage):
            pass
    assert caught.value.response.status_code == 401
    assert json.loads(caught.value.response.body or b"")["error"]["code"] == "invalid_api_key"


async def test_a_greeting_can_be_a_response() -> None:
    """What is sent before any message has no request to answer and is composed all the same."""
    async with Stage() as stage:
        stage.responses.greet(minimal(message("early")))
        async with open_socket(stage) as client:
            async with asyncio.timeout(5):
                found = [json.loads(await client.recv()) for _ in range(3)]
    assert found[1]["item"]["content"][0]["text"] == "early"


async def test_ambiguous_greetings_are_a_finding() -> None:
    """Neither is played; the socket opens."""
    async with unchecked() as stage:
        for when in (path("/v1/responses"), kind("open")):
            stage.responses.greet(stream(created()), when=when, optional=True)
        async with open_socket(stage):
            pass
    with pytest.raises(Violation, match=r"ambiguous: .*two rules answer"):
        stage.check()


async def test_an_unmatched_create_gets_an_error_frame() -> None:
    """The frame has the nearest rule and the finding fails the test; the socket stays open."""
    async with unchecked() as stage:
        stage.responses.reply(message("x"), when=asks("bye"), name="farewell", optional=True)
        async with open_socket(stage) as client:
            (error,) = await ask(client, CREATE)
            assert await ask(client, PREWARM)
    with pytest.raises(Violation, match="unmatched") as caught:
        stage.check()
    assert error["error"]["code"] == "rehearsal_unmatched"
    assert "nearest is farewell" in error["error"]["message"]
    assert error["error"]["message"] in str(caught.value)


@pytest.mark.parametrize("bad", ["no json", "[]"], ids=["no JSON", "no object"])
async def test_a_frame_that_is_no_request_uses_up_no_reply(bad: str) -> None:
    """An error frame names the frame; the next request gets the reply."""
    async with Stage() as stage:
        stage.waive("undecodable")
        stage.responses.reply(message("kept"))
        async with open_socket(stage) as client:
            (error,) = await ask(client, bad)
            assert "kept" in json.dumps(await ask(client, CREATE))
    assert error["error"]["code"] == "rehearsal_undecodable"
    assert "responses c1 in frame" in error["error"]["message"]


async def test_queues_keep_connections_apart() -> None:
    """A queue claims one connection's messages, whoever asks first."""
    async with Stage() as stage, open_socket(stage) as one, open_socket(stage) as two:
        await ask(one, PREWARM)
        await ask(two, PREWARM)
        for name, request in zip(("one", "two"), stage.responses.requests, strict=True):
            stage.responses.queue(on(request)).reply(message(f"for {name}"))
        second, first = await asyncio.gather(ask(two, CREATE), ask(one, CREATE))
    assert "for one" in json.dumps(first)
    assert "for two" in json.dumps(second)


async def test_a_coroutine_takes_the_next_message() -> None:
    """While it runs, a `response.create` goes to it."""

    async def talk(talk: Conversation) -> Any:
        second = await talk.receive()
        return message(f"second: {second.get('input')}")

    async with Stage() as stage:
        stage.responses.reply(talk)
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            found = await ask(client, {**CREATE, "input": "two"})
    assert "second: two" in json.dumps(found)


async def test_a_cut_socket_lets_the_next_one_work() -> None:
    """After a fault on one connection another is served."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), cut()))
        stage.responses.reply(message("again"))
        async with open_socket(stage) as client:
            with pytest.raises(ConnectionClosed):
                await ask(client, CREATE)
        async with open_socket(stage) as client:
            assert "again" in json.dumps(await ask(client, CREATE))
    (fault,) = stage.journal.select(kind("fault"))
    sent = next(entry for entry in stage.journal if entry.type == "response.created")
    assert fault.json == {"after": 1, "offset": len(sent.raw)}


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_compression_is_the_clients_choice(compression: str | None) -> None:
    """The same events with and without permessage-deflate, in the journal too."""
    async with Stage() as stage:
        stage.responses.reply(message("x" * 50_000))
        async with open_socket(stage, compression=compression) as client:
            found = await ask(client, CREATE)
            names = [extension.name for extension in client.protocol.extensions]
    sent = [entry.json for entry in stage.journal.select(kind("frame") & head("text")) if entry.re]
    assert names == (["permessage-deflate"] if compression else [])
    assert [event for event in sent if event["type"] != "response.create"] == found
