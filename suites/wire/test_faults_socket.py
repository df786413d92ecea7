"""Faults on WebSockets: which frames a client's socket gets."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from agent_rehearsal import (
    Stage,
    close,
    cut,
    delay,
    direction,
    duplicate,
    fragment,
    garbage,
    half_close,
    kind,
    refuse,
    reorder,
    reset,
    split_utf8,
    stall,
    within,
)
from suites.wire.raw_client import RawClient, connected, frame, upgrade

SAID = {"type": "said", "event_id": "e1", "text": "a漢\U0001f3ad"}
DONE = {"type": "done", "event_id": "e2"}
PAYLOAD = json.dumps(SAID, separators=(",", ":"), ensure_ascii=False).encode()
ENDS = {"cut": cut(), "reset": reset(), "stall": stall(), "half_close": half_close()}


def sent(stage: Stage) -> list[tuple[str, bytes]]:
    """The frames that went out, as the journal has them."""
    found = stage.journal.select(kind("frame") & direction("out"))
    return [(entry.head, entry.raw) for entry in found]


async def opened(client: RawClient) -> None:
    """Open a WebSocket by hand."""
    await client.send(upgrade())
    assert (await client.head())[0] == 101


async def next_frame(client: RawClient) -> tuple[int, bytes]:
    """The first byte of a frame, and its payload."""
    first, size = await client.exactly(2)
    if size == 126:
        size = int.from_bytes(await client.exactly(2), "big")
    elif size == 127:
        size = int.from_bytes(await client.exactly(8), "big")
    return first, await client.exactly(size)


@pytest.mark.parametrize("size", [1, 125, 126, 65535, 65536])
async def test_a_message_in_two_frames(size: int) -> None:
    """Inside a message a mark falls between two of its frames, whatever their length."""
    text = "x" * (size + 5)
    async with Stage() as stage:
        stage.realtime.greet({"type": "t", "event_id": "e", "text": text})
        stage.realtime.greet(
            within(delay(0), at=size), {"type": "t", "event_id": "e", "text": text}
        )
        async with connected(stage) as client:
            await opened(client)
            first, payload = await next_frame(client)
        assert first == 0x81
        async with connected(stage) as client:
            await opened(client)
            head, tail = await next_frame(client), await next_frame(client)
    assert head == (0x01, payload[:size])
    assert tail == (0x80, payload[size:])
    assert sent(stage)[1:] == [("text", payload[:size]), ("continuation", payload[size:])]


@pytest.mark.parametrize("name", ENDS)
async def test_an_end_inside_a_message(name: str) -> None:
    """The client has a frame of an unfinished message and no Close frame."""
    async with Stage() as stage:
        stage.realtime.greet(SAID, within(ENDS[name], at=10), SAID, DONE)
        async with connected(stage) as client:
            await opened(client)
            whole, part = await next_frame(client), await next_frame(client)
            if name == "stall":
                await stage.journal.wait_for(kind("fault"))
                await client.half_close()
            rest, error = await client.rest()
    assert (whole, part) == ((0x81, PAYLOAD), (0x01, PAYLOAD[:10]))
    assert rest == b""
    assert error is (ConnectionResetError if name == "reset" else None)
    (fault,) = stage.journal.select(kind("fault"))
    assert (fault.head, fault.json) == (name, {"after": 1, "offset": len(PAYLOAD) + 10})


async def test_a_close_frame_comes_in_the_middle_of_a_message() -> None:
    """A control frame is allowed there; the message is never finished."""
    async with Stage() as stage:
        stage.realtime.greet(within(close(1013, "later"), at=10), SAID)
        async with connected(stage) as client:
            await opened(client)
            await next_frame(client)
            assert await next_frame(client) == (0x88, b"\x03\xf5later")
            await client.send(frame(8, b"\x03\xf5"))
            assert await client.rest() == (b"", None)


@pytest.mark.parametrize("compression", ["deflate", None])
@pytest.mark.parametrize("mark", [fragment([3, 1]), split_utf8()], ids=repr)
async def test_a_divided_message_is_whole_for_a_library(mark: Any, compression: Any) -> None:
    """What is sent in frames is joined by the client; the journal has one message."""
    async with Stage() as stage:
        stage.realtime.greet(mark, SAID, DONE)
        async with connect(stage.realtime.websocket_url, compression=compression) as client:
            async with asyncio.timeout(5):
                assert json.loads(await client.recv()) == SAID
                assert json.loads(await client.recv()) == DONE
    assert next(raw for head, raw in sent(stage) if head == "text") == PAYLOAD


async def test_split_utf8_divides_every_long_character() -> None:
    """Each frame but the last of a message ends after the first byte of a character."""
    async with Stage() as stage:
        stage.realtime.greet(split_utf8(), SAID)
        async with connected(stage) as client:
            await opened(client)
            found = [await next_frame(client) for _ in range(3)]
    assert [first for first, _ in found] == [0x01, 0x00, 0x80]
    assert b"".join(payload for _, payload in found) == PAYLOAD
    assert [payload[-1] >= 0xC0 for _, payload in found] == [True, True, False]


async def test_half_close_reads_on() -> None:
    """A message that comes after our FIN is recorded."""
    async with Stage() as stage:
        stage.realtime.greet(half_close())
        async with connected(stage) as client:
            await opened(client)
            assert await client.rest() == (b"", None)
            await client.send(frame(1, b'{"type": "late"}'))
            late = await stage.journal.wait_for(kind("frame"))
    assert late.type == "late"


@pytest.mark.parametrize(
    ("mark", "types"),
    [
        (duplicate(), ["said", "said", "done"]),
        (reorder(), ["done", "said"]),
        (garbage(seed=4), ["garbage", "said", "done"]),
    ],
    ids=repr,
)
async def test_messages_change_as_events_do(mark: Any, types: list[str]) -> None:
    """The faults about single events are about single messages here."""
    async with Stage() as stage:
        stage.realtime.greet(mark, SAID, DONE)
        async with connected(stage) as client:
            await opened(client)
            found = [(await next_frame(client))[1] for _ in types]
    assert [type_of(payload) for payload in found] == types
    (fault,) = stage.journal.select(kind("fault"))
    assert (fault.get("after"), fault.get("offset")) == (0, 0)


def type_of(payload: bytes) -> str:
    """The type of a message; of what is no event of ours, `garbage`."""
    return next((t for t in ("said", "done") if b'"type":"%b"' % t.encode() in payload), "garbage")


async def test_an_upgrade_is_refused() -> None:
    """`refuse` as a greeting stands in place of the 101 and says when to come back."""
    async with Stage() as stage:
        stage.realtime.greet(refuse(429, retry_after=2, message="Not now."))
        with pytest.raises(InvalidStatus) as caught:
            await connect(stage.realtime.websocket_url)
        async with connect(stage.realtime.websocket_url):
            pass
    response = caught.value.response
    assert (response.status_code, response.headers["retry-after"]) == (429, "2")
    assert b"Not now." in (response.body or b"")


async def test_a_client_library_sees_a_message_cut_short() -> None:
    """It reports an abnormal end and hands on no half message."""
    async with Stage() as stage:
        stage.realtime.greet(SAID, within(cut(), at=10), DONE)
        async with connect(stage.realtime.websocket_url) as client:
            assert json.loads(await client.recv()) == SAID
            with pytest.raises(ConnectionClosedError):
                await client.recv()
