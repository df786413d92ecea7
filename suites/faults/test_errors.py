"""Errors that end a turn at once: told once, with their class, and never asked again."""

from typing import Any

import pytest

from agent_rehearsal import Journal, of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    completed,
    context_length_exceeded,
    created,
    failed,
    insufficient_quota,
    message,
    output_item_added,
    output_item_done,
    rate_limited,
    status,
    stream,
    text_delta,
    usage_limit_reached,
)
from suites.faults.slept import slept

Info = str | dict[str, Any]

OWN_ID = "<the id that the mock gave the request>"

REFUSALS: dict[str, tuple[Any, Info, str]] = {
    "400": (status(400, body="no such model"), "other", "no such model"),
    "400_cyber_policy": (
        status(400, code_name="cyber_policy", message="Not this."),
        "cyber_policy",
        "Not this.",
    ),
    "429": (
        rate_limited(),
        {"response_too_many_failed_attempts": {"http_status_code": 429}},
        f"exceeded retry limit, last status: 429 Too Many Requests, request id: {OWN_ID}",
    ),
    "429_with_a_request_id": (
        status(429, headers={"x-request-id": "req_7"}),
        {"response_too_many_failed_attempts": {"http_status_code": 429}},
        "exceeded retry limit, last status: 429 Too Many Requests, request id: req_7",
    ),
    "429_too_long_to_wait": (
        rate_limited(100_000),
        {"response_too_many_failed_attempts": {"http_status_code": 429}},
        f"exceeded retry limit, last status: 429 Too Many Requests, request id: {OWN_ID}",
    ),
    "usage_limit": (
        usage_limit_reached(plan_type="plus", resets_at=1_750_003_600),
        "usage_limit_exceeded",
        "You have reached the usage limit of the plus plan. A larger plan has more, and credits "
        "can be bought. Try again at 4:06 PM.",
    ),
    "usage_not_included": (
        status(429, type="usage_not_included"),
        "usage_limit_exceeded",
        "This account's plan does not include such requests. Use another plan or key.",
    ),
}
"""A refused request: the answer, then the class and the text of the error."""

FAILURES: dict[str, tuple[Any, Info, str]] = {
    "context_length_exceeded": (
        context_length_exceeded(),
        "context_window_exceeded",
        "The conversation ran out of room in the model's context window. "
        "Start a new thread, or send less.",
    ),
    "insufficient_quota": (
        insufficient_quota(),
        "usage_limit_exceeded",
        "Quota exceeded. Check your plan and billing details.",
    ),
    "usage_not_included": (
        failed("usage_not_included", "not yours"),
        "usage_limit_exceeded",
        "This account's plan does not include such requests. Use another plan or key.",
    ),
    "cyber_policy": (failed("cyber_policy", "Not this."), "cyber_policy", "Not this."),
    "invalid_prompt": (failed("invalid_prompt", "Unreadable."), "other", "Unreadable."),
    "invalid_prompt_without_text": (failed("invalid_prompt", ""), "other", "Invalid request."),
    "server_is_overloaded": (
        failed("server_is_overloaded", "busy"),
        "server_overloaded",
        "The model is at capacity. Try again later, or use another model.",
    ),
    "slow_down": (
        failed("slow_down", "busy"),
        "server_overloaded",
        "The model is at capacity. Try again later, or use another model.",
    ),
}
"""A response that failed: its last event, then the class and the text of the error."""


async def assert_fails_at_once(
    responses: MockResponses, codex: Codex, info: Info, text: str
) -> None:
    """One request, no pause, an error and the turn's end; then the thread works on."""
    thread = await codex.start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    text = text.replace(OWN_ID, f"req_{responses.requests[0].entry.seq}")
    assert (error.get("codex_error_info"), error.get("message")) == (info, text)
    ended = await turn.ended()
    assert (ended.type, ended.get("last_agent_message")) == ("task_complete", None)
    assert len(responses.requests) == 1
    assert slept(responses.journal) == []
    compacts_first = info == "context_window_exceeded"
    responses.reply(message("fine now"), times=2 if compacts_first else 1)
    assert await thread.run("again") == "fine now"


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_ends_the_turn_at_once(
    responses: MockResponses, codex: Codex, name: str
) -> None:
    """What would only be refused again is not asked again."""
    answer, info, text = REFUSALS[name]
    responses.reply(answer)
    await assert_fails_at_once(responses, codex, info, text)


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failed_response_ends_the_turn_at_once(
    responses: MockResponses, codex: Codex, name: str
) -> None:
    """A failure that a repetition cannot mend is told with its class."""
    event, info, text = FAILURES[name]
    responses.reply(stream(created(), event))
    await assert_fails_at_once(responses, codex, info, text)


async def test_retry_after_can_be_left_unheeded(responses: MockResponses, codex: Codex) -> None:
    """Without `honor_retry_after` a 429 ends the turn, whatever it asks for."""
    responses.reply(rate_limited(1))
    builder = codex(provider={"honor_retry_after": False})
    text = f"exceeded retry limit, last status: 429 Too Many Requests, request id: {OWN_ID}"
    info = {"response_too_many_failed_attempts": {"http_status_code": 429}}
    await assert_fails_at_once(responses, builder, info, text)


async def test_a_full_context_window_is_told_in_the_usage(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The last count of tokens before the error says that the window is full."""
    responses.reply(stream(created(), context_length_exceeded()))
    thread = await codex(config={"model_context_window": 1000}).start()
    turn = await thread.submit("go")
    await turn.ended()
    counts = [event for event in turn.events if event.type == "token_count"]
    window = counts[-1].get("info.model_context_window")
    assert window
    assert counts[-1].get("info.total_token_usage.total_tokens") == window


async def test_a_later_completion_turns_a_failure_into_success(
    responses: MockResponses, codex: Codex
) -> None:
    """A failed event ends nothing by itself: what counts is how the stream ends."""
    responses.reply(stream(created(), failed("server_error", "no"), *whole_message("after all")))
    thread = await codex.start()
    assert await thread.run("go") == "after all"


def whole_message(text: str) -> list[Any]:
    """The events of one message and of the end of its response."""
    return [
        output_item_added(message(text)),
        text_delta(text),
        output_item_done(),
        completed(),
    ]
