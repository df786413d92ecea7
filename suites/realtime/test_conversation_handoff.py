"""Handoffs: what a voice session hands to the agent, and what of the agent's goes back to it."""

from typing import Any

import pytest

from agent_rehearsal import like, of_type, refuse
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.realtime.output import COMPLETE, LABEL, SILENT, STEERED
from mock_realtime import MockRealtime, RealtimeSession, handoff, heard, v1_events
from mock_responses import MockResponses, completed, created, message, shell_call, stream
from suites.realtime.talking import (
    AS_THE_REFERENCE,
    CREATE,
    append,
    item,
    last_user,
    output,
    sent,
    talk,
    texts,
    told,
)

pytestmark = pytest.mark.explore

COMPLETED = of_type("task_complete")
BACK = {
    "v1": [append("h1", LABEL + "done")],
    "v2": [item("user", f"[BACKEND] {LABEL}done"), output("h1", COMPLETE), CREATE],
}


def said(text: str) -> Any:
    return like({"item": {"content": [{"text": text}]}})


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_a_handoff_becomes_a_turn_and_its_answer_goes_back(
    realtime: MockRealtime, responses: MockResponses, codex: Codex, version: str
) -> None:
    """What is said for it goes to that handoff; on v2 its call is answered, then a response asked
    for.
    """
    responses.reply(message("done"))
    thread, session = await talk(codex, realtime, version=version)
    await session.hand_off("delegate now", id="h1")
    await thread.wait_for(COMPLETED)
    await session.wait_for(like(BACK[version][-1]))
    assert last_user(responses.requests[0]) == (
        "<realtime_delegation>\n"
        "  <input>delegate now</input>\n"
        "  <transcript_delta>user: delegate now</transcript_delta>\n"
        "</realtime_delegation>"
    )
    assert sent(session) == BACK[version]


