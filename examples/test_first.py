"""README's first example: a test of an agent that knows nothing of Rehearsal."""

import pytest
from openai import AsyncOpenAI

from mock_responses import message


async def greet(base_url: str) -> str:
    """Stands for your agent: any client of the Responses API, in any library."""
    async with AsyncOpenAI(base_url=base_url, api_key="test") as client:
        response = await client.responses.create(
            model="gpt-5", instructions="Be brief.", input="Say hello."
        )
    return response.output_text


@pytest.mark.asyncio
async def test_greeting(responses):
    responses.reply(message("hello"))
    assert await greet(responses.base_url) == "hello"
    assert responses.requests[0].instructions == "Be brief."
