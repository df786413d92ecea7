"""Sessions over real sockets: they answer as the API does, a test's own reply goes first, and what
stops a response is heard while it is held.
"""

import asyncio
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from agent_rehearsal import (
    ALWAYS,
    Conversation,
    Stage,
    carries,
    cut,
    direction,
    duplicate,
    head,
    header,
    of_type,
)
from mock_realtime import (
    RealtimeSession,
    Refusal,
    barge_in,
    events,
    function_call,
    handoff,
    heard,
    message,
    opened,
    says,
    speech,
    text,
    usual,
)
from suites.realtime.dialogue import GA, dialogue

pytestmark = pytest.mark.explore

NO_ANSWER = {**GA, "audio": {"input": {"turn_detection": None}}}


async def test_a_session_answers_without_a_script(live: Stage) -> None:
    """Created on connecting, updated, items acknowledged, a response from end to end."""
    async with dialogue(live) as client:
        created = await client.hear("session.created")
        assert created["session"]["model"] == "gpt-realtime"
        updated = await client.ask(
            "session.update", "session.updated", session={**GA, "instructions": "be brief"}
        )
        assert updated["session"]["instructions"] == "be brief"
        await client.say("hello")
        done = await client.ask("response.create", "response.done")
    assert done["response"]["output"][0]["content"][0]["transcript"]
    assert [type for type in client.types if type.startswith("conversation.")] == [
        "conversation.item.added",
        "conversation.item.done",
    ] * 2


async def test_sessions_do_not_mix(live: Stage) -> None:
    """Each of two at once has its own settings, items and response."""
    gate = live.realtime.gate("middle")
    live.realtime.reply(
        speech("a", gate, "b"), when=opened(header("agent", "ann")) & of_type(CREATE)
    )

    async def ann() -> None:
        async with dialogue(live, additional_headers={"Agent": "ann"}) as client:
            await client.tell(CREATE)
            await client.hear("response.done")

    async def bob() -> None:
        async with dialogue(live, additional_headers={"Agent": "bob"}) as client:
            await gate.reached()
            await client.ask(CREATE, "response.done")
            session = await live.realtime.session(header("agent", "bob"))
            assert len(session.items) == 1
            gate.open()

    async with asyncio.TaskGroup() as group:
        group.create_task(ann())
        group.create_task(bob())


CREATE = "response.create"


async def test_a_held_response_can_be_cancelled(live: Stage) -> None:
    """The cancel is answered though the response is at a gate; nothing more comes of that."""
    gate = live.realtime.gate("middle")
    live.realtime.reply(speech("a", gate, "b"))
    async with dialogue(live) as client:
        await client.tell(CREATE)
        await gate.reached()
        done = await client.ask("response.cancel", "response.done")
        gate.open()
        await client.ask(CREATE, "response.done")
    assert done["response"]["status"] == "cancelled"
    deltas = [event["delta"] for event in client.came if "transcript.delta" in event["type"]]
    assert "b" not in deltas


async def test_a_second_response_is_refused_while_one_is_held(live: Stage) -> None:
    """With the error of the API, and with a finding about the client."""
    gate = live.realtime.gate("middle")
    live.realtime.reply(speech("a", gate, "b"))
    async with dialogue(live) as client:
        await client.tell(CREATE)
        await gate.reached()
        error = await client.ask(CREATE, "error", event_id="second")
        gate.open()
        await client.hear("response.done")
    assert error["error"]["code"] == "conversation_already_has_active_response"
    assert error["error"]["event_id"] == "second"
    with pytest.raises(AssertionError, match=r"overlapping-response: #.* response.create came"):
        live.assert_no_findings("overlapping-response")


async def test_the_user_can_barge_in(live: Stage) -> None:
    """Speech that is heard while the model speaks ends the response; then it is answered."""
    gate = live.realtime.gate("middle")
    live.realtime.reply(speech("long ", gate, "story"))
    async with dialogue(live) as client:
        await client.tell(CREATE)
        await gate.reached()
        session = await live.realtime.session()
        await session.say("stop", audio=b"\0" * 4800)
        first = await client.hear("response.done")
        second = await client.hear("response.done")
        gate.open()
    assert first["response"]["status_details"]["reason"] == "turn_detected"
    assert second["response"]["status"] == "completed"
    assert client.types.index("input_audio_buffer.speech_started") < client.types.index(
        "input_audio_buffer.committed"
    )