async def test_as_the_reference_there_is_no_label_on_v2(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """The mark of the agent's messages alone."""
    responses.reply(message("done"))
    plain = codex(config={"realtime": AS_THE_REFERENCE})
    _, session = await talk(plain, realtime)
    await session.hand_off("go", id="h1")
    await session.wait_for(like(CREATE))
    assert sent(session)[0] == item("user", "[BACKEND] done")


async def test_a_handoff_takes_the_transcript_along(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """What both sides said, in order; a later one has only what was said since."""
    responses.reply(message("one"))
    thread, session = await talk(codex, realtime, version="v1")
    await session.send(
        heard("what is here?"),
        v1_events.OutputTranscriptDelta(delta="I "),
        v1_events.OutputTranscriptDelta(delta="look"),
    )
    await session.hand_off("list <all> files", id="h1")
    await thread.wait_for(COMPLETED)
    responses.reply(message("two"))
    await session.hand_off("again", id="h2")
    await session.wait_for(like({"handoff_id": "h2"}))
    first, second = (last_user(request) for request in responses.requests)
    assert first == (
        "<realtime_delegation>\n"
        "  <input>list &lt;all&gt; files</input>\n"
        "  <transcript_delta>user: what is here?\n"
        "assistant: I look\n"
        "user: list &lt;all&gt; files</transcript_delta>\n"
        "</realtime_delegation>"
    )
    assert "<transcript_delta>user: again</transcript_delta>" in second
    requested = [e for e in thread.events if told("handoff_requested")(e)]
    entries = requested[0].get("payload.active_transcript")
    assert [entry["role"] for entry in entries] == ["user", "assistant", "user"]


async def test_the_messages_of_a_handoff_go_before_its_input(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """All of them, in order; the input alone where there are none."""
    responses.reply(message("done"))
    thread, session = await talk(codex, realtime, version="v1")
    messages = [{"role": "assistant", "text": "context"}, {"role": "user", "text": "the wish"}]
    await session.send(
        v1_events.HandoffRequested(
            handoff_id="h1", item_id="i", input_transcript="short", messages=messages
        )
    )
    await thread.wait_for(COMPLETED)
    assert "<input>assistant: context\nuser: the wish</input>" in last_user(responses.requests[0])


async def test_every_message_of_a_turn_goes_to_its_handoff(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """An item that is done does not end it; the turn does."""
    gate = responses.gate("before the second message")
    responses.reply(message("first"), shell_call("c1", "ls"))
    responses.reply(gate, message("second"))
    responses.reply(message("third"))
    thread, session = await talk(codex(commands={"ls": "x"}), realtime, version="v1")
    await session.hand_off("go", id="h1")
    await session.wait_for(like(append("h1", LABEL + "first")))
    await gate.reached()
    done = {"type": "conversation.item.done", "item": {"id": "item_x", "type": "message"}}
    await session.send(done)
    await thread.wait_for(told("conversation_item_done", item_id="item_x"))
    gate.open()
    await thread.wait_for(COMPLETED)
    await thread.run("typed")
    await session.wait_for(like(append("codex", "third")))
    assert [frame["handoff_id"] for frame in sent(session) if "handoff_id" in frame] == [
        "h1",
        "h1",
        "codex",
    ]


async def steered(
    realtime: MockRealtime, responses: MockResponses, codex: Codex, version: str
) -> tuple[AgentThread, RealtimeSession]:
    """A turn for h1 to which h2 came while its first response was held back."""
    gate = responses.gate("the first response")
    responses.reply(gate, message("first"))
    responses.reply(message("second"))
    thread, session = await talk(codex, realtime, version=version)
    await session.hand_off("one", id="h1")
    await gate.reached()
    await session.hand_off("two", id="h2")
    await thread.wait_for(told("handoff_requested", handoff_id="h2"))
    gate.open()
    await thread.wait_for(COMPLETED)
    return thread, session


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_a_handoff_steers_the_turn_that_runs(
    realtime: MockRealtime, responses: MockResponses, codex: Codex, version: str
) -> None:
    """Its text is in the next request of the same turn, and not in the one under way."""
    thread, _ = await steered(realtime, responses, codex, version)
    first, second = responses.requests
    assert "<input>two</input>" not in str(first.input)
    assert "<input>two</input>" in last_user(second)
    assert len([event for event in thread.events if event.type == "task_started"]) == 1


async def test_steering_is_acknowledged_and_the_first_call_answered(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """On v2 the second call is answered at once, then a response is asked for; the first call is
    answered when the turn is complete.
    """
    _, session = await steered(realtime, responses, codex, "v2")
    await session.wait_for(like(output("h1", COMPLETE)))
    frames = sent(session)
    assert frames[:2] == [output("h2", STEERED), CREATE]
    assert [text for text in texts(session) if text.startswith("[BACKEND]")] == [
        f"[BACKEND] {LABEL}first",
        f"[BACKEND] {LABEL}second",
    ]
    assert frames.index(output("h1", COMPLETE)) > frames.index(
        item("user", f"[BACKEND] {LABEL}second")
    )


async def test_events_go_on_while_a_turn_is_at_work(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Sound that comes after a handoff does not wait for the handoff's turn."""
    gate = responses.gate("the turn")
    responses.reply(gate, message("done"))
    thread, session = await talk(codex, realtime, version="v1")
    await session.hand_off("go", id="h1")
    await gate.reached()
    await session.send(v1_events.OutputAudioDelta(delta="AQID", samples_per_channel=480))
    await thread.wait_for(told("audio_out"))
    gate.open()
    await thread.wait_for(COMPLETED)


async def test_a_silent_call_is_answered_with_nothing(realtime: MockRealtime, codex: Codex) -> None:
    """And no response is asked for."""
    thread, session = await talk(codex, realtime)
    call = {"id": "i", "type": "function_call", "name": "remain_silent", "call_id": "c1"}
    await session.send({"type": "conversation.item.done", "item": {**call, "arguments": "{}"}})
    await session.wait_for(like(output("c1", "")))
    await thread.say_text("last")
    await session.wait_for(said("[USER] last"))
    assert sent(session) == [output("c1", ""), item("user", "[USER] last")]


async def test_an_item_of_the_user_starts_no_turn(realtime: MockRealtime, codex: Codex) -> None:
    """Not even the echo of what was handed over; only a handoff does."""
    thread, session = await talk(codex, realtime)
    content = [{"type": "input_text", "text": "do it"}]
    echo = {"id": "i", "type": "message", "role": "user", "content": content}
    await session.send({"type": "conversation.item.added", "item": echo})
    await thread.wait_for(told("conversation_item_added"))
    await session.send({"type": "response.output_audio.delta", "delta": "AQID"})
    await thread.wait_for(told("audio_out"))
    assert "task_started" not in {event.type for event in thread.events}


async def test_output_without_a_handoff(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Commentary and final both go and ask for a response; a long one is cut to 4,000 bytes."""
    responses.reply(message("comment", phase="commentary"), message("x" * 9000))
    thread, session = await talk(codex, realtime)
    await thread.run("typed")
    await session.wait_for(like({"item": {"content": [{"text": r"[BACKEND] comment"}]}}))
    await thread.say_text("last")
    await session.wait_for(said("[USER] last"))
    long = next(text for text in texts(session) if "truncated" in text)
    assert long.startswith("[BACKEND] x")
    assert len(long.encode()) <= 4000


@pytest.mark.parametrize("version", ["v1", "v2"])
async def test_a_client_that_manages_handoffs_itself(
    realtime: MockRealtime, responses: MockResponses, codex: Codex, version: str
) -> None:
    """Nothing of the agent's goes back by itself."""
    responses.reply(message("done"))
    thread, session = await talk(codex, realtime, version=version, client_managed_handoffs=True)
    await session.hand_off("go", id="h1")
    await thread.wait_for(COMPLETED)
    await thread.say_text("last", role="developer")
    await session.wait_for(said("last"))
    assert sent(session) == [item("developer", "last")]


async def test_output_as_items(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Context after its prefix, an empty answer to the call, and no response is asked for."""
    responses.reply(message("done"))
    as_items: dict[str, Any] = {
        "codex_responses_as_items": True,
        "codex_response_item_prefix": "silent",
    }
    thread, session = await talk(codex, realtime, **as_items)
    await session.hand_off("go", id="h1")
    await thread.wait_for(COMPLETED)
    await session.wait_for(like(output("h1", "")))
    assert sent(session) == [item("developer", "silent\n\n[BACKEND] done"), output("h1", "")]


async def test_an_interrupted_turn_leaves_its_handoff_to_the_next(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """What the user types then is answered to the handoff, which that completes."""
    gate = responses.gate("never")
    responses.reply(gate, message("lost"))
    responses.reply(message("found"))
    thread, session = await talk(codex, realtime)
    await session.hand_off("go", id="h1")
    await gate.reached()
    await thread.interrupt()
    gate.open()
    await thread.run("go on")
    await session.wait_for(like(output("h1", COMPLETE)))
    assert f"[BACKEND] {LABEL}found" in texts(session)


@pytest.mark.parametrize("reply", [stream(created(), completed()), refuse(400)])
async def test_a_turn_that_says_nothing_leaves_no_call_open(
    realtime: MockRealtime, responses: MockResponses, codex: Codex, reply: Any
) -> None:
    """Nor does one that fails: the model is told that there is nothing, and is asked to speak."""
    responses.reply(reply)
    _, session = await talk(codex, realtime)
    await session.hand_off("go", id="h1")
    await session.wait_for(like(CREATE))
    assert sent(session) == [output("h1", SILENT), CREATE]


async def test_a_handoff_of_nothing_is_answered_and_starts_nothing(
    realtime: MockRealtime, codex: Codex
) -> None:
    """Its call gets an empty output, so that the next one is not taken for steering."""
    thread, session = await talk(codex, realtime)
    call = {"id": "i", "type": "function_call", "name": "background_agent", "call_id": "c1"}
    await session.send({"type": "conversation.item.done", "item": {**call, "arguments": ""}})
    await session.wait_for(like(output("c1", "")))
    await thread.wait_for(told("handoff_requested"))
    assert "task_started" not in {event.type for event in thread.events}


async def test_a_handoff_beside_a_tool(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """A turn that was handed over may use its tools."""
    responses.reply(shell_call("c1", "ls"))
    responses.reply(message("two files"))
    thread, session = await talk(codex(commands={"ls": "a\nb\n"}), realtime)
    await session.respond(handoff("list files", id="h1"))
    await thread.wait_for(COMPLETED)
    assert responses.requests[1].output_of("c1").endswith("a\nb\n")
    await session.wait_for(like(output("h1", COMPLETE)))
