"""The stage of the tests of realtime sockets."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent_rehearsal import Stage, of_type
from suites.realtime.sockets import open_socket
from suites.realtime.told import Told


@pytest.fixture
async def live() -> AsyncIterator[Stage]:
    """A stage whose sessions answer as the API does, and that leaves no task behind."""
    async with Stage(strict="warn") as stage:
        yield stage
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage that says what it is told to, takes the next client, and leaves no task behind."""
    async with Stage(strict="warn") as stage:
        stage.realtime.reactive = False
        yield stage
        async with open_socket(stage) as client:
            await client.send('{"type": "still.there"}')
            await stage.realtime.wait_for(of_type("still.there"))
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
def told() -> Told:
    """A session that is open."""
    told = Told()
    told.open()
    return told
