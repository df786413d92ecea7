"""Quotas: sliding windows as arithmetic, and the 429 that a client gets over both transports."""

import json
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_rehearsal import Journal, Stage, Violation, header, kind, of_type
from agent_rehearsal.face.agent import Codex
from mock_responses import MockResponses, message
from mock_responses.quotas import Quota
from mock_responses.windows import Window, duration
from suites.faults.passing import let_pass
from suites.responses import sockets
from suites.responses.sockets import CREATE, PREWARM, open_socket
from suites.wire.raw_client import ask, error_of, unchecked

BODY = {"model": "m", "input": "hi", "stream": True}
SIZE = len(json.dumps(BODY))
TOKENS = -(-SIZE // 4)


@given(
    limit=st.integers(1, 5),
    per=st.integers(1, 20),
    gaps=st.lists(st.integers(0, 10), max_size=30),
)
def test_no_window_of_time_ever_has_more_than_the_limit(
    limit: int, per: int, gaps: list[int]
) -> None:
    """However requests come, any `per` seconds have at most `limit`; a wait is exactly enough."""
    window, now, taken = Window(limit, per), 0, list[int]()
    for gap in gaps:
        now += gap
        wait = window.wait(1, now)
        recent = [at for at in taken if at > now - per]
        assert window.remaining(now) == limit - len(recent)
        assert (wait == 0) == (len(recent) < limit)
        if wait:
            assert now + wait == recent[0] + per
        else:
            window.take(1, now)
            taken.append(now)


def test_a_wait_is_for_as_much_as_is_asked() -> None:
    """Room for more takes longer; for more than the limit there never is."""
    window = Window(10, 60)
    for now in (0, 10, 20):
        window.take(3, now)
    assert [window.wait(n, 30) for n in (1, 2, 4, 7, 10, 11)] == [0, 30, 30, 40, 50, inf]
    assert window.reset(30) == 50


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.0281, "29ms"),
        (1, "1s"),
        (8.64, "8.64s"),
        (60, "1m0s"),
        (359.9999, "6m0s"),
        (3601.5, "1h0m1.5s"),
    ],
)
def test_durations_are_written_as_the_api_does(seconds: float, text: str) -> None:
    """Hours, minutes and seconds, milliseconds below one second; never too short."""
    assert duration(seconds) == text


def test_a_full_window_is_waited_for_to_the_second() -> None:
    """However the clock stands, what was taken just now is free again after `per`, not later."""
    for now in (4.001, 4.004, 16.129, 1e6 + 0.3):
        window = Window(1, 60.0)
        window.take(1, now)
        assert window.wait(1, now) == 60.0
        assert window.wait(1, now + 60.0) == 0.0


def test_a_refusal_tells_when_to_come_back() -> None:
    """Whole seconds, rounded up; what is left, and when all of it is there again."""
    entry = Journal(clock=lambda: 0.0).append("responses", "request", raw=b"x" * 8)
    quota = Quota(requests=2, tokens=5, per=60)
    quota.take(entry, 10.0)
    quota.take(entry, 20.0)
    refused = quota.refusal(entry, 30.5)
    assert refused is not None
    assert refused.kind == "requests"
    assert refused.headers == {
        "retry-after": "40",
        "x-ratelimit-limit-requests": "2",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "49.5s",
        "x-ratelimit-limit-tokens": "5",
        "x-ratelimit-remaining-tokens": "1",
        "x-ratelimit-reset-tokens": "49.5s",
    }
    assert refused.message.endswith("2 used, 1 requested. Please try again in 39.5s.")
    assert quota.refusal(entry, 70.0) is None


async def statuses(stage: Stage, count: int) -> list[int]:
    """The statuses of so many requests, one after the other."""
    return [(await ask(stage, BODY))[0] for _ in range(count)]


async def test_what_goes_beyond_a_quota_gets_429() -> None:
    """The rest is refused until the first request is out of the window; no reply is used up."""
    async with Stage() as stage:
        stage.responses.quota(requests=2, per=60)
        replies = [stage.responses.reply(message("a")) for _ in range(3)]
        assert await statuses(stage, 2) == [200, 200]
        code, headers, body = await ask(stage, BODY)
        assert [len(reply.answered) for reply in replies] == [1, 1, 0]
        let_pass(60)
        assert await statuses(stage, 1) == [200]
    assert code == 429
    assert 0 < int(headers["retry-after"]) <= 60
    assert headers["x-ratelimit-limit-requests"] == "2"
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert headers["x-ratelimit-reset-requests"].endswith("s")
    error = error_of(body)
    assert (error["type"], error["code"]) == ("requests", "rate_limit_exceeded")
    assert "2 requests in 60 s" in error["message"]
    (noted,) = stage.journal.select(kind("fault"))
    assert noted.head == "quota"
    assert noted.re == stage.responses.requests[2].entry.seq
    (refused,) = [e for e in stage.journal.select(kind("response")) if e.status == 429]
    assert refused.header("retry-after") == headers["retry-after"]


