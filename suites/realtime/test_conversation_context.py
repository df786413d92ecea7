"""What a realtime conversation and the agent's model are told of each other."""

from typing import Any

import pytest

from agent_rehearsal import like, of_type
from agent_rehearsal.face.agent import Codex
from mock_realtime import MockRealtime
from mock_responses import MockResponses, RequestView, message
from suites.realtime.talking import AS_THE_REFERENCE, CREATE, item, sent, talk, texts

pytestmark = pytest.mark.explore

TAG = "<realtime_conversation>"


def notes(request: RequestView) -> list[str]:
    """What the agent's model is told of conversations: the second line of each, and the last."""
    parts = [part for each in request.input for part in each.get("content", [])]
    told = [part["text"].splitlines() for part in parts if part.get("text", "").startswith(TAG)]
    return [f"{lines[1]} {lines[-2]}" if "Reason" in lines[-2] else lines[1] for lines in told]


STARTED = "Realtime conversation started."
ENDED = "Realtime conversation ended. Reason: inactive"
REPLACED = "Realtime conversation ended. Reason: replaced"


async def test_typed_text_is_a_turn_and_is_mirrored(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """The conversation is told what the user typed, and then what the agent said to it."""
    responses.reply(message("hi"))
    thread, session = await talk(codex, realtime)
    await thread.run("hello")
    await session.wait_for(like(CREATE))
    assert sent(session) == [item("user", "[USER] hello"), item("user", "[BACKEND] hi"), CREATE]
    assert responses.requests[0].input[-1]["content"][0]["text"] == "hello"


async def test_text_that_joins_a_turn_is_mirrored(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Whichever turn takes it."""
    gate = responses.gate("the first response")
    responses.reply(gate, message("one"))
    responses.reply(message("two"))
    thread, session = await talk(codex, realtime, version="v1")
    turn = await thread.submit("first")
    await gate.reached()
    await thread.submit("second")
    gate.open()
    await turn.completed()
    await session.wait_for(like({"output_text": "two"}))
    assert [text for text in texts(session) if text in ("first", "second")] == ["first", "second"]


async def test_what_is_handed_over_is_not_mirrored(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """It came from there."""
    responses.reply(message("done"))
    thread, session = await talk(codex, realtime)
    await session.hand_off("go", id="h1")
    await thread.wait_for(of_type("task_complete"))
    await session.wait_for(like(CREATE))
    assert not any(text.startswith("[USER]") for text in texts(session))


async def test_as_the_reference_typed_text_is_not_mirrored(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """A setting; what the agent says goes all the same."""
    responses.reply(message("hi"))
    thread, session = await talk(codex(config={"realtime": AS_THE_REFERENCE}), realtime)
    await thread.run("hello")
    await session.wait_for(like(CREATE))
    assert texts(session) == ["[BACKEND] hi"]


async def test_the_model_is_told_of_the_beginning_and_the_end(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Each once, with the first turn that differs from the one before."""
    for text in "abcde":
        responses.reply(message(text))
    thread = await codex.start()
    await thread.run("before")
    await thread.start_realtime()
    await thread.run("during")
    await thread.run("still")
    await thread.stop_realtime()
    await thread.run("after")
    await thread.run("later")
    counted = [notes(request) for request in responses.requests]
    assert counted == [[], [STARTED], [STARTED], [STARTED, ENDED], [STARTED, ENDED]]
    roles = {each["role"] for each in responses.requests[-1].input if TAG in str(each)}
    assert roles == {"developer"}


async def test_a_conversation_between_two_turns_is_not_told(
    responses: MockResponses, codex: Codex
) -> None:
    """Nothing is written when it starts or stops."""
    responses.reply(message("a"))
    responses.reply(message("b"))
    thread = await codex.start()
    await thread.run("before")
    await thread.start_realtime()
    await thread.stop_realtime()
    await thread.run("after")
    assert notes(responses.requests[1]) == []


async def test_a_replaced_conversation_is_told_with_the_next_request(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """As ended, once; the new one goes on without another beginning."""
    for text in "abc":
        responses.reply(message(text))
    thread, _ = await talk(codex, realtime)
    await thread.run("one")
    await thread.start_realtime()
    await thread.run("two")
    await thread.run("three")
    assert [notes(request) for request in responses.requests] == [
        [STARTED],
        [STARTED, REPLACED],
        [STARTED, REPLACED],
    ]


async def test_a_replacement_during_a_turn_asks_for_no_request(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """It is told with whatever request is next."""
    gate = responses.gate("the response")
    responses.reply(gate, message("a"))
    responses.reply(message("b"))
    thread, _ = await talk(codex, realtime)
    turn = await thread.submit("one")
    await gate.reached()
    await thread.start_realtime()
    gate.open()
    await turn.completed()
    await thread.run("two")
    assert [notes(request) for request in responses.requests] == [[STARTED], [STARTED, REPLACED]]


async def test_as_the_reference_a_replacement_is_not_told(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """A setting."""
    responses.reply(message("a"))
    thread, _ = await talk(codex(config={"realtime": AS_THE_REFERENCE}), realtime)
    await thread.start_realtime()
    await thread.run("one")
    assert notes(responses.requests[0]) == [STARTED]


async def test_the_beginning_in_words_of_the_settings(
    responses: MockResponses, codex: Codex
) -> None:
    """They take the place of the core's own."""
    responses.reply(message("a"))
    worded = codex(config={"experimental_realtime_start_instructions": "a voice begins"})
    thread = await worded.start(realtime=True)
    await thread.run("one")
    assert notes(responses.requests[0]) == ["a voice begins"]


async def test_a_turn_over_a_websocket_beside_a_conversation(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Both sockets stand on one port, and each is known by what it says."""
    responses.reply(message("done"))
    thread, session = await talk(codex(websockets=True), realtime)
    await session.hand_off("go", id="h1")
    await thread.wait_for(of_type("task_complete"))
    await session.wait_for(like(CREATE))
    assert "<input>go</input>" in str(responses.requests[-1].input[-1])


PROMPTS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"prompt": None}, {}, ""),
    ({"prompt": ""}, {}, ""),
    ({"prompt": "mine"}, {}, "mine"),
    ({"prompt": "mine"}, {"experimental_realtime_ws_backend_prompt": "theirs"}, "theirs"),
    ({"prompt": "mine"}, {"experimental_realtime_ws_backend_prompt": "  "}, "mine"),
]


@pytest.mark.parametrize(("fields", "config", "expected"), PROMPTS)
async def test_the_prompt(
    realtime: MockRealtime, codex: Codex, fields: Any, config: Any, expected: str
) -> None:
    """The settings' before the operation's; null and an empty one are none."""
    _, session = await talk(codex(config=config), realtime, **fields)
    assert session.received()[0].instructions == expected


async def test_the_context_of_the_settings(realtime: MockRealtime, codex: Codex) -> None:
    """It takes the place of what would be found, as it is; an empty one is none."""
    given = {"include_startup_context": True}
    for context, expected in (("custom", "p\n\ncustom"), ("", "p")):
        told = codex(config={"experimental_realtime_ws_startup_context": context})
        thread, _ = await talk(told, realtime, **given)
        first = await realtime.session(like({"session": {"instructions": expected}}))
        assert first.received()[0].instructions == expected
        await thread.stop_realtime()


async def test_the_context_is_of_the_thread_and_is_told_once(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """What was said and asked for, and the folder; a text that comes later is that text alone."""
    (codex.cwd / "notes.txt").write_text("x")
    (codex.cwd / ".hidden").write_text("x")
    responses.reply(message("fixed it"))
    thread = await codex.start()
    await thread.run("mend the build " + "please " * 2000)
    await thread.start_realtime(prompt="p")
    session = await realtime.session(of_type("session.update"))
    told = session.received()[0].instructions or ""
    assert len(told.encode()) <= 20_500
    assert told.startswith("p\n\n<startup_context>\nStartup context from Codex.\n")
    assert "### Latest turn\nUser:\nmend the build" in told
    assert f"- {codex.cwd}: mend the build" in told
    assert "- notes.txt" in told
    assert ".hidden" not in told
    assert "## User" not in told
    responses.reply(message("hi"))
    await thread.run("hello")
    await session.wait_for(like({"item": {"content": [{"text": "[USER] hello"}]}}))


async def test_the_context_can_be_left_out(realtime: MockRealtime, codex: Codex) -> None:
    """By the operation, whatever the settings say."""
    told = codex(config={"experimental_realtime_ws_startup_context": "custom"})
    _, session = await talk(told, realtime, include_startup_context=False)
    assert session.received()[0].instructions == "p"
