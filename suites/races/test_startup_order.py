"""The race that Rehearsal was made for: an agent opens two sockets at once, and either may be
first.
"""

import asyncio
import json

import pytest
from websockets.asyncio.client import ClientConnection, connect

from agent_rehearsal import Stage, carries, direction, kind, on

INSTRUCTIONS = "answer briefly"


async def open_responses(stage: Stage) -> ClientConnection:
    """Connect and prewarm, as agents do before the first turn; done when the answer is there."""
    socket = await connect(f"{stage.base_url.replace('http', 'ws')}/responses")
    await socket.send(json.dumps({"type": "response.create", "generate": False, "input": []}))
    await socket.recv()
    return socket


async def open_realtime(stage: Stage) -> ClientConnection:
    """Connect and set the session up; done when the server has heard it."""
    socket = await connect(stage.realtime.websocket_url)
    session = {"type": "realtime", "instructions": INSTRUCTIONS}
    await socket.send(json.dumps({"type": "session.update", "session": session}))
    await stage.realtime.wait_for(carries("session"))
    return socket


CLIENTS = {"responses": open_responses, "realtime": open_realtime}


async def start(stage: Stage, first: str) -> None:
    """Start both clients at once; a gate holds the second back until the first was heard."""
    gate = stage.realtime.gate(f"{first} was heard")

    async def held(name: str) -> ClientConnection:
        if name != first:
            await gate.passage()
        socket = await CLIENTS[name](stage)
        gate.open()
        return socket

    for socket in await asyncio.gather(*map(held, CLIENTS)):
        await socket.close()


@pytest.mark.parametrize("first", CLIENTS)
async def test_a_predicate_finds_the_message_in_either_order(first: str) -> None:
    """Waiting for what a message carries does not depend on which connection came first."""
    async with Stage() as stage:
        await start(stage, first)
        update = await stage.realtime.wait_for(carries("session.instructions"))
    assert update.get("session.instructions") == INSTRUCTIONS
    assert update.conn is not None
    assert update.conn.id == ("c1" if first == "realtime" else "c2")


async def test_a_slot_finds_the_message_in_one_order_only() -> None:
    """Reading "connection 1, request 0" is the flake: right in one order, wrong in the other."""
    found = {}
    for first in CLIENTS:
        async with Stage() as stage:
            await start(stage, first)
            slot = stage.journal.select(on("c1") & kind("frame") & direction("in"))[0]
        found[first] = slot.get("session.instructions")
    assert found == {"realtime": INSTRUCTIONS, "responses": None}
