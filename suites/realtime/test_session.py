"""The state machine of a session: what the server says to each event of the client."""

from typing import Any

import pytest

from agent_rehearsal.wire.script import delay
from mock_realtime import failed, function_call, handoff, heard, incomplete, message, speech, text
from mock_realtime.audio import to_base64
from suites.realtime.told import Told, legal

USER = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
SECOND = to_base64(b"\0" * 48_000)
GATE = delay(0)


def test_an_update_changes_what_it_names(told: Told) -> None:
    """Nested settings are merged, turn detection is completed, the rest stays."""
    audio = {"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 200}}}
    (event,) = told.tell("session.update", session={"type": "realtime", "audio": audio})
    vad = event["session"]["audio"]["input"]["turn_detection"]
    assert (vad["silence_duration_ms"], vad["threshold"]) == (200, 0.5)
    assert event["session"]["audio"]["output"]["voice"] == "alloy"
    assert event["session"]["model"] == "gpt-realtime"
    assert legal(told)


def test_an_update_can_take_away(told: Told) -> None:
    """Null is a value."""
    audio = {"input": {"turn_detection": None}}
    (event,) = told.tell("session.update", session={"type": "realtime", "audio": audio})
    assert event["session"]["audio"]["input"]["turn_detection"] is None


def test_items_are_acknowledged_in_their_order(told: Told) -> None:
    """Added and done, with the item before; `root` and an id say where."""
    first = told.tell("conversation.item.create", item={"id": "a", **USER})
    assert [event["type"][-5:] for event in first] == ["added", ".done"]
    assert first[0]["previous_item_id"] is None
    told.tell("conversation.item.create", item={"id": "c", **USER})
    told.tell("conversation.item.create", item={"id": "b", **USER}, previous_item_id="a")
    told.tell("conversation.item.create", item={"id": "0", **USER}, previous_item_id="root")
    assert told.session.conversation.order == ["0", "a", "b", "c"]
    (found,) = told.tell("conversation.item.retrieve", item_id="b")
    assert found["item"]["content"] == USER["content"]
    assert told.types("conversation.item.delete", item_id="b") == ["conversation.item.deleted"]
    assert told.session.conversation.order == ["0", "a", "c"]
    assert legal(told)


def test_committed_audio_is_an_item(told: Told) -> None:
    """100 ms are enough; then the buffer is empty again."""
    assert told.tell("input_audio_buffer.append", audio=SECOND) == []
    assert told.types("input_audio_buffer.commit") == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert told.error("input_audio_buffer.commit")["code"] == "input_audio_buffer_commit_empty"
    told.tell("input_audio_buffer.append", audio=SECOND)
    assert told.types("input_audio_buffer.clear") == ["input_audio_buffer.cleared"]
    assert told.error("input_audio_buffer.commit")["code"] == "input_audio_buffer_commit_empty"


@pytest.mark.parametrize(
    ("answer", "types"),
    [
        (text("a", "b"), ["text.delta", "text.delta", "text.done"]),
        (
            speech("a", b"\0\0", b"\0\0", "b"),
            [
                "audio_transcript.delta",
                "audio.delta",
                "audio.delta",
                "audio_transcript.delta",
                "audio.done",
                "audio_transcript.done",
            ],
        ),
    ],
    ids=["text", "speech"],
)
def test_a_response_is_told_from_its_beginning_to_its_end(answer: Any, types: list[str]) -> None:
    """Created, the item, the part, its deltas, everything done in turn."""
    told = Told("v2", answer)
    told.open()
    found = told.types("response.create")
    assert found[:4] == [
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
    ]
    assert found[4:-4] == [f"response.output_{type}" for type in types]
    assert found[-4:] == [
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    done = told.said[-1]["response"]
    assert done["status"] == "completed"
    assert done["output"][0]["content"][0] in (
        {"type": "output_text", "text": "ab"},
        {"type": "output_audio", "transcript": "ab"},
    )
    assert done["usage"]["output_token_details"]["text_tokens"] == 1
    assert legal(told)


def test_a_response_tells_how_it_is_spoken(told: Told) -> None:
    """In the session's format, and the voice that was asked for."""
    output = {"voice": "ash"}
    said = told.tell("response.create", response={"audio": {"output": output}})
    pcm = {"type": "audio/pcm", "rate": 24_000}
    for event in (said[0], said[-1]):
        assert event["response"]["audio"] == {"output": {"format": pcm, **output}}
    assert legal(told)


def test_a_call_has_an_output_afterwards() -> None:
    """The id of a call is known once the call was made."""
    told = Told("v2", function_call("f", {"a": 1}, call_id="c1"), handoff("do it", id="c2"))
    told.open()
    output = {"type": "function_call_output", "call_id": "c1", "output": "done"}
    create = "conversation.item.create"
    assert told.error(create, item=output)["code"] == "invalid_tool_call_id"
    told.tell("response.create")
    calls = told.said[-1]["response"]["output"]
    assert [(call["name"], call["arguments"]) for call in calls] == [
        ("f", '{"a":1}'),
        ("background_agent", '{"prompt":"do it"}'),
    ]
    assert len(told.types(create, item=output)) == 2
    assert legal(told)


@pytest.mark.parametrize(
    ("end", "status", "details"),
    [
        (incomplete(), "incomplete", {"type": "incomplete", "reason": "max_output_tokens"}),
        (
            failed("server_error", "gone"),
            "failed",
            {
                "type": "failed",
                "error": {"type": "server_error", "code": "server_error", "message": "gone"},
            },
        ),
    ],
    ids=["incomplete", "failed"],
)
def test_a_response_may_end_badly(end: Any, status: str, details: Any) -> None:
    """With what was said until then, and why."""
    told = Told("v2", message("a"), end)
    told.open()
    told.tell("response.create")
    done = told.said[-1]["response"]
    assert (done["status"], done["status_details"], len(done["output"])) == (status, details, 1)
    assert legal(told)


def test_one_response_is_active_at_a_time() -> None:
    """A second is refused and the first goes on; one outside of the conversation is not."""
    told = Told("v2", speech("a", GATE, "b"))
    told.open()
    told.tell("response.create")
    code = told.error("response.create", event_id="mine")
    assert code["code"] == "conversation_already_has_active_response"
    assert code["event_id"] == "mine"
    told.tell("response.create", response={"conversation": "none"})
    assert len(told.held) == 2
    assert told.go_on()[-1]["type"] == "response.done"
    assert told.go_on()[-1]["response"]["conversation_id"] is None
    assert legal(told)


def test_a_response_can_be_cancelled() -> None:
    """What is open is ended, the response is done, and nothing comes of it any more."""
    told = Told("v2", speech("a", GATE, "b"))
    told.open()
    told.tell("response.create")
    found = told.tell("response.cancel")
    assert found[-1]["response"]["status_details"] == {
        "type": "cancelled",
        "reason": "client_cancelled",
    }
    assert found[-1]["response"]["output"][0]["status"] == "incomplete"
    assert told.go_on() == []
    assert told.error("response.cancel")["code"] == "response_cancel_not_active"
    assert legal(told)


@pytest.mark.parametrize("before", [(), (GATE,)], ids=["at once", "held before its beginning"])
def test_a_cancelled_response_was_created(before: tuple[Any, ...]) -> None:
    """Also one that was held before it said anything."""
    told = Told("v2", *before, speech(GATE, "b"))
    told.open()
    told.tell("response.create")
    told.tell("response.cancel")
    responses = [event for event in told.said if event["type"].startswith("response.")]
    assert responses[0]["type"] == "response.created"
    assert legal(told)


def test_the_user_is_heard() -> None:
    """Speech begins and ends, becomes an item, is written down and answered."""
    told = Told("v2")
    told.open()
    audio = {"input": {"transcription": {"model": "whisper-1"}}}
    told.tell("session.update", session={"type": "realtime", "audio": audio})
    told.tell("input_audio_buffer.append", audio=SECOND)
    found = told.take(told.session.hear(heard("hello")))
    assert [event["type"].rpartition("buffer.")[2] for event in found[:5]] == [
        "speech_started",
        "speech_stopped",
        "committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert (found[0]["audio_start_ms"], found[1]["audio_end_ms"]) == (0, 1000)
    assert found[6]["transcript"] == "hello"
    assert found[7]["type"] == "response.created"
    assert legal(told)


def test_speech_interrupts_the_model() -> None:
    """Turn detection cancels what is being said, unless the session says otherwise."""
    told = Told("v2", speech("a", GATE, "b"))
    told.open()
    told.tell("response.create")
    found = told.take(told.session.hear_begin())
    assert found[0]["type"] == "input_audio_buffer.speech_started"
    assert found[-1]["response"]["status_details"]["reason"] == "turn_detected"
    vad = {"type": "server_vad", "interrupt_response": False}
    session = {"type": "realtime", "audio": {"input": {"turn_detection": vad}}}
    told.tell("session.update", session=session)
    told.take(told.session.hear(heard("stop")))
    assert told.session.active is not None
    assert len(told.take(told.session.hear_begin())) == 1
    assert told.session.active is not None
    assert legal(told)


def test_what_was_not_heard_is_cut_off() -> None:
    """Up to what was said, once; the transcript is gone, as the API has it."""
    told = Told("v2", speech("ab", b"\0" * 4800))
    told.open()
    told.tell("response.create")
    id = told.said[-1]["response"]["output"][0]["id"]
    place = {"item_id": id, "content_index": 0}
    assert told.error("conversation.item.truncate", **place, audio_end_ms=101)["param"] == (
        "audio_end_ms"
    )
    assert told.types("conversation.item.truncate", **place, audio_end_ms=100) == [
        "conversation.item.truncated"
    ]
    assert told.types("conversation.item.truncate", **place, audio_end_ms=40)[0].endswith("ted")
    assert told.error("conversation.item.truncate", **place, audio_end_ms=41)["code"] == (
        "invalid_value"
    )
    (found,) = told.tell("conversation.item.retrieve", item_id=id)
    assert found["item"]["content"] == [{"type": "output_audio"}]
    assert legal(told)
