"""What belongs to the WebSocket and not to the API: pings and pongs, Close frames, compression, and
how messages are divided into frames.
"""

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from agent_rehearsal import (
    Stage,
    close,
    cut,
    direction,
    fragment,
    head,
    kind,
    ping,
    reset,
    withhold_pongs,
)
from mock_responses import completed, created, message, minimal, stream, text_delta
from suites.responses.sockets import (
    CREATE,
    DEADLINE,
    PREWARM,
    Json,
    ask,
    asked,
    by_hand,
    open_socket,
    received,
)
from suites.wire.raw_client import RawClient, connected, events, frame, upgrade
from suites.wire.raw_client import ask as ask_http

pytestmark = pytest.mark.explore

SMALL = b'{"type":"response.create","input":"hi"}'
OFFER = {"Sec-WebSocket-Extensions": "permessage-deflate"}


async def next_frame(client: RawClient) -> tuple[int, bytes]:
    """The first byte of a frame, and its payload."""
    first, size = await client.exactly(2)
    if size == 126:
        size = int.from_bytes(await client.exactly(2), "big")
    return first, await client.exactly(size)


async def test_a_ping_of_the_server_is_answered() -> None:
    """It is sent where the script has it; the client's pong is in the journal."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), ping(b"here?"), completed()))
        async with open_socket(stage) as client:
            await ask(client)
            pong = await stage.responses.wait_for(head("pong"))
    assert pong.entry.raw == b"here?"
    outgoing = stage.journal.select(kind("frame") & direction("out"))
    assert [entry.head for entry in outgoing[:3]] == ["text", "ping", "text"]


async def test_a_greeting_can_ping() -> None:
    """An idle connection is asked whether its client is there."""
    async with Stage() as stage:
        stage.responses.greet(ping())
        async with open_socket(stage):
            assert (await stage.responses.wait_for(head("pong"))).entry.raw == b""
        sent = stage.journal.select(kind("frame") & direction("out"))
        assert [entry.head for entry in sent] == ["ping", "close"]


async def test_a_ping_is_a_comment_over_http() -> None:
    """The same script keeps a stream busy, and readers pass it over."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), ping(), completed()))
        _, _, body = await ask_http(stage, {"model": "m", "input": "x", "stream": True})
    assert b"\n: ping\n\n" in body
    assert b"response.completed" in body


async def test_pings_of_the_client_are_answered_and_seen() -> None:
    """Also while a reply is held."""
    async with Stage() as stage:
        gate = stage.responses.gate("held")
        stage.responses.reply(gate, message("x"))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await gate.reached()
            async with asyncio.timeout(DEADLINE):
                await (await client.ping(b"you?"))
            gate.open()
            assert (await stage.responses.wait_for(head("ping"))).entry.raw == b"you?"


async def test_pongs_can_be_withheld() -> None:
    """From the mark on pings go unanswered; the journal has the fault, and replies still come."""
    async with Stage() as stage:
        stage.responses.greet(withhold_pongs())
        stage.responses.reply(message("x"))
        async with by_hand(stage) as client:
            await stage.journal.wait_for(kind("fault") & head("withhold_pongs"))
            await client.send(frame(9, b"you?") + frame(1, SMALL))
            first, payload = await next_frame(client)
        assert (first, json.loads(payload)["type"]) == (0x81, "response.created")
    assert [entry.raw for entry in stage.journal.select(head("ping"))] == [b"you?"]
    assert not stage.journal.select(head("pong"))


