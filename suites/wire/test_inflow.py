"""The queue of a WebSocket's messages that may be taken by the read, and an aiohttp that is made
otherwise.
"""

import asyncio
from typing import Any

import pytest
from aiohttp import WSMessage, WSMsgType
from aiohttp.base_protocol import BaseProtocol

from agent_rehearsal import Stage, of_type
from agent_rehearsal.wire import inflow
from agent_rehearsal.wire.inflow import Inflow
from suites.wire.raw_client import connected, frame, upgrade

ONE, TWO, THREE = (WSMessage(WSMsgType.TEXT, data, "") for data in (b"1", b"2", b"3"))
CLEAR = frame(1, b'{"type":"input_audio_buffer.clear"}')


def made(*, takes: int) -> tuple[Inflow, list[list[Any]]]:
    """A queue of whose reads as many messages are taken, and what was there to be taken."""
    seen: list[list[Any]] = []

    def take(messages: list[Any]) -> int:
        seen.append(messages)
        return takes

    return Inflow(BaseProtocol(asyncio.get_running_loop()), take), seen


async def read(queue: Inflow) -> Any:
    async with asyncio.timeout(5):
        return await queue.read()


async def test_what_is_not_taken_of_a_read_is_queued() -> None:
    """The rest of it, in order; while that waits, nothing of another read is taken."""
    queue, seen = made(takes=1)
    for messages in ((ONE, TWO), (THREE,)):
        queue.begin()
        for message in messages:
            queue.feed_data(message, 1)
        queue.settle()
    assert seen == [[ONE, TWO]]
    assert [await read(queue), await read(queue)] == [TWO, THREE]


async def test_what_comes_outside_of_a_read_is_queued_at_once() -> None:
    """There may be no next read: aiohttp has something to say, or its parser goes on."""
    queue, seen = made(takes=1)
    queue.begin()
    queue.settle()
    queue.feed_data(ONE, 1)
    assert await read(queue) is ONE
    assert seen == []


async def test_the_end_comes_after_what_came_before_it() -> None:
    """Also where both are of one read."""
    queue, seen = made(takes=0)
    queue.begin()
    queue.feed_data(ONE, 1)
    queue.feed_eof()
    assert seen == [[ONE]]
    assert await read(queue) is ONE
    assert queue.is_eof()


class Narrow:
    """What takes none of our arguments."""


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("WebSocketReader", None),
        ("WebSocketReader", Narrow),
        ("_PARTS", ("_elsewhere",)),
        ("_FEEDS", ("_elsewhere",)),
        ("_HOLDS", ("_elsewhere",)),
    ],
)
async def test_where_aiohttp_is_made_otherwise_messages_go_the_public_way(
    monkeypatch: pytest.MonkeyPatch, name: str, other: Any
) -> None:
    """Nothing is taken, and all is answered."""
    settled: list[Inflow] = []

    def settle(queue: Inflow) -> None:
        settled.append(queue)

    monkeypatch.setattr(inflow, name, other)
    monkeypatch.setattr(Inflow, "settle", settle)
    async with Stage() as stage, connected(stage) as client:
        await client.send(upgrade())
        await client.head()
        await stage.journal.wait_for(of_type("session.created"))
        await client.send(CLEAR)
        await stage.journal.wait_for(of_type("input_audio_buffer.cleared"))
    assert settled == []
