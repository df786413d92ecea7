"""Refusals and failures over both transports: the class of each, and who repeats it."""

from collections.abc import Callable
from typing import Any

import pytest

from agent_rehearsal import of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    cyber_policy,
    error_frame,
    function_call,
    invalid_image,
    message,
    overloaded,
    rate_limited,
    slow_down,
    status,
    stream,
    usage_not_included,
)
from suites.faults.slept import slept
from suites.turns.wires import frames, posts, wired

pytestmark = pytest.mark.explore

TOO_MANY = {"response_too_many_failed_attempts": {"http_status_code": 429}}
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDAT"
    b"x\x9cc\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff\xa9\xc8\xe4\xd7\0\0\0\0IEND\xaeB`\x82"
)

Both = tuple[Callable[[], Any], dict[str, Any], Any, str]

ENDS_A_TURN: dict[str, Both] = {
    "bad request": (
        lambda: status(400, message="bad"),
        {"code": 400, "message": "bad"},
        "other",
        "bad",
    ),
    "policy": (
        lambda: cyber_policy(message="Not this."),
        {"code": 400, "code_name": "cyber_policy", "message": "Not this."},
        "cyber_policy",
        "Not this.",
    ),
    "not in the plan": (
        usage_not_included,
        {"code": 429, "type": "usage_not_included"},
        "usage_limit_exceeded",
        "plan does not include",
    ),
    "too many": (
        rate_limited,
        {"code": 429, "type": "rate_limit"},
        TOO_MANY,
        "exceeded retry limit, last status: 429 Too Many Requests",
    ),
    "overloaded": (
        overloaded,
        {"code": 503, "code_name": "server_is_overloaded"},
        "server_overloaded",
        "at capacity",
    ),
    "slow down": (
        slow_down,
        {"code": 503, "code_name": "slow_down"},
        "server_overloaded",
        "at capacity",
    ),
}
"""What is refused for good: over HTTP, over a WebSocket, then class and text."""


@pytest.mark.parametrize("which", ENDS_A_TURN)
@pytest.mark.parametrize("websockets", [False, True], ids=["http", "websocket"])
async def test_a_refusal_is_the_same_over_both(
    responses: MockResponses, codex: Codex, which: str, *, websockets: bool
) -> None:
    """The frame of a socket is read as the reply it stands for; no turn repeats these."""
    answer, frame, info, text = ENDS_A_TURN[which]
    responses.reply(stream(error_frame(**frame)) if websockets else answer())
    agent = wired(codex) if websockets else codex(provider={"request_max_retries": 0})
    thread = await agent.start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("codex_error_info") == info
    assert text in error.get("message")
    assert (await turn.ended()).get("last_agent_message") is None
    assert len(frames(responses) if websockets else posts(responses)) == 1
    responses.reply(message("fine now"))
    assert await thread.run("again") == "fine now"


@pytest.mark.parametrize("code", [401, 404, 500, 503])
async def test_a_frame_that_a_turn_repeats(
    responses: MockResponses, codex: Codex, code: int
) -> None:
    """On a socket there is one layer of repetition: the turn's, with its own pauses."""
    responses.reply(stream(error_frame(code)), times=2)
    responses.reply(message("done"))
    thread = await wired(codex, retries=2).start()
    assert await thread.run("go") == "done"
    assert slept(responses.journal) == pytest.approx([0.2, 0.4])
    assert len(frames(responses)) == 3
    assert posts(responses) == []


@pytest.mark.parametrize(("obeyed", "pause"), [(True, 7.0), (False, None)])
async def test_a_frame_may_say_when_to_come_back(
    responses: MockResponses, codex: Codex, *, obeyed: bool, pause: float | None
) -> None:
    """`Retry-After` among its headers is the pause, where it is obeyed at all."""
    responses.reply(stream(error_frame(429, headers={"retry-after": "7"})))
    responses.reply(message("done"), optional=not obeyed)
    thread = await wired(codex, honor_retry_after=obeyed).start()
    turn = await thread.submit("go")
    ended = await turn.ended()
    assert slept(responses.journal) == ([] if pause is None else [pause])
    assert ended.get("last_agent_message") == ("done" if obeyed else None)


async def test_the_details_of_an_unexpected_status(responses: MockResponses, codex: Codex) -> None:
    """The text names the address, the request and what is wrong with the credentials."""
    headers = {"x-request-id": "r1", "cf-ray": "c1", "x-openai-authorization-error": "expired"}
    responses.reply(status(403, message="no entry", headers=headers))
    thread = await codex(provider={"stream_max_retries": 0}).start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("message") == (
        f"unexpected status 403 Forbidden: no entry, url: {responses.base_url}/responses, "
        "cf-ray: c1, request id: r1, auth error: expired"
    )
    await turn.ended()


async def test_an_image_that_cannot_be_read_is_left_out(
    responses: MockResponses, codex: Codex
) -> None:
    """The tool's image becomes a text, the request is sent again at once, the turn goes on."""
    (codex.cwd / "a.png").write_bytes(PNG)
    responses.reply(function_call("c1", "view_image", {"path": "a.png"}))
    responses.reply(invalid_image())
    responses.reply(message("I saw nothing"))
    thread = await codex.start()
    turn = await thread.submit("look")
    assert await turn.completed() == "I saw nothing"
    _, second, third = posts(responses)
    assert second.items("function_call_output")[0]["output"][0]["type"] == "input_image"
    assert third.items("function_call_output")[0]["output"] == [
        {"type": "input_text", "text": "Invalid image"}
    ]
    assert slept(responses.journal) == []
    assert "stream_error" not in [event.type for event in turn.events]


async def test_an_image_of_the_users_own_is_told(responses: MockResponses, codex: Codex) -> None:
    """Nothing of a tool is there to be left out: the user has to."""
    responses.reply(invalid_image())
    thread = await codex.start()
    turn = await thread.submit("look")
    error = await turn.wait_for(of_type("error"))
    assert error.get("codex_error_info") == "bad_request"
    assert "Leave it out and try again" in error.get("message")
    await turn.ended()
    assert len(responses.requests) == 1


async def test_an_image_is_left_out_once(responses: MockResponses, codex: Codex) -> None:
    """A provider that finds an image where none is any more ends the turn."""
    (codex.cwd / "a.png").write_bytes(PNG)
    responses.reply(function_call("c1", "view_image", {"path": "a.png"}))
    responses.reply(invalid_image(), times=2)
    thread = await codex.start()
    turn = await thread.submit("look")
    error = await turn.wait_for(of_type("error"))
    assert error.get("codex_error_info") == "bad_request"
    await turn.ended()
    assert len(responses.requests) == 3
