"""What the API refuses: an event of a client that is wrong gets an error, the session goes on."""

from typing import Any

import pytest

from mock_realtime import speech
from mock_realtime.audio import to_base64
from suites.realtime.told import Told, legal

USER: Any = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
VAD = {"type": "server_vad"}
NESTED = {"type": "function", "function": {"name": "f"}}
"""A tool as another API has it."""
SECOND = to_base64(b"\0" * 48_000)


REALTIME = {"type": "realtime"}
REFUSED: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("nothing.known", {}, "invalid_value", "type"),
    ("session.update", {}, "missing_required_parameter", "session"),
    ("session.update", {"session": {}}, "missing_required_parameter", "session.type"),
    ("session.update", {"session": 1}, "invalid_type", "session"),
    ("session.update", {"session": {"type": "other"}}, "invalid_value", "session.type"),
    (
        "session.update",
        {"session": {**REALTIME, "session_id": "s"}},
        "unknown_parameter",
        "session.session_id",
    ),
    ("session.update", {"session": REALTIME, "session_id": "s"}, "unknown_parameter", "session_id"),
    (
        "session.update",
        {"session": {**REALTIME, "audio": {"output": {"voice": "cove"}}}},
        "invalid_value",
        "session.audio.output.voice",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "audio": {"input": {"format": {"type": "audio/mp3"}}}}},
        "invalid_value",
        "session.audio.input.format.type",
    ),
    (
        "session.update",
        {
            "session": {
                **REALTIME,
                "audio": {"input": {"format": {"type": "audio/pcm", "rate": 16_000}}},
            }
        },
        "invalid_value",
        "session.audio.input.format.rate",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "output_modalities": ["text", "audio"]}},
        "invalid_value",
        "session.output_modalities",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "output_modalities": []}},
        "invalid_value",
        "session.output_modalities",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "max_output_tokens": 4_097}},
        "integer_above_max_value",
        "session.max_output_tokens",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "audio": {"output": {"speed": 0.1}}}},
        "decimal_below_min_value",
        "session.audio.output.speed",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "audio": {"input": {"turn_detection": {**VAD, "threshold": 2}}}}},
        "decimal_above_max_value",
        "session.audio.input.turn_detection.threshold",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "tools": [NESTED]}},
        "missing_required_parameter",
        "session.tools[0].name",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "tools": [{"type": "web_search"}]}},
        "invalid_value",
        "session.tools[0].type",
    ),
    (
        "session.update",
        {"session": {**REALTIME, "tool_choice": "always"}},
        "invalid_value",
        "session.tool_choice",
    ),
    ("input_audio_buffer.append", {"audio": "no base64!"}, "invalid_value", "audio"),
    ("input_audio_buffer.append", {"audio": "QQ"}, "invalid_value", "audio"),
    ("input_audio_buffer.append", {"audio": 7}, "invalid_type", "audio"),
    ("input_audio_buffer.append", {}, "missing_required_parameter", "audio"),
    ("input_audio_buffer.commit", {}, "input_audio_buffer_commit_empty", None),
    ("conversation.item.create", {"item": {"type": "note"}}, "invalid_value", "item.type"),
    (
        "conversation.item.create",
        {"item": {"type": "message", "role": "user"}},
        "missing_required_parameter",
        "item.content",
    ),
    (
        "conversation.item.create",
        {"item": {"type": "message", "role": "user", "content": [{"type": "output_text"}]}},
        "invalid_value",
        "item.content[0].type",
    ),
    (
        "conversation.item.create",
        {"item": {**USER, "content": [{"type": "input_text"}]}},
        "missing_required_parameter",
        "item.content[0].text",
    ),
    (
        "conversation.item.create",
        {"item": {**USER, "content": [*USER["content"], {"type": "input_text", "text": 7}]}},
        "invalid_type",
        "item.content[1].text",
    ),
    (
        "conversation.item.create",
        {"item": {**USER, "content": [{"type": "input_audio", "audio": "no base64!"}]}},
        "invalid_value",
        "item.content[0].audio",
    ),
    (
        "conversation.item.create",
        {"item": {"type": "message", "role": "boss", "content": []}},
        "invalid_value",
        "item.role",
    ),
    (
        "conversation.item.create",
        {"item": USER, "previous_item_id": "gone"},
        "item_create_invalid_previous_item_id",
        "previous_item_id",
    ),
    ("conversation.item.create", {"item": {"type": []}}, "invalid_type", "item.type"),
    (
        "conversation.item.delete",
        {"item_id": "gone"},
        "item_delete_invalid_item_id",
        "item_id",
    ),
    (
        "conversation.item.retrieve",
        {"item_id": "gone"},
        "item_retrieve_invalid_item_id",
        "item_id",
    ),
    (
        "conversation.item.truncate",
        {"item_id": "gone", "content_index": 0, "audio_end_ms": 1},
        "item_truncate_invalid_item_id",
        "item_id",
    ),
    ("response.cancel", {}, "response_cancel_not_active", None),
    ("response.cancel", {"response_id": "gone"}, "response_cancel_not_active", None),
    (
        "response.create",
        {"response": {"conversation": "other"}},
        "invalid_value",
        "response.conversation",
    ),
    (
        "response.create",
        {"response": {"output_modalities": []}},
        "invalid_value",
        "response.output_modalities",
    ),
    ("response.create", {"response": {"modalities": ["text"]}}, "unknown_parameter", None),
    (
        "response.create",
        {"response": {"audio": {"output": {"voice": "cove"}}}},
        "invalid_value",
        "response.audio.output.voice",
    ),
    (
        "response.create",
        {"response": {"tools": [NESTED]}},
        "missing_required_parameter",
        "response.tools[0].name",
    ),
    (
        "response.create",
        {"response": {"max_output_tokens": 0}},
        "integer_below_min_value",
        "response.max_output_tokens",
    ),
    (
        "conversation.handoff.append",
        {"handoff_id": "h", "output_text": ""},
        "invalid_value",
        "type",
    ),
]


