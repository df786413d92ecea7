"""What the tests of the Responses WebSocket share: a client, and the messages that it sends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from agent_rehearsal import Stage
from suites.wire.raw_client import RawClient, connected, upgrade

Json = dict[str, Any]
CREATE: Json = {"type": "response.create", "model": "m", "input": "hi"}
PREWARM: Json = {"type": "response.create", "generate": False, "input": []}
ENDS = ("response.completed", "response.failed", "response.incomplete", "error")
DEADLINE = 5.0
"""Seconds that a client waits for what it reads."""


def open_socket(stage: Stage, **options: Any) -> connect:
    """A client's connection to the responses socket."""
    return connect(f"{stage.base_url.replace('http', 'ws')}/responses", **options)


@asynccontextmanager
async def by_hand(stage: Stage) -> AsyncIterator[RawClient]:
    """A client that writes its own frames, on an open WebSocket."""
    async with connected(stage) as client:
        await client.send(upgrade("/v1/responses"))
        assert (await client.head())[0] == 101
        yield client


async def received(client: ClientConnection) -> Json:
    """The next message."""
    async with asyncio.timeout(DEADLINE):
        found: Json = json.loads(await client.recv())
    return found


async def ask(client: ClientConnection, body: Any = CREATE) -> list[Json]:
    """Send a message and read the events up to one that ends a response."""
    await client.send(body if isinstance(body, str | bytes) else json.dumps(body))
    found: list[Json] = []
    while not found or found[-1]["type"] not in ENDS:
        found.append(await received(client))
    return found


async def asked(client: ClientConnection, **more: Any) -> str:
    """Send a request that is to be answered whole; the id of the response."""
    last = (await ask(client, {**CREATE, **more}))[-1]
    assert last["type"] == "response.completed", last
    id: str = last["response"]["id"]
    return id


def user(text: str) -> Json:
    """A message of the user."""
    return {"type": "message", "role": "user", "content": text}


def output(call_id: str, text: str = "out") -> Json:
    """The output of a function call."""
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def findings(stage: Stage) -> dict[str, str]:
    """The violations by name."""
    return {finding.name: finding.text for finding in stage.findings.of_level("violation")}
