"""Which session a client gets: silent, v1, beta, or none without a key."""

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_rehearsal import Stage, like, of_type
from mock_realtime import heard, message, speech
from suites.realtime.dialogue import GA, dialogue

pytestmark = pytest.mark.explore

CREATE = "response.create"


async def test_a_silent_session_says_what_it_is_told_only() -> None:
    """Nothing by itself; speech and answers of the test's own all the same."""
    stage = Stage()
    stage.realtime.reactive = False
    async with stage, dialogue(stage) as client:
        await client.tell("session.update", session=GA)
        await client.tell(CREATE)
        session = await stage.realtime.session(of_type(CREATE))
        await session.send(heard("hi"))
        await session.respond(message("ho"))
        await client.hear("response.done")
    assert client.types[0] == "input_audio_buffer.speech_started"
    assert client.types.count("response.created") == 1


async def test_v1_is_spoken_where_it_is_asked_for(live: Stage) -> None:
    """By the query or the header: no greeting, its own transcripts and handoffs."""
    headers = {"openai-alpha": "quicksilver=v1"}
    async with (
        dialogue(live, "?intent=quicksilver&model=m") as client,
        dialogue(live, "", additional_headers=headers) as other,
    ):
        update = {"type": "quicksilver", "instructions": "x"}
        first = await client.ask("session.update", "session.updated", session=update)
        await other.ask("session.update", "session.updated", session=update)
        session = await live.realtime.session(like({"session": update}))
        await session.say("hello there")
        await client.hear("conversation.input_transcript.turn_marked")
        await session.hand_off("do it", id="h1")
        asked = await client.hear("conversation.handoff.requested")
        await client.tell("conversation.handoff.append", handoff_id="h1", output_text="done")
        back = await session.wait_for(of_type("conversation.handoff.append"))
        await session.respond(speech("all done", b"\0\0"))
        await client.hear("conversation.item.done")
    assert first["session"]["model"] == "m"
    assert (session.shape, asked["input_transcript"], back.said) == ("v1", "do it", "done")
    assert client.types[0] == "session.updated"


BETA = {"OpenAI-Beta": "realtime=v1"}


async def test_the_beta_is_refused_as_the_api_does(live: Stage) -> None:
    """An error, then a close with its own code."""
    async with dialogue(live, additional_headers=BETA) as client:
        error = await client.hear("error")
        with pytest.raises(ConnectionClosed):
            await client.hear("session.created")
        assert client.client.close_code == 4000
    assert error["error"]["code"] == "beta_api_shape_disabled"


async def test_the_beta_can_be_served(live: Stage) -> None:
    """Flat settings, the old names of events and of content."""
    live.realtime.beta = "serve"
    async with dialogue(live, additional_headers=BETA) as client:
        created = await client.hear("session.created")
        assert created["session"]["input_audio_format"] == "pcm16"
        settings = {"voice": "ash", "turn_detection": None}
        updated = await client.ask("session.update", "session.updated", session=settings)
        assert (updated["session"]["voice"], updated["session"]["turn_detection"]) == ("ash", None)
        nested = {"audio": {"output": {"voice": "ash"}}}
        error = await client.ask("session.update", "error", session=nested)
        assert error["error"]["code"] == "unknown_parameter"
        await client.say("hi")
        done = await client.ask(
            CREATE, "response.done", response={"modalities": ["text"], "temperature": 1}
        )
    assert done["response"]["modalities"] == ["text"]
    assert done["response"]["output"][0]["content"][0]["type"] == "text"
    assert client.types.count("conversation.item.created") == 2
    assert {"response.text.delta", "response.text.done"} <= set(client.types)


async def test_a_key_may_be_asked_for(live: Stage) -> None:
    """401 in the shape of the API's errors; a browser's key is one."""
    live.realtime.require_key = True
    with pytest.raises(InvalidStatus) as refused:
        async with dialogue(live):
            raise AssertionError("accepted")
    assert refused.value.response.status_code == 401
    assert b"invalid_api_key" in refused.value.response.body
    with pytest.raises(LookupError, match="is of no session"):
        await live.realtime.session()
    async with dialogue(live, additional_headers={"Authorization": "Bearer x"}) as client:
        await client.hear("session.created")
    async with dialogue(live, subprotocols=["realtime", "openai-insecure-api-key.x"]) as client:
        await client.hear("session.created")
