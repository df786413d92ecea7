"""Two connections begun at the same time, and a test that does not mind which is first."""

import asyncio

import aiohttp
import pytest

from agent_rehearsal import carries, of_type
from mock_responses import message


async def agent(base_url: str) -> None:
    """Stands for your agent: a realtime session, and a request after a look at the disk."""
    async with aiohttp.ClientSession() as http:

        async def talk() -> None:
            async with http.ws_connect(f"{base_url}/realtime") as socket:
                session = {"type": "realtime", "instructions": "Be brief."}
                await socket.send_json({"type": "session.update", "session": session})

        async def ask() -> None:
            await asyncio.sleep(0.05)
            body = {"model": "gpt-5", "input": "hi", "stream": True}
            async with http.post(f"{base_url}/responses", json=body) as response:
                await response.read()

        await asyncio.gather(talk(), ask())


@pytest.mark.asyncio
@pytest.mark.explore
async def test_the_session_is_updated(responses, realtime):
    responses.reply(message("hello"))
    await agent(responses.base_url)
    await realtime.wait_for(of_type("session.update"))
    await responses.wait_for(carries("model"))
