"""Repetition: the arithmetic, and the two layers of it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core import Event, Runtime
from codex_core.model_client.retry import LONGEST_RETRY_AFTER, backoff, parse_retry_after
from codex_core.model_client.transport import Reply, TransportError
from codex_core.protocol.ops import user_text
from suites.core.fakes import (
    FakeReply,
    FakeTransport,
    Sleeper,
    answer,
    completed,
    done,
    failed,
    message,
    only,
    reply,
    running,
    turn_end,
    types,
)

NOW = 1_750_000_000.0


def refusal(status: int, body: bytes = b"no", **headers: str) -> FakeReply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return FakeReply(body, status=status, headers=named)


async def run_turn(transport: FakeTransport, **provider: Any) -> tuple[list[Event], list[float]]:
    """One turn: its events, and what was slept."""
    sleeper = Sleeper()
    runtime = msgspec.structs.replace(Runtime.deterministic(), sleep=sleeper)
    async with running(transport, runtime=runtime, provider=provider) as thread:
        await thread.submit(user_text("go"))
        return await turn_end(thread), sleeper.slept


@given(st.integers(1, 100), st.floats(0.9, 1.1))
def test_backoff_doubles_from_a_fifth_of_a_second(attempt: int, jitter: float) -> None:
    """0.2 x 2^(n-1), within ten percent; it never overflows."""
    asked: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        asked.append((low, high))
        return jitter

    found = backoff(attempt, draw)
    assert asked == [(0.9, 1.1)]
    assert found == pytest.approx(0.2 * 2 ** min(attempt - 1, 30) * jitter)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("2", 2.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("-3", 0.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        (str(LONGEST_RETRY_AFTER + 1), None),
        ("Sun, 15 Jun 2025 15:06:45 GMT", 5.0),
        ("Sun, 15 Jun 2025 15:06:00 GMT", 0.0),
        ("Sun, 15 Jun 2035 15:06:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    """Both forms are read; what is nonsense or too far off is not waited for."""
    assert parse_retry_after(value, now=NOW) == seconds


async def test_a_refused_request_is_sent_again() -> None:
    """5xx and network trouble are repeated with the same body, without a word to the client."""
    transport = FakeTransport(
        refusal(500), refusal(503), TransportError("gone"), refusal(502), answer("hi")
    )
    events, slept = await run_turn(transport, request_max_retries=4)
    assert slept == [0.2, 0.4, 0.8, 1.6]
    assert "stream_error" not in types(events)
    assert all(post.body == transport.posts[0].body for post in transport.posts)
    assert only(events, "task_complete").last_agent_message == "hi"


async def test_both_layers_multiply() -> None:
    """(request retries + 1) x (stream retries + 1) requests, each layer with its own delays."""
    transport = FakeTransport(*(refusal(500) for _ in range(6)))
    events, slept = await run_turn(transport, request_max_retries=1, stream_max_retries=2)
    assert len(transport.posts) == 6
    assert slept == [0.2, 0.2, 0.2, 0.4, 0.2]
    told = [event.msg for event in events if event.type == "stream_error"]
    assert [msg.message for msg in told if hasattr(msg, "message")] == [
        "Reconnecting... 1/2",
        "Reconnecting... 2/2",
    ]
    error = only(events, "error")
    assert error.codex_error_info == "internal_server_error"
    assert types(events)[-2:] == ["error", "task_complete"]
    assert only(events, "task_complete").last_agent_message is None


@pytest.mark.parametrize(
    ("status", "posts"), [(400, 1), (401, 2), (404, 2), (429, 1), (500, 6), (503, 6)]
)
async def test_which_statuses_are_repeated_by_whom(status: int, posts: int) -> None:
    """4xx never by the request layer, 400 and 429 by none, 5xx by both."""
    transport = FakeTransport(*(refusal(status) for _ in range(posts)))
    events, _ = await run_turn(transport, request_max_retries=2, stream_max_retries=1)
    assert len(transport.posts) == posts
    assert types(events)[-2:] == ["error", "task_complete"]


async def test_an_overloaded_server_is_given_up_by_the_turn() -> None:
    """503 with an overload code is repeated as a request, then the turn fails at once."""
    body = b'{"error":{"code":"server_is_overloaded"}}'
    transport = FakeTransport(*(refusal(503, body) for _ in range(3)))
    events, _ = await run_turn(transport, request_max_retries=2, stream_max_retries=5)
    assert len(transport.posts) == 3
    assert only(events, "error").codex_error_info == "server_overloaded"


async def test_a_429_that_says_when_is_waited_for() -> None:
    """`Retry-After` is the delay, and it counts as a stream retry."""
    transport = FakeTransport(refusal(429, retry_after="7"), answer("hi"))
    events, slept = await run_turn(transport, stream_max_retries=1)
    assert slept == [7.0]
    assert only(events, "stream_error").codex_error_info == {
        "response_stream_disconnected": {"http_status_code": 429}
    }
    assert only(events, "task_complete").last_agent_message == "hi"


async def test_waiting_for_a_429_has_an_end() -> None:
    """After `stream_max_retries` the turn fails with the status."""
    transport = FakeTransport(*(refusal(429, retry_after="1") for _ in range(3)))
    events, slept = await run_turn(transport, stream_max_retries=2)
    assert slept == [1.0, 1.0]
    assert only(events, "error").codex_error_info == {
        "response_too_many_failed_attempts": {"http_status_code": 429}
    }


async def test_obeying_retry_after_can_be_switched_off() -> None:
    """Without `honor_retry_after` a 429 ends the turn, as in the reference client."""
    transport = FakeTransport(refusal(429, retry_after="1"))
    events, slept = await run_turn(transport, stream_max_retries=2, honor_retry_after=False)
    assert slept == []
    assert "error" in types(events)


async def test_a_busy_server_sets_the_pace_of_the_request_layer() -> None:
    """A 503 with `Retry-After` is repeated after that pause."""
    transport = FakeTransport(refusal(503, retry_after="3"), answer("hi"))
    _, slept = await run_turn(transport, request_max_retries=1)
    assert slept == [3.0]


async def test_a_used_up_plan_is_not_repeated() -> None:
    """`usage_limit_reached` ends the turn even with `Retry-After`; the limits are told first."""
    headers: Mapping[str, str] = {"retry_after": "1", "x_codex_primary_used_percent": "100"}
    transport = FakeTransport(refusal(429, b'{"error":{"type":"usage_limit_reached"}}', **headers))
    events, _ = await run_turn(transport, stream_max_retries=2)
    assert types(events)[-3:] == ["token_count", "error", "task_complete"]
    assert only(events, "token_count").rate_limits.primary.used_percent == 100


async def test_a_cut_response_keeps_its_finished_items() -> None:
    """The repeated request has what was done before the cut."""
    transport = FakeTransport(reply(done(message("part"))), answer("whole"))
    events, slept = await run_turn(transport, stream_max_retries=1)
    assert slept == [0.2]
    assert transport.posts[1].texts == ["go", "part"]
    assert only(events, "stream_error").additional_details == (
        "stream disconnected before completion: stream closed before response.completed"
    )


async def test_the_server_may_ask_for_a_pause_in_a_failure() -> None:
    """The pause of a rate limit replaces the backoff."""
    transport = FakeTransport(
        reply(failed("rate_limit_exceeded", "Please try again in 1.2s.")), answer("hi")
    )
    _, slept = await run_turn(transport, stream_max_retries=1)
    assert slept == [1.2]


async def test_a_full_window_is_told_as_usage() -> None:
    """`context_length_exceeded` fills the window in `token_count`, then ends the turn."""
    transport = FakeTransport(reply(failed("context_length_exceeded")))
    sleeper = Sleeper()
    runtime = msgspec.structs.replace(Runtime.deterministic(), sleep=sleeper)
    async with running(transport, runtime=runtime, model_context_window=1000) as thread:
        await thread.submit(user_text("go"))
        events = await turn_end(thread)
    assert only(events, "token_count").info.total_token_usage.total_tokens == 950
    assert only(events, "error").codex_error_info == "context_window_exceeded"


async def test_a_broken_connection_is_a_broken_stream() -> None:
    """A transport error in the middle of the body is repeated by the turn, not by the request."""
    broken = FakeReply(b"data: {}\n\n", TransportError("reset"))
    transport = FakeTransport(broken, reply(done(message("hi")), completed()))
    events, _ = await run_turn(transport, request_max_retries=3, stream_max_retries=1)
    assert len(transport.posts) == 2
    assert only(events, "stream_error").additional_details.endswith("completion: reset")
    assert broken.closed


class SilentTransport(FakeTransport):
    """Takes requests and never answers."""

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


async def test_a_request_that_is_never_answered_ends() -> None:
    """The idle timeout holds before the first byte, too."""
    events, slept = await run_turn(
        SilentTransport(), stream_idle_timeout_ms=1, request_max_retries=2, stream_max_retries=1
    )
    assert only(events, "error").message == "request timed out"
    assert slept == [0.2, 0.4, 0.2, 0.2, 0.4]


async def test_silence_ends_a_stream() -> None:
    """Without an event for the idle timeout the response is given up; comments are no events."""
    silent = FakeReply(b": comment\n\n", asyncio.Event())
    transport = FakeTransport(silent)
    events, _ = await run_turn(transport, stream_idle_timeout_ms=1)
    assert only(events, "error").message == (
        "stream disconnected before completion: idle timeout waiting for SSE"
    )
    assert silent.closed
