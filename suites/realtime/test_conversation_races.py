"""What meets in a conversation, and may come in any order: all of it comes, and each order is well.

The orders that are promised are in `test_conversation_order`.
"""

import asyncio

import pytest

from agent_rehearsal import (
    Gate,
    Journal,
    assert_unordered,
    direction,
    kind,
    like,
    of_type,
    source,
)
from agent_rehearsal.face.agent import AgentThread, Codex
from codex_core.protocol.realtime_ops import (
    RealtimeConversationSpeech,
    RealtimeConversationStart,
    RealtimeConversationText,
)
from codex_core.realtime.output import COMPLETE, LABEL, STEERED
from mock_realtime import MockRealtime, RealtimeSession, handoff, says, speech, usual
from mock_responses import MockResponses, message
from suites.realtime.talking import (
    CLOSED,
    CREATE,
    STARTED,
    Json,
    closes,
    errors,
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
MANY = 30


async def test_the_two_sockets_open_in_any_order(
    realtime: MockRealtime, responses: MockResponses, codex: Codex, journal: Journal
) -> None:
    """That of the agent's model and that of the conversation; each is known by what it carries."""
    responses.reply(message("done"))
    thread = await codex(websockets=True).start()
    start = RealtimeConversationStart(prompt="p", include_startup_context=False)
    turn = await thread.submit("go")
    await thread.submit_op(start)
    await turn.completed()
    session = await realtime.session(of_type("session.update"))
    assert_unordered(journal.select(kind("open")), [source("responses"), source("realtime")])
    assert session.received()[0].instructions == "p"
    assert last_user(responses.requests[-1]) == "go"


async def test_text_sound_and_answers_come_in_any_order(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """All three come, whichever is first; what the agent says comes in the order of its saying."""
    answers = [f"answer {number}" for number in range(MANY)]
    responses.reply(*map(message, answers))
    thread, session = await talk(codex, realtime, version="v1")
    turn = await thread.submit("go")
    typed = RealtimeConversationText(text="hi")
    await asyncio.gather(thread.say_audio(b"\x01\x00"), thread.submit_op(typed), turn.completed())
    await session.wait_for(says(answers[-1]))
    three = [of_type("input_audio_buffer.append"), says("hi"), says(answers[0])]
    for each in three:
        await session.wait_for(each)
    assert [text for text in texts(session) if text in answers] == answers
    assert_unordered([view.entry for view in session.received()], three, extra=True)


async def test_input_does_not_wait_for_the_settings_to_be_confirmed(
    realtime: MockRealtime, codex: Codex
) -> None:
    """A text arrives while the server holds its answer to them back."""
    gate = realtime.gate("the answer to the settings")
    realtime.reply(gate, usual(), when=of_type("session.update"))
    thread = await codex.start(realtime={"include_startup_context": False})
    await gate.reached()
    await thread.say_text("early")
    await realtime.wait_for(says("early"))
    gate.open()
    await thread.wait_for(told("session_updated"))


async def test_a_handoff_is_told_and_its_turn_begins(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """In any order; and the end of the turn and what goes back are in none either."""
    responses.reply(message("done"))
    thread, session = await talk(codex, realtime, version="v1")
    await session.hand_off("go", id="h1")
    await thread.wait_for(COMPLETED)
    await session.wait_for(says("done"))
    told_and_begun = [told("handoff_requested"), of_type("task_started")]
    assert_unordered(filter(told_and_begun[0] | told_and_begun[1], thread.events), told_and_begun)
    back = direction("in") & says("done")
    assert_unordered(realtime.journal.select(back | COMPLETED), [back, COMPLETED])


async def test_a_handoff_and_the_end_of_the_turn_before_it_meet(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """It is taken for steering, or for a task of its own; either way a turn has it, its call has
    one answer, and what the agent says comes back, before the answer to the call that it is for.
    """
    gate = responses.gate("the first response")
    responses.reply(message("first"), gate)
    responses.reply(message("second"))
    _, session = await talk(codex, realtime)
    await session.hand_off("one", id="h1")
    await gate.reached()
    await asyncio.gather(session.hand_off("two", id="h2"), opened(gate))
    await session.wait_for(says("second"))
    for call_id in ("h1", "h2"):
        await session.wait_for(like({"item": {"call_id": call_id}}))
    frames = sent(session)
    first = item("user", f"[BACKEND] {LABEL}first")
    assert frames.index(first) < frames.index(output("h1", COMPLETE))
    assert [answer_to(frames, "h1"), answer_to(frames, "h2")] in (
        [COMPLETE, STEERED],
        [COMPLETE, COMPLETE],
    )
    assert "<input>two</input>" in last_user(responses.requests[-1])


def answer_to(frames: list[Json], call_id: str) -> str:
    """The one answer to a call."""
    items = [frame.get("item", {}) for frame in frames]
    (answer,) = [item["output"] for item in items if item.get("call_id") == call_id]
    return str(answer)


async def opened(gate: Gate) -> None:
    gate.open()


async def speaking(
    realtime: MockRealtime, codex: Codex
) -> tuple[AgentThread, RealtimeSession, asyncio.Task[None]]:
    """A conversation in which the model speaks, and is held while it does."""
    gate = realtime.gate("while the model speaks")
    thread, session = await talk(codex, realtime)
    speaks = asyncio.ensure_future(session.respond(speech("long ", b"\0" * 4800, gate, "story")))
    await gate.reached()
    return thread, session, speaks


async def test_the_user_barges_in_and_an_answer_comes(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """The model's speech is over once, the answer is in the conversation, and a response to it is
    asked for once that can be.
    """
    responses.reply(message("done"))
    thread, session, speaks = await speaking(realtime, codex)
    await asyncio.gather(session.barge_in(), thread.run("typed"))
    await speaks
    await session.wait_for(like(CREATE))
    await thread.wait_for(told("response_done"))
    kinds = [
        "answer" if "[BACKEND] done" in str(frame) else frame["type"] for frame in sent(session)
    ]
    assert kinds.index("answer") < kinds.index("response.create")
    assert kinds.count("response.create") == 1
    assert (errors(thread), closes(thread)) == ([], [])


async def test_the_user_speaks_and_a_response_is_asked_for(
    realtime: MockRealtime, codex: Codex, journal: Journal
) -> None:
    """The server begins one by itself. What is asked for comes before that, or waits for its end,
    or crosses it and is asked for again; there are two responses, and nothing breaks.
    """
    thread, session = await talk(codex, realtime)
    speak = RealtimeConversationSpeech(text="a")
    await asyncio.gather(session.say("hm", audio=b"\0" * 4800), thread.submit_op(speak))
    await journal.wait_count(told("response_done"), 2)
    assert sent(session)[:2] == [item("user", "[BACKEND] a"), CREATE]
    assert (errors(thread), closes(thread)) == ([], [])


async def test_a_replacement_and_a_late_handoff_meet(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """The handoff is told before the new session is, or never; if it was, its turn goes on, and
    what that says belongs to no handoff of the new session.
    """
    responses.reply(message("done"), optional=True)
    thread, old = await talk(codex, realtime)

    async def hand_over() -> None:
        try:
            await old.respond(handoff("late", id="h1"))
        except ConnectionError:
            return

    await asyncio.gather(hand_over(), thread.start_realtime(prompt="new"))
    new = await realtime.session(like({"session": {"instructions": "new"}}))
    requested = [event for event in thread.events if told("handoff_requested")(event)]
    started = [event.seq for event in thread.events if STARTED(event)]
    assert all(event.seq < started[1] for event in requested)
    if requested:
        await thread.wait_for(COMPLETED)
    assert all("call_id" not in str(frame) for frame in sent(new))
    assert (errors(thread), closes(thread)) == ([], [])


async def test_a_handoff_and_the_server_s_close_meet(
    realtime: MockRealtime, responses: MockResponses, codex: Codex
) -> None:
    """The handoff was first, so its turn goes on to its end though there is nobody to answer."""
    responses.reply(message("done"))
    thread, session = await talk(codex, realtime)
    await session.hand_off("go", id="h1")
    await session.close()
    closed = await thread.wait_for(CLOSED)
    await thread.wait_for(COMPLETED)
    assert (closed.get("reason"), errors(thread)) == ("transport_closed", [])
    later = [event for event in thread.events if event.seq > closed.seq]
    assert not [event for event in later if event.get("payload.type")]