async def test_a_refused_request_takes_nothing() -> None:
    """However often a client asks too early, its time does not grow longer."""
    async with Stage() as stage:
        stage.responses.quota(requests=1, per=60)
        stage.responses.reply(message("a"), times=2)
        assert await statuses(stage, 4) == [200, 429, 429, 429]
        let_pass(60)
        assert await statuses(stage, 2) == [200, 429]


async def test_tokens_are_counted() -> None:
    """A request counts a token for four bytes; what never fits is told no time to come back."""
    async with Stage() as stage:
        stage.responses.quota(tokens=2 * TOKENS + 1, per=60)
        stage.responses.reply(message("a"), times=2)
        assert await statuses(stage, 2) == [200, 200]
        _, headers, body = await ask(stage, BODY)
        large = await ask(stage, {**BODY, "input": "x" * 1000})
    assert headers["x-ratelimit-remaining-tokens"] == "1"
    assert "x-ratelimit-limit-requests" not in headers
    assert error_of(body)["type"] == "tokens"
    assert (large[0], "retry-after" in large[1]) == (429, False)
    assert "too large" in error_of(large[2])["message"]


async def test_a_quota_counts_what_it_means() -> None:
    """With a condition others pass; with a size the test says what a request costs."""
    async with Stage() as stage:
        stage.responses.quota(tokens=10, per=60, when=header("team", "red"), size=lambda _: 10)
        stage.responses.reply(message("a"), times=3)
        red = {"headers": {"Team": "red"}}
        found = [await ask(stage, BODY, **given) for given in (red, red, {}, {})]
    assert [code for code, _, _ in found] == [200, 429, 200, 200]


async def test_a_request_is_admitted_by_all_quotas_or_counted_by_none() -> None:
    """The longest wait is told, and the other quota keeps what the refused request asked for."""
    async with Stage() as stage:
        stage.responses.quota(requests=1, per=10)
        stage.responses.quota(requests=2, per=100)
        stage.responses.reply(message("a"), times=2)
        assert await statuses(stage, 2) == [200, 429]
        let_pass(10)
        assert await statuses(stage, 1) == [200]
        _, headers, _ = await ask(stage, BODY)
    assert 10 < int(headers["retry-after"]) <= 90  # the second quota's


async def test_a_frame_beyond_a_quota_gets_an_error_frame() -> None:
    """Over a WebSocket the headers are in the frame; a prewarm does not count."""
    async with Stage() as stage:
        stage.responses.quota(requests=1, per=60)
        stage.responses.reply(message("a"))
        async with open_socket(stage) as client:
            for body in (PREWARM, CREATE):
                assert (await sockets.ask(client, body))[-1]["type"] == "response.completed"
            (frame,) = await sockets.ask(client, CREATE)
    assert (frame["status"], frame["error"]["code"]) == (429, "rate_limit_exceeded")
    assert 0 < int(frame["headers"]["retry-after"]) <= 60


async def test_a_condition_that_raises_fails_the_test() -> None:
    """It is named, as the condition of a reply is."""
    async with unchecked() as stage:
        stage.responses.quota(requests=1, when=lambda entry: entry.json["nothing"])
        stage.responses.reply(message("a"), optional=True)
        assert (await ask(stage, BODY))[0] == 400
    with pytest.raises(Violation, match=r"the condition of a quota, raised KeyError"):
        stage.check()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "expected requests=, tokens= or both"),
        ({"requests": 0}, r"requests=0\): expected a whole number from 1"),
        ({"tokens": 1.5}, r"tokens=1\.5"),
        ({"requests": 1, "per": 0}, r"per=0\): expected seconds"),
    ],
)
async def test_a_quota_has_a_limit(given: dict[str, Any], text: str) -> None:
    """What limits nothing is refused where it is written."""
    async with Stage() as stage:
        with pytest.raises(ValueError, match=text):
            stage.responses.quota(**given)


async def test_an_agent_waits_as_long_as_it_is_told(responses: MockResponses, codex: Codex) -> None:
    """The agent comes back when the window has room again, and its turn ends well; it asks no more
    often than that.
    """
    responses.quota(requests=1, per=20)
    responses.reply(message("one"))
    responses.reply(message("two"))
    thread = await codex(backoff=1.0).start()
    assert await thread.run("first") == "one"
    turn = await thread.submit("second")
    pause = await responses.journal.wait_for(of_type("sleep"))
    assert 0 < pause.get("seconds") <= 20
    let_pass(20)
    assert await turn.completed() == "two"
    assert len(responses.requests) == 3
