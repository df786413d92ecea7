"""The stage of the tests of realtime sockets."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent_rehearsal import Stage, of_type
from suites.realtime.sockets import open_socket


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A stage that fails for nothing, takes the next client, and leaves no task behind."""
    async with Stage(strict="warn") as stage:
        yield stage
        async with open_socket(stage) as client:
            await client.send('{"type": "still.there"}')
            await stage.realtime.wait_for(of_type("still.there"))
    assert asyncio.all_tasks() == {asyncio.current_task()}
