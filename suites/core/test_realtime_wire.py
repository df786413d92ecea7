"""What each version of the realtime wire says and understands: tables, one row a message."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_core.protocol import realtime as told
from codex_core.protocol.realtime import AudioFrame, TranscriptEntry
from codex_core.realtime import wire_v1, wire_v2
from codex_core.realtime.session_object import session_object, transcription_object
from codex_core.realtime.wire import Wire
from codex_core.realtime.wire_v1 import V1
from codex_core.realtime.wire_v2 import V2

Json = dict[str, Any]
WIRES: dict[str, Wire] = {"v1": V1(), "v2": V2()}
SOUND: Json = {"delta": "AQID", "sample_rate": 24000, "channels": 1}
CALL = {"id": "i", "type": "function_call", "call_id": "c"}


def call(name: str, arguments: Any = None, **fields: Any) -> Json:
    item = {**CALL, "name": name, "arguments": arguments, **fields}
    return {"type": "conversation.item.done", "item": item}


def frame(**fields: Any) -> AudioFrame:
    return AudioFrame(data="AQID", **fields)


BOTH: list[tuple[Json, object]] = [
    (
        {"type": "session.updated", "session": {"id": "s", "instructions": "p", "more": 1}},
        told.SessionUpdated(realtime_session_id="s", instructions="p"),
    ),
    (
        {"type": "conversation.item.input_audio_transcription.delta", "delta": "a"},
        told.InputTranscriptDelta(delta="a"),
    ),
    (
        {"type": "conversation.item.input_audio_transcription.completed", "transcript": "a"},
        told.InputTranscriptDone(text="a"),
    ),
    (
        {"type": "response.output_audio_transcript.delta", "delta": "a"},
        told.OutputTranscriptDelta(delta="a"),
    ),
    ({"type": "response.output_text.delta", "delta": "a"}, told.OutputTranscriptDelta(delta="a")),
    (
        {"type": "response.output_audio_transcript.done", "transcript": "a"},
        told.OutputTranscriptDone(text="a"),
    ),
    (
        {"type": "conversation.item.added", "item": {"any": [1]}},
        told.ConversationItemAdded(item={"any": [1]}),
    ),
    (
        {"type": "conversation.item.done", "item": {"id": "i", "type": "message"}},
        told.ConversationItemDone(item_id="i"),
    ),
    ({"type": "error", "message": "top"}, told.RealtimeError(message="top")),
    ({"type": "error", "error": {"message": "deep"}}, told.RealtimeError(message="deep")),
    ({"type": "error", "error": "text"}, told.RealtimeError(message='"text"')),
    ({"type": "error", "error": {"code": "x"}}, told.RealtimeError(message='{"code":"x"}')),
]
ONLY_V1: list[tuple[Json, object]] = [
    (
        {"type": "conversation.output_audio.delta", **SOUND, "samples_per_channel": 480},
        told.AudioOut(frame=frame(samples_per_channel=480)),
    ),
    (
        {
            "type": "conversation.output_audio.delta",
            "data": "AQID",
            "sample_rate": 8000,
            "num_channels": 2,
        },
        told.AudioOut(frame=frame(sample_rate=8000, num_channels=2)),
    ),
    (
        {"type": "conversation.input_transcript.delta", "delta": "a"},
        told.InputTranscriptDelta(delta="a"),
    ),
    (
        {"type": "conversation.input_transcript.turn_marked", "transcript": "a"},
        told.InputTranscriptDone(text="a"),
    ),
    (
        {"type": "conversation.output_transcript.delta", "delta": "a"},
        told.OutputTranscriptDelta(delta="a"),
    ),
    (
        {
            "type": "conversation.handoff.requested",
            "handoff_id": "h",
            "item_id": "i",
            "input_transcript": "",
        },
        told.HandoffRequested(handoff_id="h", item_id="i", input_transcript=""),
    ),
    (
        {
            "type": "conversation.handoff.requested",
            "handoff_id": "h",
            "item_id": "i",
            "input_transcript": "x",
            "messages": [{"role": "user", "text": "a"}],
        },
        told.HandoffRequested(
            handoff_id="h",
            item_id="i",
            input_transcript="x",
            messages=(TranscriptEntry(role="user", text="a"),),
        ),
    ),
]
ONLY_V2: list[tuple[Json, object]] = [
    (
        {"type": "response.output_audio.delta", "delta": "AQID", "item_id": "i"},
        told.AudioOut(frame=frame(item_id="i")),
    ),
    ({"type": "response.audio.delta", **SOUND}, told.AudioOut(frame=frame())),
    ({"type": "response.output_text.done", "text": "a"}, told.OutputTranscriptDone(text="a")),
    (
        {"type": "input_audio_buffer.speech_started", "item_id": "i"},
        told.InputSpeechStarted(item_id="i"),
    ),
    ({"type": "input_audio_buffer.speech_started"}, told.InputSpeechStarted()),
    ({"type": "conversation.item.created", "item": {}}, told.ConversationItemAdded(item={})),
    (
        {"type": "response.created", "response": {"id": "r"}},
        told.ResponseCreated(response_id="r"),
    ),
    ({"type": "response.done", "response_id": "r"}, told.ResponseDone(response_id="r")),
    ({"type": "response.cancelled"}, told.ResponseCancelled()),
    (call("remain_silent", "{}"), told.NoopRequested(call_id="c", item_id="i")),
    (call("another", "{}"), told.ConversationItemDone(item_id="i")),
]
ROWS = [
    *(("v1", *row) for row in [*BOTH, *ONLY_V1]),
    *(("v2", *row) for row in [*BOTH, *ONLY_V2]),
]


@pytest.mark.parametrize(("version", "message", "event"), ROWS)
def test_a_message_is_its_event(version: str, message: Json, event: object) -> None:
    """Fields that are not read may be anything."""
    assert WIRES[version].decode(json.dumps(message).encode()) == event


SESSION: Json = {"type": "session.updated", "session": {"id": "s", "instructions": 5}}
V1_SOUND: Json = {"type": "conversation.output_audio.delta", **SOUND}
V2_SOUND: Json = {"type": "response.output_audio.delta", "delta": "AQID"}
ASKED: Json = {
    "type": "conversation.handoff.requested",
    "handoff_id": "h",
    "item_id": "i",
    "input_transcript": "x",
}
HANDED = told.HandoffRequested(handoff_id="h", item_id="i", input_transcript="x")
ODD_SOUND: list[Json] = [
    {"sample_rate": "8000"},
    {"sample_rate": 2**32},
    {"sample_rate": 8e3},
    {"sample_rate": True},
    {"channels": None, "num_channels": 2},
    {"num_channels": 2**16},
    {"samples_per_channel": []},
    {"item_id": 5},
]
OF_OTHER_TYPES: list[tuple[str, Json, object]] = [
    ("v1", SESSION, told.SessionUpdated(realtime_session_id="s")),
    ("v2", SESSION, told.SessionUpdated(realtime_session_id="s")),
    ("v1", {**V1_SOUND, "samples_per_channel": -1}, told.AudioOut(frame=frame())),
    ("v1", {**V1_SOUND, "delta": 5, "data": "AQID"}, told.AudioOut(frame=frame())),
    ("v1", {**V1_SOUND, "num_channels": "x"}, told.AudioOut(frame=frame())),
    ("v1", {**V1_SOUND, "sample_rate": 24e3}, None),
    ("v1", {**V1_SOUND, "channels": None, "num_channels": 2}, None),
    ("v1", {**ASKED, "messages": 5}, HANDED),
    ("v1", {**ASKED, "messages": [{"role": "x", "text": "y"}]}, HANDED),
    ("v1", {**ASKED, "item_id": 5}, None),
    *(("v2", {**V2_SOUND, **odd}, told.AudioOut(frame=frame())) for odd in ODD_SOUND),
    ("v2", {**V2_SOUND, "delta": 5, "data": "AQID"}, None),
    ("v2", {"type": "input_audio_buffer.speech_started", "item_id": {}}, told.InputSpeechStarted()),
    ("v2", {"type": "response.created", "response": 5}, told.ResponseCreated()),
    (
        "v2",
        {"type": "response.done", "response": {"id": 5}, "response_id": "r"},
        told.ResponseDone(response_id="r"),
    ),
    ("v2", {"type": "response.cancelled", "response_id": 7}, told.ResponseCancelled()),
    ("v2", call("remain_silent", id=5), told.NoopRequested(call_id="c", item_id="c")),
    ("v2", call("remain_silent", call_id=""), told.NoopRequested(call_id="", item_id="i")),
    ("v2", call("remain_silent", type=5), told.ConversationItemDone(item_id="i")),
    ("v2", call("remain_silent", id=5, call_id=[]), None),
    (
        "v2",
        call("background_agent", arguments={"prompt": "x"}),
        told.HandoffRequested(handoff_id="c", item_id="i", input_transcript=""),
    ),
]


@pytest.mark.parametrize(("version", "message", "event"), OF_OTHER_TYPES)
def test_an_optional_field_of_another_type_is_absent(
    version: str, message: Json, event: object
) -> None:
    """It takes the message with it only where that cannot be without the field."""
    assert WIRES[version].decode(json.dumps(message).encode()) == event


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('{"prompt": " run ls "}', "run ls"),
        ('{"input": " ", "query": "q"}', "q"),
        ('{"query": "q", "input_transcript": "t"}', "t"),
        ('{"other": "x"}', '{"other": "x"}'),
        ("[1]", "[1]"),
        ("no json", "no json"),
        pytest.param("[" * 20_000, "[" * 20_000, id="nested without end"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_a_call_hands_over(arguments: str | None, expected: str) -> None:
    """The first argument that says something, else the arguments as they are."""
    event = V2().decode(json.dumps(call("background_agent", arguments)).encode())
    assert event == told.HandoffRequested(handoff_id="c", item_id="i", input_transcript=expected)


@pytest.mark.parametrize("missing", ["id", "call_id"])
def test_a_call_with_one_id_has_it_for_both(missing: str) -> None:
    """Servers leave out the one or the other."""
    message = call("background_agent", "{}")
    kept = {"id": "call_id", "call_id": "id"}[missing]
    value = message["item"][kept]
    del message["item"][missing]
    event = V2().decode(json.dumps(message).encode())
    assert event == told.HandoffRequested(handoff_id=value, item_id=value, input_transcript="{}")


PASSED_OVER = [
    b"no json",
    b"[]",
    b'"text"',
    b"{}",
    b'{"type": 1}',
    b'{"type": "error"}',
    b'{"type": "session.updated", "session": {}}',
    b'{"type": "session.created", "session": {"id": "s"}}',
    b'{"type": "conversation.item.done", "item": {}}',
    b'{"type": "something.new"}',
    b'{"type": "\xff"}',
    pytest.param(
        b'{"type": "conversation.item.added", "item": ' + b"[" * 20_000, id="nested without end"
    ),
]


@pytest.mark.parametrize("version", WIRES)
@pytest.mark.parametrize("data", PASSED_OVER)
def test_what_is_not_understood_is_passed_over(version: str, data: bytes) -> None:
    """Without a word: servers say more than this client knows."""
    assert WIRES[version].decode(data) is None


def test_sound_on_v1_says_how_it_is_made() -> None:
    """There is no default for the rate or the channels."""
    for name in SOUND:
        message: Json = {"type": "conversation.output_audio.delta", **SOUND}
        del message[name]
        assert V1().decode(json.dumps(message).encode()) is None


def test_each_version_passes_over_what_is_the_other_s() -> None:
    """The tables have no more in common than `BOTH`."""
    shared = {message["type"] for message, _ in BOTH}
    assert set(wire_v1.TABLE) & set(wire_v2.TABLE) == shared


@given(st.binary(), st.sampled_from(sorted({*wire_v1.TABLE, *wire_v2.TABLE})), st.data())
def test_nothing_that_comes_is_an_exception(noise: bytes, type_: str, data: st.DataObject) -> None:
    """Whatever a server sends."""
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
    names = (
        *("delta", "item", "response", "session", "transcript", "text", "error", "item_id"),
        *("messages", "sample_rate", "channels", "samples_per_channel", "handoff_id"),
    )
    fields = data.draw(st.dictionaries(st.sampled_from(names), values))
    for wire in WIRES.values():
        wire.decode(noise)
        wire.decode(json.dumps({"type": type_, **fields}).encode())


@given(st.text())
def test_the_user_s_words_are_marked_once(text: str) -> None:
    """On v2 alone, and not where there are none."""
    marked = not text or text.startswith("[USER] ")
    expected = text if marked else f"[USER] {text}"
    assert V2().text("user", text)["item"]["content"][0]["text"] == expected
    assert V2().text("developer", text)["item"]["content"][0]["text"] == text
    assert V1().text("user", text)["item"]["content"][0]["text"] == text


def test_a_text_conversation_differs_in_one_field() -> None:
    """The modality; all else is the same."""
    spoken = session_object("v2", instructions="i", voice="marin", modality="audio")
    written = session_object("v2", instructions="i", voice="marin", modality="text")
    assert {**written, "output_modalities": ["audio"]} == spoken
    assert written["output_modalities"] == ["text"]


def test_a_transcription_is_of_the_input_alone() -> None:
    """No instructions, no output, no tools, no turns."""
    session = transcription_object()
    assert set(session) == {"type", "audio"}
    assert set(session["audio"]) == {"input"}
    assert set(session["audio"]["input"]) == {"format", "transcription"}
