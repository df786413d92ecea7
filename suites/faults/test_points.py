"""Each fault at each point of a stream: the agent recovers, keeps what was done, and never hangs.

Before a fault the stream is held until the agent has shown all that it read, so that what is kept
does not depend on how much of it was still on its way.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from agent_rehearsal import (
    ALWAYS,
    Journal,
    close,
    cut,
    fragment,
    head,
    kind,
    of_type,
    reset,
    stall,
)
from agent_rehearsal.face.agent import Codex, Turn
from mock_responses import MockResponses, RequestView, asks, failed, incomplete, message, raw_event
from suites.faults.passing import let_pass
from suites.faults.slept import slept
from suites.turns.balance import assert_balanced
from suites.turns.points import COMMANDS, EVENTS, POINTS, kept, read_up_to, split

IDLE = 60
"""Seconds of silence that the agent bears: nothing else that is due comes so late."""
TEXT = "stream disconnected before completion: "
ENDS: Mapping[str, tuple[Any, str]] = {
    "cut": (cut(), "error reading the response body: "),
    "reset": (reset(), "error reading the response body: "),
    "close": (close(), "stream closed before response.completed"),
}
"""Marks that end a stream, and how the agent's account of it begins."""

KEPT_ON: Mapping[str, tuple[Any, str]] = {
    "failed": (failed("server_error", "lost"), "lost"),
    "incomplete": (incomplete(), "Incomplete response returned, reason: max_output_tokens"),
}
"""Events after which the rest of the stream still comes; the turn is judged at its end."""

GARBAGE: Mapping[str, bytes] = {
    "half_an_object": b'{"type":"response.output_text.delta","del',
    "no_utf8": b'{"type":"response.output_text.delta","delta":"\xff\xfe"}',
    "null": b"null",
    "a_list": b"[1, 2]",
    "an_unknown_type": b'{"type":"response.surprise","delta":"x"}',
    "a_delta_that_is_a_number": b'{"type":"response.output_text.delta","delta":5}',
    "an_item_without_fields": b'{"type":"response.output_item.done","item":{"type":"message"}}',
    "nothing": b"",
}
"""Data of events that cannot be read."""


def assert_goes_on(responses: MockResponses, at: int) -> RequestView:
    """The second request has what the first had, then all that was done before the fault."""
    first, second = responses.requests[:2]
    size = len(first.input)
    assert second.input[:size] == first.input
    assert [item["type"] for item in second.input[size:]] == kept(at)
    assert_balanced(second.input)
    return second


async def turn_broken_at(responses: MockResponses, codex: Codex, point: str, *parts: Any) -> Turn:
    """A turn whose stream meets `parts` at `point`, and whose next request is answered."""
    gate = responses.gate(point)
    responses.reply(split(POINTS[point], gate, *parts))
    responses.reply(message("recovered"))
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("go")
    await read_up_to(turn, gate, POINTS[point])
    gate.open()
    return turn


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", ENDS)
async def test_a_stream_that_ends_too_early_is_asked_for_again(
    responses: MockResponses, codex: Codex, journal: Journal, name: str, point: str
) -> None:
    """One pause and one more request, which goes on from the items that were done."""
    fault, text = ENDS[name]
    turn = await turn_broken_at(responses, codex, point, fault)
    assert await turn.completed() == "recovered"
    assert_goes_on(responses, POINTS[point])
    assert len(responses.requests) == 2
    assert slept(journal) == pytest.approx([0.2])
    told = [e.get("additional_details") for e in turn.events if e.type == "stream_error"]
    if POINTS[point] or name == "close":
        assert len(told) == 1
        assert told[0].startswith(TEXT + text)
    else:
        assert told == []


@pytest.mark.parametrize("point", POINTS)
async def test_a_stream_that_falls_silent_is_asked_for_again(
    responses: MockResponses, codex: Codex, journal: Journal, point: str
) -> None:
    """The agent gives a stalled stream up by itself and leaves; the server would hold it open."""
    patient = codex(provider={"stream_idle_timeout_ms": IDLE * 1000})
    turn = await turn_broken_at(responses, patient, point, stall())
    await journal.wait_for(kind("fault"))
    let_pass(IDLE)
    assert await turn.completed() == "recovered"
    assert_goes_on(responses, POINTS[point])
    assert slept(journal) == pytest.approx([0.2])
    await journal.wait_for(kind("close") & head("client left"))


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", KEPT_ON)
async def test_a_response_that_gives_up_is_asked_for_again(
    responses: MockResponses, codex: Codex, journal: Journal, name: str, point: str
) -> None:
    """The event is told when the stream ends; the items done until then are kept."""
    event, text = KEPT_ON[name]
    turn = await turn_broken_at(responses, codex, point, event, close())
    assert await turn.completed() == "recovered"
    assert_goes_on(responses, POINTS[point])
    notice = await turn.wait_for(of_type("stream_error"))
    assert notice.get("additional_details") == TEXT + text
    assert slept(journal) == pytest.approx([0.2])


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", GARBAGE)
async def test_an_event_that_cannot_be_read_is_passed_over(
    responses: MockResponses, codex: Codex, journal: Journal, name: str, point: str
) -> None:
    """The rest of the stream counts; nothing is repeated."""
    responses.reply(split(POINTS[point], raw_event(GARBAGE[name])))
    responses.reply(message("done"))
    thread = await codex(commands=COMMANDS).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "done"
    said = [e.get("message") for e in turn.events if e.type == "agent_message"]
    assert said == ["ab", "done"]
    assert_goes_on(responses, len(EVENTS))
    assert slept(journal) == []


@pytest.mark.parametrize("point", POINTS)
async def test_a_stream_in_single_bytes_is_whole(
    responses: MockResponses, codex: Codex, journal: Journal, point: str
) -> None:
    """From any point on, the pieces in which the bytes come make no difference."""
    responses.reply(split(POINTS[point], fragment([1])))
    responses.reply(message("done"))
    thread = await codex(commands=COMMANDS).start()
    assert await thread.run("go") == "done"
    assert_goes_on(responses, len(EVENTS))
    assert slept(journal) == []


@pytest.mark.parametrize("fault", [cut(), reset(), stall()], ids=lambda fault: fault.name)
async def test_what_follows_completed_does_not_matter(
    responses: MockResponses, codex: Codex, journal: Journal, fault: Any
) -> None:
    """A response is whole with its last event, however its connection ends."""
    responses.reply(split(len(EVENTS), fault))
    responses.reply(message("done"))
    thread = await codex(commands=COMMANDS).start()
    assert await thread.run("go") == "done"
    assert_goes_on(responses, len(EVENTS))
    assert slept(journal) == []


@pytest.mark.parametrize("point", POINTS)
async def test_a_stream_that_always_breaks_there_ends_the_turn(
    responses: MockResponses, codex: Codex, point: str
) -> None:
    """The agent reports it, the turn ends, the next one works on a balanced history."""
    responses.reply(split(POINTS[point], cut()), times=ALWAYS)
    limits = {"request_max_retries": 1, "stream_max_retries": 1}
    thread = await codex(commands=COMMANDS, provider=limits).start()
    turn = await thread.submit("go")
    error = await turn.wait_for(of_type("error"))
    assert error.get("message").startswith(TEXT)
    assert (await turn.ended()).type == "task_complete"
    responses.reply(message("fine now"), when=asks("again"))
    assert await thread.run("again") == "fine now"
    assert_balanced(responses.requests[-1].input)
