"""The Responses API with an agent of your own: the tests of `docs/responses.md`."""

import json

import pytest

from agent_rehearsal import ALWAYS, header
from mock_responses import asks, carries_output_of, function_call, message

pytestmark = pytest.mark.asyncio

WEATHER = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


async def agent(client, question, **options):
    """Stands for your agent: it runs the calls of the model until there are none, and answers."""
    history = [{"role": "user", "content": question}]
    while True:
        answer = await client.responses.create(
            model="gpt-5", instructions="Be brief.", input=history, tools=[WEATHER], **options
        )
        calls = [item for item in answer.output if item.type == "function_call"]
        if not calls:
            return answer.output_text
        history += [item.model_dump(exclude_none=True) for item in answer.output]
        history += [
            {"type": "function_call_output", "call_id": call.call_id, "output": look_up(call)}
            for call in calls
        ]


def look_up(call):
    """The weather of each city is the same."""
    return f"25 degrees in {json.loads(call.arguments)['city']}"


async def test_a_turn_with_a_tool(responses):
    responses.reply(function_call("c1", "weather", {"city": "Rome"}))
    responses.reply(message("It is ", "warm."))
    assert await agent(responses.openai_client(), "How is Rome?") == "It is warm."
    first, second = responses.requests
    assert first.tool("weather")["parameters"]["type"] == "object"
    assert second.texts("user") == ["How is Rome?"]
    assert second.output_of("c1") == "25 degrees in Rome"


async def test_a_rule_for_each_question(responses):
    responses.reply(message("Ask me about the weather."), times=ALWAYS, optional=True)
    responses.reply(function_call("c1", "weather", {"city": "Rome"}), when=asks("Rome"))
    responses.reply(message("Warm."), when=carries_output_of("c1"))
    client = responses.openai_client()
    assert await agent(client, "Who are you?") == "Ask me about the weather."
    assert await agent(client, "How is Rome?") == "Warm."


async def test_two_agents_at_once(responses):
    ann = responses.queue(header("x-agent", "ann"))
    bob = responses.queue(header("x-agent", "bob"))
    ann.reply(message("for Ann"))
    bob.reply(message("for Bob"))
    client = responses.openai_client()
    assert await agent(client, "hi", extra_headers={"x-agent": "bob"}) == "for Bob"
    assert await agent(client, "hi", extra_headers={"x-agent": "ann"}) == "for Ann"


async def test_what_is_sent_is_approved(responses, request_snapshot):
    responses.reply(function_call("c1", "weather", {"city": "Rome"}))
    responses.reply(message("Warm."))
    await agent(responses.openai_client(), "How is Rome?")
    assert responses.requests == request_snapshot