async def test_a_test_speaks_as_both_sides(live: Stage) -> None:
    """Says something as the user, answers and hands over as the model, sends what it likes."""
    async with dialogue(live) as client:
        await client.ask("session.update", "session.updated", session=NO_ANSWER)
        session = await live.realtime.session(carries("session.audio"))
        await session.say("hello")
        await session.respond(text("hi"), function_call("f", {"a": 1}, call_id="c1"))
        await session.hand_off("do it", id="c2")
        await session.send(events.RateLimitsUpdated(rate_limits=[]), {"type": "x"})
        await client.hear("x")
    calls = [event["item"] for event in client.came if event["type"].endswith("output_item.done")]
    assert [call.get("call_id") for call in calls] == [None, "c1", "c2"]
    assert [item["type"] for item in session.items] == ["message"] * 2 + ["function_call"] * 2
    assert session.active_response is None


async def test_a_test_cannot_say_two_things_at_once(live: Stage) -> None:
    """A response of the test's own is refused while another is active."""
    gate = live.realtime.gate("middle")
    live.realtime.reply(speech("a", gate, "b"))
    async with dialogue(live) as client:
        await client.tell(CREATE)
        await gate.reached()
        session = await live.realtime.session()
        with pytest.raises(Refusal, match="already has an active response in progress: resp_"):
            await session.respond(message("me too"))
        gate.open()
        await client.hear("response.done")


async def test_a_reply_goes_before_the_usual_answer(live: Stage) -> None:
    """What a test says for a message is all that is said, unless it asks for the usual as well."""
    live.realtime.reply({"type": "mine"}, when=of_type("session.update"))
    live.realtime.reply(usual(), {"type": "more"}, when=of_type("conversation.item.create"))
    live.realtime.reply(
        heard("from the test"), when=of_type("input_audio_buffer.append"), optional=True
    )
    async with dialogue(live) as client:
        await client.ask("session.update", "mine", session={**NO_ANSWER, "instructions": "x"})
        await client.say("hello")
        await client.hear("more")
        await client.speak(b"\0" * 4800)
        await client.hear("input_audio_buffer.committed")
        session = await live.realtime.session()
    assert "session.updated" not in client.types
    assert session.settings["instructions"] == "x"
    assert client.types.index("conversation.item.done") < client.types.index("more")


async def test_what_a_script_says_is_known(live: Stage) -> None:
    """Items and responses that a test tells event by event can be referred to."""
    live.realtime.reply(
        events.ResponseCreated(response={"id": "r1"}),
        {"type": "response.output_audio.delta", "item_id": "ia", "delta": "AAAA" * 16},
        when=of_type(CREATE),
    )
    async with dialogue(live) as client:
        await client.ask(CREATE, "response.output_audio.delta")
        assert (await client.ask(CREATE, "error"))["error"]["code"].endswith("active_response")
        place = {"item_id": "ia", "content_index": 0, "audio_end_ms": 1}
        await client.ask("conversation.item.truncate", "conversation.item.truncated", **place)
        done = await client.ask("response.cancel", "response.done")
        assert (done["response"]["id"], done["response"]["status"]) == ("r1", "cancelled")
        await client.ask(CREATE, "response.done")


async def test_a_greeting_goes_before_the_usual_one(live: Stage) -> None:
    """And the session is the same."""
    live.realtime.greet(events.SessionCreated(session={"id": "sess_mine"}))
    async with dialogue(live) as client:
        created = await client.hear("session.created")
        await client.ask("session.update", "session.updated", session=GA)
    assert created["session"]["id"] == "sess_mine"
    assert created["session"]["model"] == "gpt-realtime"
    assert client.types == ["session.created", "session.updated"]


async def test_faults_and_marks_work_inside_of_a_response(live: Stage) -> None:
    """A response may be cut off, or say an event twice."""
    live.realtime.reply(duplicate(), text("a"))
    live.realtime.reply(text("a", cut()))
    async with dialogue(live) as client:
        await client.ask(CREATE, "response.done")
        await client.tell(CREATE)
        with pytest.raises(ConnectionClosed):
            await client.hear("response.done")
    assert client.types.count("response.created") == 3


