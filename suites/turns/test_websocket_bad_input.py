"""What a server may do wrong on a WebSocket: each is told, passed over or tried again; nothing
hangs and no answer is lost.
"""

import pytest

from agent_rehearsal import Journal, cut, fragment, raw, split_utf8, within
from agent_rehearsal.face.agent import Codex, Turn
from mock_responses import (
    MockResponses,
    completed,
    created,
    function_call_arguments_delta,
    message,
    minimal,
    output_item_added,
    output_item_done,
    previous_response_not_found,
    raw_event,
    shell_call,
    stream,
    text_delta,
)
from suites.turns.odd import COMPLAINTS, ODD, PART
from suites.turns.wires import frames, goes_on, upgrades, wired

pytestmark = pytest.mark.explore

MALFORMED: dict[str, tuple[bytes, str]] = {
    "half an object": (b'{"type": "response.outp', "message 2 of the response is no event"),
    "no object": (b'"hello"', "message 2 of the response is no event"),
    "no type": (b"{}", "message 2 of the response is no event"),
    "a type that is no text": (b'{"type": 5}', "message 2 of the response is no event"),
    "an object without an end": (b'{"type": "x", "y":' + b"[" * 100_000, "while deserializing"),
    "a completion that is none": (
        b'{"type": "response.completed"}',
        "failed to parse ResponseCompleted",
    ),
    "binary": (b"\xff\xfe\xfd", "unexpected binary websocket event"),
}


def complaints(turn: Turn) -> list[str]:
    return [e.get("additional_details") for e in turn.events if e.type == "stream_error"]


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_message_is_told_and_the_response_asked_for_again(
    responses: MockResponses, codex: Codex, journal: Journal, name: str
) -> None:
    """What it was and where stands in the second notice; each attempt has its own connection."""
    data, problem = MALFORMED[name]
    responses.reply(stream(created(), raw(data)), times=2)
    responses.reply(message("fine"))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "fine"
    assert len(upgrades(journal)) == 3
    (told,) = complaints(turn)
    assert problem in told


async def test_an_item_before_a_malformed_message_is_kept(
    responses: MockResponses, codex: Codex
) -> None:
    """It was whole: it is shown, and in the repeated request."""
    part = (output_item_added(message("part")), text_delta("part"), output_item_done())
    responses.reply(stream(created(), *part, raw(b"{")))
    responses.reply(message("whole"))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "whole"
    assert frames(responses)[-1].texts("assistant") == ["part"]
    said = [each.get("message") for each in turn.events if each.type == "agent_message"]
    assert said == ["part", "whole"]


async def test_a_tool_that_was_called_before_a_malformed_message_is_answered(
    responses: MockResponses, codex: Codex
) -> None:
    """The call stands, the command runs once, its output is in the repeated request."""
    arguments = function_call_arguments_delta('{"cmd":"ls"}')
    call = (output_item_added(shell_call("c1", "ls")), arguments, output_item_done())
    responses.reply(stream(created(), *call, raw(b"{")))
    responses.reply(message("done"))
    thread = await wired(codex).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "done"
    assert frames(responses)[-1].output_of("c1").endswith("README\n")
    assert len([e for e in turn.events if e.type == "exec_command_begin"]) == 1


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_event_is_passed_over(
    responses: MockResponses, codex: Codex, journal: Journal, name: str
) -> None:
    """The rest of the response counts, and so does the next turn, on the same connection."""
    responses.reply(stream(created(), ODD[name], *PART, completed()))
    responses.reply(message("next"))
    thread = await wired(codex, retries=0).start()
    turn = await thread.submit("go")
    assert await turn.completed() == "fine"
    assert await thread.run("go on") == "next"
    assert len(upgrades(journal)) == 1
    assert complaints(turn) == []
    told = [event.get("message") for event in turn.events if event.type == "warning"]
    assert [COMPLAINTS[name] in text for text in told] == [True] * (COMPLAINTS[name] != "")


