"""The agent core in a test: the examples of `docs/agent.md`."""

import pytest

from agent_rehearsal import Stage, carries, like, of_type
from codex_core import ProviderAuth
from mock_realtime import call_answer, heard, joins, speech
from mock_responses import compaction, completed, message, shell_call, usage

pytestmark = pytest.mark.asyncio


async def test_a_command_is_approved(responses, codex):
    responses.reply(shell_call("c1", "make"))
    responses.reply(message("built"))
    thread = await codex(approval_policy="untrusted", commands={"make": "ok\n"}).start()
    turn = await thread.submit("build it")
    request = await thread.asked("c1")
    assert request.json["command"][-1] == "make"
    await thread.approve(request)
    assert await turn.completed() == "built"
    assert responses.requests[-1].output_of("c1").endswith("ok\n")


async def test_a_full_context_is_compacted(responses, codex):
    responses.reply(message("done"), completed(usage=usage(1_495, 5)))
    responses.reply(message("We did the first thing."))
    responses.reply(message("done too"))
    thread = await codex(config={"model_auto_compact_token_limit": 1_000}).start()
    await thread.run("the first thing")
    turn = await thread.submit("the second thing")
    await turn.wait_for(of_type("context_compacted"))
    assert await turn.completed() == "done too"
    texts = responses.requests[-1].texts("user")
    assert "the first thing" in texts
    assert any("We did the first thing." in text for text in texts)


async def test_the_provider_compacts(responses, codex):
    responses.reply(message("done"))
    responses.reply(compaction("what the provider keeps"))
    thread = await codex(provider={"name": "OpenAI"}).start()
    await thread.run("the first thing")
    turn = await thread.compact()
    await turn.completed()
    assert responses.requests[-1].input[-1] == {"type": "compaction_trigger"}


async def test_a_command_gives_the_token(responses, codex):
    responses.reply(message("hello"))
    auth = ProviderAuth(command="token", args=("--for", "rehearsal"))
    provider = {"auth": auth, "experimental_bearer_token": None}
    thread = await codex(provider=provider, commands={"token --for rehearsal": "t1\n"}).start()
    assert await thread.run("go") == "hello"
    assert responses.requests[0].headers["authorization"] == "Bearer t1"


async def test_what_was_said_goes_along(realtime, responses, codex):
    responses.reply(message("Rome it is."))
    await codex.start(realtime={"version": "v1"})
    session = await realtime.session(carries("session.instructions"))
    await session.send(heard("I am in Rome."))
    await session.hand_off("where am I?", id="h1")
    back = await session.wait_for(of_type("conversation.handoff.append"))
    assert back.json["handoff_id"] == "h1"
    assert "user: I am in Rome." in responses.requests[0].texts("user")[-1]


async def test_a_refused_response_is_asked_for_again(realtime, responses, codex):
    responses.reply(message("done"))
    thread = await codex.start(realtime=True)
    session = await realtime.session(carries("session.instructions"))
    busy = {"code": "conversation_already_has_active_response", "message": "resp_1 is active"}
    realtime.reply({"type": "error", "error": busy}, when=like({"type": "response.create"}))
    await thread.run("say done")
    await thread.wait_for(like({"payload": {"type": "response_refused"}}))
    await session.respond(speech("one moment"))
    await realtime.wait_count(of_type("response.create"), 2)


async def test_the_agent_joins_a_call(realtime, codex):
    realtime.reply_call(call_answer("v=answer", id="rtc_1"))
    offer = {"type": "webrtc", "sdp": "v=offer"}
    thread = await codex.start(realtime={"transport": offer})
    await realtime.wait_for(joins("rtc_1"))
    told = await thread.wait_for(of_type("realtime_conversation_sdp"))
    assert told.get("sdp") == "v=answer"


async def test_the_agent_over_tls():
    async with Stage(tls=True) as stage:
        stage.responses.reply(message("hello"))
        thread = await stage.codex().start(realtime=True)
        assert await thread.run("go") == "hello"
