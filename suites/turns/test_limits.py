"""What the server says beside its answer: limits, its model, its list of models."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent_rehearsal import Journal, kind, of_type, path
from agent_rehearsal.face.agent import Codex, Turn
from mock_responses import (
    MockResponses,
    completed,
    created,
    error_frame,
    message,
    rate_limits,
    response_metadata,
    status,
    stream,
    usage_limit_reached,
    window,
)
from suites.core.exchanges import write_login
from suites.turns.wires import wired

pytestmark = pytest.mark.explore

LIMITS = rate_limits(primary=window(12.5, window_minutes=60, reset_at=1_750_000_600))
USED_UP = {"x-codex-primary-used-percent": "100", "x-codex-primary-window-minutes": "15"}
BOTH = pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])


def agent_of(codex: Codex, *, websockets: bool) -> Codex:
    return wired(codex) if websockets else codex


def kinds(turn: Turn) -> list[str]:
    return [event.type for event in turn.events if event.type is not None]


@BOTH
async def test_limits_come_with_the_usage(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """One `token_count` after the response, whichever way the limits were told."""
    responses.reply(message("hi"), rate_limits=LIMITS)
    thread = await agent_of(codex, websockets=websockets).start()
    turn = await thread.submit("go")
    await turn.completed()
    (count,) = [event for event in turn.events if event.type == "token_count"]
    assert count.get("rate_limits.primary.used_percent") == 12.5
    assert count.get("rate_limits.primary.resets_at") == 1_750_000_600
    assert count.get("rate_limits.limit_id") == "codex"
    assert count.get("info.total_token_usage.total_tokens") > 0


@BOTH
async def test_a_used_up_plan_tells_its_limits_first(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """`token_count` with the limits that refused and no usage yet, the error, the turn's end."""
    if websockets:
        responses.reply(stream(error_frame(429, type="usage_limit_reached", headers=USED_UP)))
    else:
        error = {"error": {"type": "usage_limit_reached", "message": "no"}}
        responses.reply(status(429, headers=USED_UP, body=error))
    thread = await agent_of(codex, websockets=websockets).start()
    turn = await thread.submit("go")
    await turn.ended()
    assert kinds(turn)[-3:] == ["token_count", "error", "task_complete"]
    count, error_event = turn.events[-3:-1]
    assert count.get("rate_limits.primary.used_percent") == 100
    assert count.get("rate_limits.primary.window_minutes") == 15
    assert error_event.get("codex_error_info") == "usage_limit_exceeded"
    assert len(responses.requests) == 1 + websockets


@BOTH
async def test_a_used_up_plan_is_not_repeated_even_with_a_date(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """The text says when, by the agent's clock and time zone; the next turn asks again."""
    responses.reply(usage_limit_reached(plan_type="pro", resets_at=1_750_003_600))
    responses.reply(message("fine now"))
    thread = await codex(websockets=websockets).start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert "the usage limit of the pro plan" in error.get("message")
    assert "Try again at 4:06 PM." in error.get("message")
    await turn.ended()
    assert await thread.run("again") == "fine now"


@BOTH
async def test_another_model_is_told_once_a_turn(
    responses: MockResponses, codex: Codex, *, websockets: bool
) -> None:
    """A header or an event says so; one reroute and one warning, again in the next turn."""
    responses.reply(message("hi"), openai_model="other-model", times=2)
    thread = await agent_of(codex, websockets=websockets).start()
    for text in ("go", "again"):
        turn = await thread.submit(text)
        await turn.completed()
        told = [event for event in turn.events if event.type in ("model_reroute", "warning")]
        assert [event.type for event in told] == ["model_reroute", "warning"]
        assert told[0].get("to_model") == "other-model"
        assert told[0].get("from_model") == "mock-model"


async def test_metadata_of_a_socket_is_told(responses: MockResponses, codex: Codex) -> None:
    """Verification once a turn, moderation as it comes."""
    asked = {"openai_verification_recommendation": ["trusted_access_for_cyber"]}
    responses.reply(
        stream(
            created(),
            response_metadata(metadata=asked),
            response_metadata(
                metadata={**asked, "openai_chatgpt_moderation_metadata": {"flagged": False}}
            ),
            completed(),
        )
    )
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    await turn.completed()
    assert kinds(turn).count("model_verification") == 1
    (moderation,) = [event for event in turn.events if event.type == "turn_moderation_metadata"]
    assert moderation.get("metadata") == {"flagged": False}


LISTS = kind("request") & path("/v1/models")


def account(codex: Codex, home: Path, **provider: Any) -> Codex:
    """An agent with a ChatGPT account."""
    write_login(home)
    given = {"requires_openai_auth": True, "experimental_bearer_token": None, **provider}
    return codex(config={"codex_home": home}, provider=given)


async def test_a_new_version_of_the_models_is_asked_for_once(
    responses: MockResponses, codex: Codex, journal: Journal, tmp_path: Path
) -> None:
    """At the start, and beside a turn whose reply names another version; not for the same one."""
    responses.models_etag = '"v1"'
    responses.reply(message("hi"), models_etag='"v1"')
    responses.reply(message("hi"), models_etag='"v2"', times=2)
    thread = await account(codex, tmp_path).start()
    await thread.run("go")
    (first,) = journal.select(LISTS)
    assert first.query == {"client_version": "0.1.0"}
    assert first.header("authorization") == "Bearer access-1"
    responses.models_etag = '"v2"'
    await thread.run("again")
    await journal.wait_for(LISTS, after=first)
    await thread.run("once more")
    assert len(journal.select(LISTS)) == 2


async def test_threads_know_the_models_of_the_list(
    responses: MockResponses, codex: Codex, tmp_path: Path
) -> None:
    """What the provider says of a model holds from the first request on."""
    known = {"supports_parallel_tool_calls": True, "context_window": 1000}
    responses.model_infos = ({"slug": "mock-model", **known},)
    responses.reply(message("hi"))
    thread = await account(codex, tmp_path).start()
    turn = await thread.submit("go")
    await turn.completed()
    assert responses.requests[0].body["parallel_tool_calls"] is True
    started = next(event for event in turn.events if event.type == "task_started")
    assert started.get("model_context_window") == 950


async def test_an_API_key_asks_for_no_models(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Whatever version a reply names."""
    responses.reply(message("hi"), models_etag='"v2"')
    await (await codex.start()).run("go")
    assert journal.select(LISTS) == []


async def test_a_body_is_compressed_for_an_account(
    responses: MockResponses, codex: Codex, tmp_path: Path
) -> None:
    """With OpenAI by name and a ChatGPT account; the server reads it as any other."""
    responses.reply(message("hi"))
    thread = await account(codex, tmp_path, name="OpenAI").start()
    await thread.run("go")
    (request,) = responses.requests
    assert request.headers["content-encoding"] == "zstd"
    assert request.texts("user")[-1] == "go"
    assert json.loads(request.headers["x-codex-turn-metadata"])["request_kind"] == "turn"