@pytest.mark.parametrize(
    "item", ["an item of no known kind", "an item without its fields", "an item that is none"]
)
async def test_a_response_with_an_item_that_was_passed_over_is_not_gone_on_from(
    responses: MockResponses, codex: Codex, item: str
) -> None:
    """The server knows of something that the client does not have: the next request is whole."""
    responses.reply(stream(created(), ODD[item], completed()))
    responses.reply(message("next"))
    thread = await wired(codex).start()
    await thread.run("go")
    await thread.run("go on")
    assert [goes_on(each) for each in frames(responses)] == [True, False]


async def test_a_response_under_two_names_is_not_gone_on_from(
    responses: MockResponses, codex: Codex
) -> None:
    """Created under one id and completed under another: the answer counts, the ids do not."""
    other = raw_event(b'{"type":"response.completed","response":{"id":"resp_other"}}')
    responses.reply(stream(created(), *PART, other))
    responses.reply(message("next"))
    thread = await wired(codex).start()
    assert await thread.run("go") == "fine"
    assert await thread.run("go on") == "next"
    assert [goes_on(each) for each in frames(responses)] == [True, False]


async def test_two_completions_answer_one_request(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """The second is nobody's: the next turn has its own answer, whatever came first."""
    part = (output_item_added(message("one")), text_delta("one"), output_item_done())
    responses.reply(stream(created(), *part, completed(), completed()))
    responses.reply(message("two"))
    thread = await wired(codex).start()
    assert await thread.run("go") == "one"
    assert await thread.run("go on") == "two"


async def test_events_after_a_completion_are_nobodys(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """What comes late is shown in no turn."""
    late = raw_event(
        b'{"type":"response.output_item.done","item":{"type":"message","role":"assistant",'
        b'"content":[{"type":"output_text","text":"late"}]}}'
    )
    responses.reply(minimal(message("one")))
    responses.reply(message("two"))
    thread = await wired(codex).start()
    await thread.run("go")
    (opened,) = upgrades(journal)
    await responses.push(opened, late)
    assert await thread.run("go on") == "two"
    assert thread.events[-1].get("last_agent_message") == "two"


async def test_an_end_inside_a_message_is_an_end(
    responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """Half a message says nothing; the response is asked for again."""
    responses.reply(stream(created(), within(cut(), at=9), *PART, completed()))
    responses.reply(message("whole"))
    thread = await wired(codex).start()
    assert await thread.run("go") == "whole"
    assert len(upgrades(journal)) == 2
    assert frames(responses)[-1].texts("assistant") == []


@pytest.mark.explore(0)  # a segment for every few bytes: to delay each of them takes for ever
async def test_a_message_in_many_frames_is_one(responses: MockResponses, codex: Codex) -> None:
    """Wherever it is divided, inside of a character too."""
    marks = (split_utf8(), fragment([1, 2, 3]))
    for mark in marks:
        responses.reply(mark, message("größer \U0001f600"))
    thread = await wired(codex, retries=0).start()
    assert [await thread.run("go") for _ in marks] == ["größer \U0001f600"] * 2


async def test_a_response_that_the_server_never_made_is_not_gone_on_from_twice(
    responses: MockResponses, codex: Codex
) -> None:
    """A server that has forgotten the last response says so: that is told, with its words, and the
    next turn says everything anew.
    """
    responses.reply(message("one"))
    responses.reply(previous_response_not_found("resp_1"))
    responses.reply(message("three"))
    thread = await wired(codex).start()
    await thread.run("first")
    turn = await thread.submit("second")
    await turn.ended()
    (error,) = [event.get("message") for event in turn.events if event.type == "error"]
    assert "previous_response_not_found" in error
    assert await thread.run("third") == "three"
    assert [goes_on(each) for each in frames(responses)] == [True, True, False]
    assert frames(responses)[-1].texts("user")[-3:] == ["first", "second", "third"]