async def test_withheld_pongs_mean_nothing_over_http() -> None:
    """The mark is recorded, and the stream is as without it."""
    async with Stage() as stage:
        stage.responses.reply(withhold_pongs(), message("x"))
        _, _, body = await ask_http(stage, {"model": "m", "input": "x", "stream": True})
    assert events(body)[-1]["type"] == "response.completed"
    assert stage.journal.select(kind("fault") & head("withhold_pongs"))


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1009, 1011, 1012, 3000, 4999])
async def test_any_close_code_ends_a_response(code: int) -> None:
    """The client sees the code and the reason; no event follows."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), close(code, "why"), completed()))
        async with open_socket(stage) as client:
            await client.send(json.dumps(CREATE))
            await received(client)
            with pytest.raises(ConnectionClosed):
                await client.recv()
            assert (client.close_code, client.close_reason) == (code, "why")


@pytest.mark.parametrize(("mark", "error"), [(cut(), None), (reset(), ConnectionResetError)])
async def test_a_response_ends_without_a_close_frame(
    mark: Any, error: type[Exception] | None
) -> None:
    """By FIN or RST after what was sent; a new connection is served."""
    async with Stage() as stage:
        stage.responses.reply(stream(created(), mark))
        stage.responses.reply(message("again"))
        async with by_hand(stage) as client:
            await client.send(frame(1, SMALL))
            assert (await next_frame(client))[0] == 0x81
            assert await client.rest() == (b"", error)
        async with open_socket(stage) as client:
            assert "again" in json.dumps(await ask(client))


@pytest.mark.parametrize("agreed", [True, False])
async def test_compression_is_a_setting(*, agreed: bool) -> None:
    """Where it is off, an offer is not taken up; the journal has the same either way."""
    async with Stage() as stage:
        stage.responses.websocket_compression = agreed
        stage.responses.reply(message("x" * 300))
        async with connected(stage) as client:
            await client.send(upgrade("/v1/responses", OFFER))
            status, headers = await client.head()
            await client.send(frame(1, SMALL))
            first, payload = await next_frame(client)
    assert status == 101
    assert headers.get("sec-websocket-extensions") == ("permessage-deflate" if agreed else None)
    assert first == (0xC1 if agreed else 0x81)
    sent = stage.journal.select(kind("frame") & direction("out"))[0]
    assert sent.type == "response.created"
    assert (payload == sent.raw) is not agreed


async def test_frames_that_a_client_compresses_are_recorded_inflated() -> None:
    """What a message says is in the journal, not how it travelled."""
    long = "y" * 10_000
    async with Stage() as stage:
        stage.responses.reply(message("x"))
        async with open_socket(stage, compression="deflate") as client:
            await asked(client, input=long)
        assert stage.responses.requests[0].texts("user") == [long]


async def test_compressed_connections_take_messages_in_frames() -> None:
    """A message that is divided goes out uncompressed, which RFC 7692 allows."""
    async with Stage() as stage:
        stage.responses.reply(fragment([50]), message("in pieces"))
        stage.responses.reply(message("whole"))
        async with open_socket(stage, compression="deflate") as client:
            assert "in pieces" in json.dumps(await ask(client))
            assert "whole" in json.dumps(await ask(client))


async def test_several_messages_come_at_once() -> None:
    """A run without a mark is one write: a client that reads all there is has all of it."""
    async with Stage() as stage:
        stage.responses.reply(minimal(message("x")))
        async with connected(stage) as client:
            await client.send(upgrade("/v1/responses"))
            await client.head()
            await client.send(frame(1, SMALL))
            found = [json.loads((await next_frame(client))[1])["type"] for _ in range(3)]
    times = {entry.at for entry in stage.journal.select(kind("frame") & direction("out"))}
    assert found[-1] == "response.completed"
    assert len(times) <= 3


async def test_a_request_in_frames_is_one_message() -> None:
    """What the client divides is joined before anything looks at it."""
    async with Stage() as stage:
        stage.responses.reply(message("x"))
        async with by_hand(stage) as client:
            start = bytearray(frame(1, SMALL[:10]))
            start[0] &= 0x7F
            await client.send(bytes(start) + frame(9, b"p") + frame(0, SMALL[10:]))
            assert (await next_frame(client))[0] == 0x8A
            assert (await next_frame(client))[0] == 0x81
        assert [view.entry.raw for view in stage.responses.requests] == [SMALL]


async def test_messages_may_follow_the_last_event() -> None:
    """A script may say more after a response is over; the next request is answered all the same."""
    late: Json = {}
    async with Stage() as stage:
        stage.responses.reply(stream(created(), completed(), text_delta("late")))
        stage.responses.reply(message("next"))
        async with open_socket(stage) as client:
            id = await asked(client, input="a")
            late = await received(client)
            await asked(client, previous_response_id=id, input="b")
        assert stage.responses.requests[-1].texts("user") == ["a", "b"]
    assert late["delta"] == "late"


async def test_two_completions_are_one_response() -> None:
    """The second changes nothing about what the first stands for."""
    done = completed(response={"id": "twice"})
    async with Stage() as stage:
        stage.responses.reply(stream(created(response={"id": "twice"}), done, done))
        stage.responses.reply(message("next"))
        async with open_socket(stage) as client:
            await asked(client, input="a")
            await received(client)
            await asked(client, previous_response_id="twice", input="b")
        assert stage.responses.requests[-1].texts("user") == ["a", "b"]


async def test_a_prewarmed_connection_may_idle() -> None:
    """Nothing is sent on a connection that is not asked; it ends when the client closes it."""
    async with Stage() as stage:
        async with open_socket(stage) as client:
            await ask(client, PREWARM)
        ended = await stage.journal.wait_for(head("close") & direction("in"))
        assert ended.raw == b"\x03\xe8"
