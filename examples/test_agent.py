"""The agent core in a test: the examples of `docs/agent.md`."""

import pytest

from agent_rehearsal import of_type
from codex_core import ProviderAuth
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
