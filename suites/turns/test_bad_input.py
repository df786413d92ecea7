"""What a server may do wrong over HTTP: each is passed over or tried again; nothing hangs and no
answer is lost.
"""

import pytest

from agent_rehearsal import delay
from agent_rehearsal.face.agent import Codex
from mock_responses import (
    MockResponses,
    completed,
    created,
    failed,
    message,
    raw_event,
    stream,
    text_delta,
)
from suites.turns.odd import COMPLAINTS, ODD, PART

pytestmark = pytest.mark.explore

MALFORMED = {
    "half an object": b'{"type": "response.outp',
    "no object": b'"hello"',
    "no type": b"{}",
    "a type that is no text": b'{"type": 5}',
    "binary": b"\xff\xfe\xfd",
}


@pytest.mark.parametrize("name", [*ODD, *MALFORMED])
async def test_what_cannot_be_read_is_passed_over(
    responses: MockResponses, codex: Codex, name: str
) -> None:
    """The rest of the response counts, and nothing is asked for again; once it is told what was
    wrong, for what the client should have known.
    """
    odd = ODD.get(name) or raw_event(MALFORMED[name])
    responses.reply(stream(created(), odd, odd, *PART, completed()))
    thread = await codex(provider={"stream_max_retries": 0}).start()
    assert await thread.run("go") == "fine"
    told = [event.get("message") for event in thread.events if event.type == "warning"]
    complaint = COMPLAINTS.get(name, "An event of the response cannot be read")
    assert [complaint in text for text in told] == [True] * (complaint != "")


async def test_events_of_no_known_type_are_signs_of_life(
    responses: MockResponses, codex: Codex
) -> None:
    """A server that says only what the client does not know is not silent."""
    pause, odd = delay(0.4), ODD["an unknown event"]
    responses.reply(stream(created(), *[pause, odd] * 3, *PART, completed()))
    patience = {"stream_idle_timeout_ms": 1000, "stream_max_retries": 0}
    thread = await codex(provider=patience).start()
    assert await thread.run("go") == "fine"


async def test_a_completion_that_is_none_is_told(responses: MockResponses, codex: Codex) -> None:
    """What it lacks is named, and the response is asked for again with what it had brought."""
    broken = raw_event(b'{"type":"response.completed","response":{}}')
    responses.reply(stream(created(), *PART, broken))
    responses.reply(message("whole"))
    thread = await codex.start()
    turn = await thread.submit("go")
    assert await turn.completed() == "whole"
    (told,) = [e.get("additional_details") for e in turn.events if e.type == "stream_error"]
    assert "failed to parse ResponseCompleted: Object missing required field `id`" in told
    assert responses.requests[-1].texts("assistant") == ["fine"]


LATE = {
    "another completion": completed(),
    "a failure": failed("server_error", "too late"),
    "a delta": text_delta("late"),
    "an item": raw_event(
        b'{"type":"response.output_item.done","item":{"type":"message","role":"assistant",'
        b'"content":[{"type":"output_text","text":"late"}]}}'
    ),
    "half an object": raw_event(b"{"),
}


@pytest.mark.parametrize("name", LATE)
async def test_what_follows_a_completion_is_nobodys(
    responses: MockResponses, codex: Codex, name: str
) -> None:
    """It is shown in no turn and sent in no request."""
    responses.reply(stream(created(), *PART, completed(), LATE[name]))
    responses.reply(message("next"))
    thread = await codex(provider={"stream_max_retries": 0}).start()
    assert await thread.run("go") == "fine"
    assert await thread.run("go on") == "next"
    assert responses.requests[-1].texts("assistant") == ["fine"]


async def test_a_response_under_two_names_is_an_answer(
    responses: MockResponses, codex: Codex
) -> None:
    """Over HTTP nothing goes on from an id, so it may be any."""
    other = raw_event(b'{"type":"response.completed","response":{"id":"resp_other"}}')
    responses.reply(stream(created(), *PART, other))
    thread = await codex(provider={"stream_max_retries": 0}).start()
    assert await thread.run("go") == "fine"


@pytest.mark.explore(0)  # its matter is size, not order
async def test_a_response_of_ten_megabytes_comes_whole(
    responses: MockResponses, codex: Codex
) -> None:
    """One long delta, an item as long, and the next request has it all."""
    text = "x" * 10_000_000
    responses.reply(message(text))
    responses.reply(message("next"))
    thread = await codex(provider={"stream_max_retries": 0}).start()
    assert await thread.run("go") == text
    assert await thread.run("go on") == "next"
    assert responses.requests[-1].texts("assistant") == [text]
