"""Repetition in two layers: the exact pauses, in order, and how many requests there are.

The request layer repeats a request that was refused with 5xx or never answered, 4 times by default.
The turn layer repeats a response that broke off, 5 times. Each waits 0.2 s, then twice as long.
"""

from typing import Any

import pytest

from agent_rehearsal import Journal, cut, kind, like, of_type, reset
from agent_rehearsal.face.agent import Codex, Turn
from mock_responses import (
    MockResponses,
    created,
    event,
    failed,
    incomplete,
    message,
    overloaded,
    rate_limit_failed,
    rate_limited,
    status,
    stream,
)
from suites.faults.passing import let_pass
from suites.faults.slept import slept

REQUEST_LAYER = [0.2, 0.4, 0.8, 1.6]
TURN_LAYER = [0.2, 0.4, 0.8, 1.6, 3.2]
IDLE = 60
"""Seconds of silence that the agent bears."""
BUSY = "The provider had an internal error (status 500). That often passes; try again later."
BROKEN: dict[str, tuple[Any, str]] = {
    "closed": (stream(created()), "stream closed before response.completed"),
    "failed": (stream(created(), failed("server_error", "lost")), "lost"),
    "failed_without_an_error": (
        stream(created(), event("response.failed", response={})),
        "response.failed event received",
    ),
    "incomplete": (
        stream(created(), incomplete("max_output_tokens")),
        "Incomplete response returned, reason: max_output_tokens",
    ),
    "empty": (stream(), "stream closed before response.completed"),
}
"""Responses that break off, and what the agent says of each."""


def notices(turn: Turn) -> list[str]:
    """What the turn told of its repetitions."""
    return [e.get("message") for e in turn.events if e.type == "stream_error"]


@pytest.mark.parametrize("code", [500, 502, 504])
async def test_a_server_error_is_mended_by_the_request_layer(
    responses: MockResponses, codex: Codex, journal: Journal, code: int
) -> None:
    """One 5xx costs one short pause; the turn has nothing to tell."""
    responses.reply(status(code))
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("go")
    assert await turn.completed() == "done"
    assert slept(journal) == pytest.approx([0.2])
    assert notices(turn) == []


async def test_the_repeated_request_is_the_same(responses: MockResponses, codex: Codex) -> None:
    """The request layer sends the very same bytes again."""
    responses.reply(status(500), times=2)
    responses.reply(message("done"))
    thread = await codex.start()
    await thread.run("go")
    assert len({request.entry.raw for request in responses.requests}) == 1


