"""The Responses API over a WebSocket: the examples of `docs/websocket.md`."""

from contextlib import asynccontextmanager

import pytest

from agent_rehearsal import carries, head, kind, of_type, ping, stall
from mock_responses import (
    codex_rate_limits,
    is_prewarm,
    message,
    rate_limits,
    shell_call,
    status,
    window,
)

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def chat(responses):
    """Stands for your agent: it sends what is new, and goes on from the response before."""
    async with responses.openai_client().responses.connect(max_retries=0) as socket:

        async def ask(text, **more):
            await socket.response.create(model="gpt-5", input=text, **more)
            async for event in socket:
                if event.type in ("response.completed", "error"):
                    return event

        yield ask


async def test_a_question_goes_on_from_the_one_before(responses):
    responses.reply(message("Rome"))
    responses.reply(message("Three million"))
    async with chat(responses) as ask:
        first = await ask("The capital of Italy?")
        await ask("How many live there?", previous_response_id=first.response.id)
    request = responses.requests[-1]
    assert request.texts("user") == ["The capital of Italy?", "How many live there?"]
    assert [item["role"] for item in request.logical_input] == ["user", "assistant", "user"]
    assert len(request.input) == 1


@pytest.mark.rehearsal(waive="unknown-previous-response")
async def test_a_response_that_is_not_there_is_told(responses):
    async with chat(responses) as ask:
        event = await ask("Go on.", previous_response_id="resp_elsewhere")
    assert event.error.code == "previous_response_not_found"


async def test_the_agent_sends_only_what_is_new(responses, codex):
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("one file"))
    thread = await codex(websockets=True, commands={"ls": "README\n"}).start()
    assert await thread.run("list the files") == "one file"
    warm, first, second = responses.requests
    assert is_prewarm(warm.entry)
    assert first.previous_response_id is not None
    assert [item["type"] for item in second.input] == ["function_call_output"]
    assert "list the files" in second.texts("user")


async def test_a_warm_up_that_fails_costs_the_turn_nothing(responses, codex):
    responses.reply(status(500), when=is_prewarm)
    responses.reply(message("hello"))
    thread = await codex(websockets=True).start()
    assert await thread.run("go") == "hello"
    assert len(responses.select(kind("open"))) == 2


async def test_without_websockets_the_agent_turns_to_http(responses, codex):
    responses.greet(status(426))
    responses.reply(message("over HTTP"))
    thread = await codex(websockets=True).start()
    assert await thread.run("go") == "over HTTP"
    assert len(responses.select(kind("request"))) == 1


async def test_an_upgrade_without_an_answer_has_an_end(responses, codex):
    responses.greet(before=stall(), times=2, optional=True)
    responses.reply(message("over HTTP"))
    limits = {"websocket_connect_timeout_ms": 50, "stream_max_retries": 0}
    thread = await codex(websockets=True, provider=limits).start()
    turn = await thread.submit("go")
    await turn.wait_for(of_type("warning"))
    assert await turn.completed() == "over HTTP"


async def test_another_model_answers(responses, codex):
    responses.reply(message("hello"), openai_model="gpt-5-mini")
    thread = await codex(websockets=True).start()
    turn = await thread.submit("go")
    rerouted = await turn.wait_for(of_type("model_reroute"))
    assert rerouted.get("to_model") == "gpt-5-mini"
    assert await turn.completed() == "hello"


async def test_limits_are_told_between_two_turns(responses, codex):
    responses.reply(message("one"))
    responses.reply(message("two"))
    thread = await codex(websockets=True).start()
    await thread.run("go")
    limits = rate_limits(primary=window(98, window_minutes=300))
    await responses.push(responses.requests[-1], codex_rate_limits(limits))
    turn = await thread.submit("go on")
    told = await turn.wait_for(carries("rate_limits.primary"))
    assert told.get("rate_limits.primary.used_percent") == 98
    assert await turn.completed() == "two"


async def test_a_ping_is_answered(responses):
    responses.greet(ping(b"still there?"))
    async with chat(responses):
        pong = await responses.wait_for(head("pong"))
    assert pong.entry.raw == b"still there?"
