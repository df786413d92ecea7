"""Replies that break, and how a client takes them: the examples of `docs/faults.md`."""

import openai
import pytest

from agent_rehearsal import at_random, cut, fragment, kind, reset, split_utf8
from mock_responses import message


async def listen(client: openai.AsyncOpenAI) -> str:
    """Stands for your agent: what it heard of one stream."""
    heard = ""
    async with client.responses.stream(model="gpt-5", input="hi") as stream:
        async for event in stream:
            if event.type == "response.output_text.delta":
                heard += event.delta
    return heard


@pytest.mark.asyncio
async def test_a_cut_stream_is_an_error(responses, journal):
    responses.reply(message("half of", cut(), " it"))
    with pytest.raises(openai.APIConnectionError):
        await listen(responses.openai_client())
    (fault,) = journal.select(kind("fault"))
    assert fault.json == {"after": 5, "offset": fault.get("offset")}


@pytest.mark.asyncio
async def test_no_size_of_packet_breaks_the_text(responses):
    responses.reply(fragment([1, 7, 40]), message("na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve"))
    responses.reply(split_utf8(), message("na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve"))
    client = responses.openai_client()
    assert await listen(client) == await listen(client)


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", range(10))
async def test_a_stream_that_ends_anywhere_is_an_error(responses, seed):
    responses.reply(at_random(seed, faults=[cut(), reset()]), message("one ", "two ", "three"))
    with pytest.raises(openai.APIConnectionError):
        await listen(responses.openai_client())


@pytest.mark.asyncio
async def test_the_third_request_in_a_minute_is_refused(responses):
    responses.quota(requests=2, per=60)
    responses.reply(message("ok"), times=2)
    client = responses.openai_client(max_retries=0)
    for _ in range(2):
        await client.responses.create(model="gpt-5", input="hi")
    with pytest.raises(openai.RateLimitError) as refused:
        await client.responses.create(model="gpt-5", input="hi")
    assert refused.value.response.headers["retry-after"] == "60"