async def test_a_server_that_always_fails_is_asked_thirty_times(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """6 rounds of 5 requests, 29 pauses; then the error, its end, and the next turn."""
    responses.reply(status(500), times=30)
    thread = await codex.start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert (error.get("message"), error.get("codex_error_info")) == (BUSY, "internal_server_error")
    assert (await turn.ended()).get("last_agent_message") is None
    rounds = [[*REQUEST_LAYER, pause] for pause in TURN_LAYER]
    expected = [pause for each in rounds for pause in each] + REQUEST_LAYER
    assert slept(journal) == pytest.approx(expected)
    assert len(responses.requests) == 30
    assert notices(turn) == [f"Reconnecting... {n}/5" for n in range(1, 6)]
    responses.reply(message("fine now"))
    assert await thread.run("again") == "fine now"


async def test_an_overloaded_server_is_asked_by_the_request_layer_alone(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """5 requests, 4 pauses; the turn layer does not add to the load."""
    responses.reply(overloaded(), times=5)
    thread = await codex.start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("codex_error_info") == "server_overloaded"
    await turn.ended()
    assert slept(journal) == pytest.approx(REQUEST_LAYER)
    assert notices(turn) == []


@pytest.mark.parametrize(("requests", "streams"), [(0, 0), (0, 2), (2, 0), (1, 1)])
async def test_each_layer_repeats_as_often_as_it_is_told(
    responses: MockResponses, codex: Codex, journal: Journal, requests: int, streams: int
) -> None:
    """(request_max_retries + 1) x (stream_max_retries + 1) requests in all."""
    responses.reply(status(500), times=(requests + 1) * (streams + 1))
    limits = {"request_max_retries": requests, "stream_max_retries": streams}
    thread = await codex(provider=limits).start()
    turn = await thread.submit("go")
    await turn.ended()
    inner = REQUEST_LAYER[:requests]
    rounds = [[*inner, pause] for pause in TURN_LAYER[:streams]]
    assert slept(journal) == pytest.approx([p for each in rounds for p in each] + inner)


@pytest.mark.parametrize("code", [401, 403, 404, 422])
async def test_an_unexpected_refusal_is_repeated_by_the_turn_layer_alone(
    responses: MockResponses, codex: Codex, journal: Journal, code: int
) -> None:
    """6 requests, 5 pauses; the error names the status, the server's words and the address."""
    responses.reply(status(code, message="not like this"), times=6)
    thread = await codex.start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("message").startswith(f"unexpected status {code} ")
    assert f": not like this, url: {responses.base_url}/responses" in error.get("message")
    assert error.get("codex_error_info") == "other"
    await turn.ended()
    assert slept(journal) == pytest.approx(TURN_LAYER)


@pytest.mark.parametrize("name", BROKEN)
async def test_a_response_that_breaks_off_is_asked_for_again(
    responses: MockResponses, codex: Codex, journal: Journal, name: str
) -> None:
    """The turn tells of it once, waits once, and has the answer of the second request."""
    broken, text = BROKEN[name]
    responses.reply(broken)
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("go")
    assert await turn.completed() == "done"
    notice = await turn.wait_for(of_type("stream_error"))
    assert notice.get("message") == "Reconnecting... 1/5"
    details = f"stream disconnected before completion: {text}"
    assert notice.get("additional_details") == details
    assert slept(journal) == pytest.approx([0.2])


async def test_a_response_that_always_breaks_off_ends_the_turn(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """6 requests, 5 pauses; the error has the last reason."""
    responses.reply(stream(created()), times=6)
    thread = await codex.start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("message").endswith("stream closed before response.completed")
    await turn.ended()
    assert slept(journal) == pytest.approx(TURN_LAYER)


async def test_a_good_response_starts_the_count_again(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Pauses grow within one request of a turn, not from one to the next."""
    for text in ("one", "two"):
        responses.reply(stream(created()), times=2)
        responses.reply(message(text))
    thread = await codex.start()
    assert await thread.run("first") == "one"
    assert await thread.run("second") == "two"
    assert slept(journal) == pytest.approx([0.2, 0.4] * 2)


@pytest.mark.parametrize("fault", [cut, reset])
async def test_a_request_that_is_never_answered_is_sent_again(
    responses: MockResponses, codex: Codex, journal: Journal, fault: Any
) -> None:
    """A connection that ends before the head is the request layer's matter, on a new connection."""
    responses.reply(fault(), times=2)
    responses.reply(message("done"))
    thread = await codex.start()
    turn = await thread.submit("go")
    assert await turn.completed() == "done"
    assert slept(journal) == pytest.approx([0.2, 0.4])
    assert notices(turn) == []
    assert len({request.conn for request in responses.requests}) == 3


ASKED: dict[str, tuple[Any, float]] = {
    "429": (rate_limited(2), 2.0),
    "429_at_once": (rate_limited(0), 0.0),
    "429_by_date": (rate_limited("Sun, 15 Jun 2025 15:06:43 GMT"), 3.0),
    "429_by_a_date_in_the_past": (rate_limited("Sun, 15 Jun 2025 15:00:00 GMT"), 0.0),
    "500": (status(500, retry_after=7), 7.0),
    "503": (status(503, code_name="busy", retry_after=0), 0.0),
    "failed_in_seconds": (stream(created(), rate_limit_failed(1.5)), 1.5),
    "failed_in_milliseconds": (
        stream(created(), failed("rate_limit_exceeded", "Please try again in 28ms.")),
        0.028,
    ),
}
"""Answers that ask for a pause, and the pause in seconds."""


@pytest.mark.parametrize("name", ASKED)
async def test_a_pause_that_the_server_asks_for_is_made(
    responses: MockResponses, codex: Codex, journal: Journal, name: str
) -> None:
    """Exactly that pause, then one more request."""
    answer, seconds = ASKED[name]
    responses.reply(answer)
    responses.reply(message("done"))
    thread = await codex.start()
    assert await thread.run("go") == "done"
    assert slept(journal) == pytest.approx([seconds])


async def test_a_pause_is_asked_for_again_and_again(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """A server that always says when to come back is believed stream_max_retries times."""
    responses.reply(rate_limited(1), times=6)
    thread = await codex.start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("message").startswith("exceeded retry limit, last status: 429")
    await turn.ended()
    assert slept(journal) == pytest.approx([1.0] * 5)


async def test_a_silent_stream_is_given_up(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Silence for stream_idle_timeout_ms is a response that broke off."""
    gate = responses.gate("silence")
    responses.reply(message("ne", gate, "ver"))
    responses.reply(message("done"))
    thread = await codex(provider={"stream_idle_timeout_ms": IDLE * 1000}).start()
    turn = await thread.submit("go")
    await turn.wait_for(of_type("agent_message_content_delta"))
    let_pass(IDLE)
    assert await turn.completed() == "done"
    notice = await turn.wait_for(of_type("stream_error"))
    assert notice.get("additional_details") == (
        "stream disconnected before completion: idle timeout waiting for SSE"
    )
    assert slept(journal) == pytest.approx([0.2])


async def test_a_slow_stream_is_not_given_up(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Each event starts the time of silence anew: a long stream with short pauses is whole."""
    gates = [responses.gate(name) for name in ("first", "second", "third")]
    responses.reply(message("a", gates[0], "b", gates[1], "c", gates[2], "d"))
    thread = await codex(provider={"stream_idle_timeout_ms": IDLE * 1000}).start()
    turn = await thread.submit("go")
    for gate, text in zip(gates, "abc", strict=True):
        await turn.wait_for(of_type("agent_message_content_delta") & like({"delta": text}))
        let_pass(IDLE * 2 / 3)
        gate.open()
    assert await turn.completed() == "abcd"
    assert slept(journal) == []


async def test_a_server_that_never_answers_is_given_up(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The request layer waits stream_idle_timeout_ms for the head, each time."""
    gate = responses.gate("silence")
    responses.reply(gate, message("never"), times=2)
    limits = {
        "stream_idle_timeout_ms": IDLE * 1000,
        "request_max_retries": 1,
        "stream_max_retries": 0,
    }
    thread = await codex(provider=limits).start()
    turn = await thread.submit("go")
    for count in (1, 2):
        await journal.wait_count(kind("gate") & like({"state": "reached"}), count)
        let_pass(IDLE)
    error = await turn.wait_for(of_type("error"))
    assert error.get("message") == "request timed out"
    await turn.ended()
    assert slept(journal) == pytest.approx([0.2])
