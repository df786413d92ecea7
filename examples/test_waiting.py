"""Waits and order: the tests of `docs/waiting.md`."""

import asyncio

import pytest

from agent_rehearsal import assert_unordered, before, header, kind, of_type
from mock_responses import asks, message

pytestmark = pytest.mark.asyncio


async def ask(client, question):
    """Stands for your agent."""
    answer = await client.responses.create(
        model="gpt-5", input=question, extra_headers={"x-agent": "ann"}
    )
    return answer.output_text


async def test_a_request_is_waited_for(responses):
    responses.reply(message("Yes."))
    asking = asyncio.create_task(ask(responses.openai_client(), "Is it raining?"))
    request = await responses.wait_for(asks("raining") & header("x-agent", "ann"))
    assert request.model == "gpt-5"
    assert await asking == "Yes."


async def test_two_questions_come_in_any_order(responses):
    responses.reply(message("Yes."), times=2)
    client = responses.openai_client()
    await asyncio.gather(ask(client, "Is it raining?"), ask(client, "Is it cold?"))
    assert_unordered(responses.journal.select(kind("request")), [asks("raining"), asks("cold")])


async def test_nothing_fails_before_the_end(codex, responses, journal):
    responses.reply(message("Yes."))
    thread = await codex().start()
    turn = await thread.submit("Is it raining?")
    await journal.never(of_type("error"), until=of_type("task_complete"))
    assert await turn.completed() == "Yes."
    before(journal, asks("raining"), of_type("task_complete"))