@pytest.mark.parametrize(("type", "fields", "code", "param"), REFUSED)
def test_what_the_api_refuses_is_an_error(
    told: Told, type: str, fields: dict[str, Any], code: str, param: str | None
) -> None:
    """With its code, the parameter, and the id of the event; the session goes on."""
    error = told.error(type, event_id="event_mine", **fields)
    assert error["type"] == "invalid_request_error"
    assert (error["code"], error["event_id"]) == (code, "event_mine")
    assert param is None or error["param"] == param
    assert told.types("session.update", session=REALTIME) == ["session.updated"]
    assert legal(told)


@pytest.mark.parametrize(
    ("settings", "code", "param"),
    [
        ({"tools": [NESTED]}, "missing_required_parameter", "session.tools[0].name"),
        ({"tool_choice": "always"}, "invalid_value", "session.tool_choice"),
        (
            {"max_response_output_tokens": 0},
            "integer_below_min_value",
            "session.max_response_output_tokens",
        ),
        ({"speed": 2}, "decimal_above_max_value", "session.speed"),
    ],
)
def test_the_beta_refuses_the_same(settings: dict[str, Any], code: str, param: str) -> None:
    """Under the names that its settings have."""
    told = Told("beta")
    told.open()
    error = told.error("session.update", session=settings)
    assert (error["code"], error["param"]) == (code, param)


def test_a_voice_stays_once_it_was_heard() -> None:
    """Before the model has spoken it may change, afterwards it may be said again."""
    told = Told("v2", speech("a"))
    told.open()

    def voice(name: str) -> dict[str, Any]:
        return {**REALTIME, "audio": {"output": {"voice": name}}}

    assert told.types("session.update", session=voice("ash")) == ["session.updated"]
    told.tell("response.create")
    assert told.error("session.update", session=voice("cedar"))["code"] == "cannot_update_voice"
    assert told.types("session.update", session=voice("ash")) == ["session.updated"]


def test_a_frame_over_the_limit_is_refused(told: Told) -> None:
    """What is in it does not count."""
    told.session.max_audio = 47_999
    assert told.error("input_audio_buffer.append", audio=SECOND)["param"] == "audio"
    assert told.error("input_audio_buffer.commit")["code"] == "input_audio_buffer_commit_empty"