async def test_a_response_that_raises_is_blamed() -> None:
    """The finding names the reply, the client gets 1011."""
    stage = Stage(strict="warn")
    async with stage, dialogue(stage) as client:
        session = await stage.realtime.session()
        with pytest.raises(TypeError, match="nothing that can be sent"):
            await session.send(object())
        await session.respond(message("a"), object())
        with pytest.raises(ConnectionClosed):
            await client.hear("response.done")
        assert client.client.close_code == 1011
    (finding,) = [each for each in stage.findings.of_level("advice") if "raised" in each.name]
    assert "nothing that can be sent" in finding.text


async def test_a_coroutine_may_talk_in_typed_events(live: Stage) -> None:
    """What it receives is its own; what it says is known to the session."""

    async def talk(talk: Conversation) -> Any:
        await talk.send(events.ItemAdded(item={"id": "i1", "type": "message"}))
        assert (await talk.receive()).type == "go.on"
        return events.ItemDone(item={"id": "i1", "type": "message"})

    live.realtime.reply(talk, when=of_type("session.update"))
    async with dialogue(live) as client:
        await client.ask("session.update", "conversation.item.added", session=GA)
        await client.tell("go.on")
        await client.hear("conversation.item.done")
        await client.ask("conversation.item.retrieve", "conversation.item.retrieved", item_id="i1")


async def test_audio_over_the_limit_is_refused(live: Stage) -> None:
    """With an error; the session goes on."""
    live.realtime.max_audio = 1000
    async with dialogue(live) as client:
        await client.tell("input_audio_buffer.append", audio="A" * 4000)
        error = await client.hear("error")
        await client.ask(CREATE, "response.done")
    assert (error["error"]["code"], error["error"]["param"]) == ("invalid_value", "audio")


async def test_what_came_is_at_hand(live: Stage) -> None:
    """Views in the API's words, the audio decoded, all of it in the journal."""
    async with dialogue(live) as client:
        await client.tell("session.update", session={**GA, "instructions": "be brief"})
        await client.say("hello")
        await client.speak(b"\1\2")
        await client.speak(b"\3\4")
        session: RealtimeSession = await live.realtime.session()
        await session.wait_for(lambda entry: len(session.audio) == 4)
        update, said, sound, *_ = session.received()
    assert update.instructions == "be brief"
    assert update.query == {"model": "gpt-realtime"}
    assert (said.said, said.role, said.item["type"]) == ("hello", "user", "message")
    assert (sound.audio, session.audio) == (b"\1\2", b"\1\2\3\4")
    assert live.realtime.sessions == [session]
    assert live.realtime.select(says("hell") & ~says("ello!"))[0].entry is said.entry


async def test_what_is_no_message_does_not_count_as_one(live: Stage) -> None:
    """Pings and closes are recorded, but they are nothing that the client said."""
    async with dialogue(live) as client:
        await (await client.client.ping())
        await client.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
        session = await live.realtime.session()
    await live.journal.wait_for(head("close") & direction("in"))
    assert [view.type for view in session.received()] == ["input_audio_buffer.clear"]


async def test_an_answer_may_be_given_for_all(live: Stage) -> None:
    """`answer` is what any response says; empty, it says nothing and is done."""
    live.realtime.answer = ()
    live.realtime.reply(usual(), times=ALWAYS)
    async with dialogue(live) as client:
        done = await client.ask(CREATE, "response.done")
        assert done["response"]["output"] == []
        live.realtime.answer = (handoff("do it"),)
        done = await client.ask(CREATE, "response.done")
    assert done["response"]["output"][0]["name"] == "background_agent"


async def test_items_answer_a_response_where_nothing_else_is_said(live: Stage) -> None:
    """An update that comes first does not use up what the model is to say."""
    live.realtime.reply(message("for the response"))
    async with dialogue(live) as client:
        await client.ask("session.update", "session.updated", session=GA)
        done = await client.ask(CREATE, "response.done")
    content = done["response"]["output"][0]["content"]
    assert content[0]["transcript"] == "for the response"


async def test_a_reply_may_start_with_the_user(live: Stage) -> None:
    """Turn detection is part of a script like any other event."""
    live.realtime.reply(usual(), barge_in(), heard("hm"), when=of_type("session.update"))
    async with dialogue(live) as client:
        await client.tell("session.update", session=NO_ANSWER)
        await client.hear("conversation.item.done")
    assert client.types[1:5] == [
        "session.updated",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
    ]
