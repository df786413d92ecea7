"""A conversation in text, and texts that come while the model is at work (v2)."""

import pytest

from agent_rehearsal import like, of_type
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.protocol.realtime_ops import RealtimeConversationSpeech
from mock_realtime import MockRealtime, RealtimeSession, heard, message, speech
from mock_responses import MockResponses
from mock_responses import message as answer
from suites.realtime.talking import (
    CLOSED,
    CREATE,
    append,
    closes,
    errors,
    item,
    last_user,
    sent,
    talk,
    told,
)

pytestmark = pytest.mark.explore
LAST = like({"item": {"content": [{"text": "[USER] last"}]}})


def kinds(thread: AgentThread) -> list[str]:
    """What was told of the conversation, in order, its set-up left out."""
    found = [event.get("payload.type") for event in thread.events if event.get("payload.type")]
    return found[1:]


async def test_a_conversation_in_text(realtime: MockRealtime, codex: Codex) -> None:
    """It asks for text, and each text is told in its pieces and once whole."""
    realtime.reply(message("one ", "two"))
    thread, session = await talk(codex, realtime, output_modality="text")
    assert session.received()[0].session["output_modalities"] == ["text"]
    await thread.submit_op(RealtimeConversationSpeech(text="go"))
    await thread.wait_for(told("response_done"))
    spoken = [kind for kind in kinds(thread) if kind.startswith("output_transcript")]
    assert [kind.rpartition("_")[2] for kind in spoken] == ["delta", "delta", "done"]
    assert (await thread.wait_for(told("output_transcript_done"))).get("payload.text") == "one two"


@pytest.mark.parametrize("cancelled", ["active", "cancelled"])
async def test_a_text_asks_for_no_response(
    realtime: MockRealtime, codex: Codex, cancelled: str
) -> None:
    """While one is active, and when that one is cancelled."""
    gate = realtime.gate("half way")
    realtime.reply(speech("a long ", gate, "story"))
    thread, session = await talk(codex, realtime)
    await thread.submit_op(RealtimeConversationSpeech(text="go"))
    await gate.reached()
    await thread.say_text("meanwhile")
    await session.wait_for(like(item("user", "[USER] meanwhile")))
    if cancelled == "cancelled":
        await session.barge_in()
    gate.open()
    await thread.wait_for(told("response_done"))
    await thread.say_text("last")
    await session.wait_for(LAST)
    assert len(session.received(like(CREATE))) == 1


async def test_a_client_that_manages_handoffs_may_still_speak(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """Nothing goes back by itself, and what it has spoken does."""
    responses.reply(answer("done"))
    thread, session = await talk(codex, realtime, version="v1", client_managed_handoffs=True)
    await session.hand_off("go", id="h1")
    await thread.wait_for(of_type("task_complete"))
    await thread.submit_op(RealtimeConversationSpeech(text="by hand"))
    await session.wait_for(like(append("codex", "by hand")))
    assert sent(session) == [append("codex", "by hand")]


async def talked(thread: AgentThread, session: RealtimeSession) -> None:
    """Both sides have spoken, the user twice; the server answers the user with nothing."""
    await session.send(heard("what is here?"))
    await thread.wait_for(told("response_done", response_id="resp_000001"))
    await session.respond(speech("let me look"))
    await session.send(heard("thank you"))
    await thread.wait_for(told("response_done", response_id="resp_000003"))


async def test_a_handoff_on_v2_takes_the_transcript_along(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """What both sides said, in order, and none of the items that tell of it."""
    realtime.answer = ()
    responses.reply(answer("done"))
    thread, session = await talk(codex, realtime)
    await talked(thread, session)
    await session.hand_off("list the files", id="h1")
    await thread.wait_for(of_type("task_complete"))
    assert "user: what is here?\nassistant: let me look\nuser: thank you\n" in last_user(
        responses.requests[0]
    )


async def test_a_conversation_on_v2_from_start_to_error(
    realtime: MockRealtime, codex: Codex
) -> None:
    """What the server says is told in its order; then one error, and one end."""
    realtime.answer = ()
    thread, session = await talk(codex, realtime)
    await session.send(heard("hello"))
    await thread.wait_for(told("response_done"))
    await session.respond(speech("hi"))
    await session.send({"type": "error", "error": {"message": "boom"}})
    await thread.wait_for(told("error"))
    await thread.wait_for(CLOSED)
    assert kinds(thread) == [
        "input_audio_speech_started",
        "conversation_item_added",
        "conversation_item_done",
        "input_transcript_delta",
        "input_transcript_done",
        "response_created",
        "response_done",
        "response_created",
        "conversation_item_added",
        "output_transcript_delta",
        "audio_out",
        "output_transcript_done",
        "conversation_item_done",
        "response_done",
        "error",
    ]
    assert (errors(thread), closes(thread)) == (["boom"], ["error"])


async def test_the_context_of_a_new_thread_is_its_folder(
    realtime: MockRealtime, codex: Codex
) -> None:
    """There is nothing to tell of a thread or of work."""
    (codex.cwd / "notes.txt").write_text("x")
    await codex.start(realtime={"prompt": "p"})
    session = await realtime.session(of_type("session.update"))
    context = session.received()[0].instructions or ""
    assert "## Machine / Workspace Map" in context
    assert "- notes.txt" in context
    assert "## Current Thread" not in context
    assert "## Recent Work" not in context
