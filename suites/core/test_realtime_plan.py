"""What a realtime session is going to be: the operation first, then the settings, then defaults."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from codex_core.config.config import Config
from codex_core.config.errors import ConfigError
from codex_core.config.realtime import RealtimeSettings
from codex_core.protocol.ops import Op
from codex_core.protocol.realtime_ops import RealtimeConversationStart, WebRtc
from codex_core.realtime.plan import Plan, make_plan
from codex_core.realtime.prompt import backend_prompt, first_name
from codex_core.realtime.refusal import StartRefusedError
from codex_core.realtime.voices import VOICES
from suites.core.fakes import make_config


def plan(config: Config | None = None, **fields: Any) -> Plan:
    return make_plan(
        RealtimeConversationStart(**fields),
        config or make_config(),
        thread_id="thread",
        name="Ada",
        context=lambda: "CONTEXT",
    )


def under(**settings: Any) -> Config:
    return make_config(realtime=RealtimeSettings(**settings))


def test_the_defaults() -> None:
    """Version 2, its model, its voice, the core's own prompt with the user's name, the context."""
    made = plan()
    assert (made.id, made.version, made.model) == ("thread", "v2", "gpt-realtime-1.5")
    assert made.session["audio"]["output"]["voice"] == "marin"
    assert made.session["instructions"] == f"{backend_prompt('Ada')}\n\nCONTEXT"
    assert "Ada" in backend_prompt("Ada")
    assert "{" not in backend_prompt("Ada")


def test_the_operation_goes_before_the_settings() -> None:
    """For the version, the model, the voice and the id."""
    config = replace(under(version="v1", voice="ember"), experimental_realtime_ws_model="m")
    assert (plan(config).version, plan(config).model) == ("v1", "m")
    assert plan(config).session["audio"]["output"]["voice"] == "ember"
    made = plan(config, version="v2", model="n", voice="cedar", realtime_session_id="s")
    assert (made.id, made.version, made.model) == ("s", "v2", "n")
    assert made.session["audio"]["output"]["voice"] == "cedar"


def test_a_call_is_v1_whatever_the_settings_say() -> None:
    """With the client's offer."""
    made = plan(under(version="v2"), transport=WebRtc(sdp="v=0"))
    assert (made.version, made.offer) == ("v1", "v=0")


@pytest.mark.parametrize(
    ("version", "voice", "expected"),
    [(None, "marin", "cove"), (None, "breeze", "cove"), ("v1", "breeze", "breeze")],
)
def test_the_settings_voice_is_not_for_a_version_that_nobody_named(
    version: str | None, voice: str, expected: str
) -> None:
    """A call that says nothing of its version has the usual voice of the one that calls have."""
    made = plan(under(voice=voice), transport=WebRtc(sdp="v=0"), version=version)
    assert made.session["audio"]["output"]["voice"] == expected


def test_a_transcription_is_v2_only() -> None:
    """v1 is a conversation all the same."""
    assert plan(under(type="transcription")).session["type"] == "transcription"
    assert plan(under(type="transcription"), version="v1").session["type"] == "quicksilver"


REFUSED: list[tuple[Config, dict[str, Any], str]] = [
    (make_config(), {"voice": "cove"}, "`cove` is not supported for v2; supported voices: alloy,"),
    (under(voice="marin"), {"version": "v1"}, "`marin` is not supported for v1"),
    (make_config(), {"version": "v1", "output_modality": "text"}, "requires realtime v2"),
    (make_config(), {"version": "v2", "transport": WebRtc(sdp="")}, "calls require realtime v1"),
]


@pytest.mark.parametrize(("config", "fields", "problem"), REFUSED)
def test_what_cannot_be(config: Config, fields: dict[str, Any], problem: str) -> None:
    """The text is what the user is told."""
    with pytest.raises(StartRefusedError, match=problem):
        plan(config, **fields)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_voice_of_a_version_is_taken(version: str) -> None:
    """The usual one is among them."""
    voices = getattr(VOICES, version)
    assert getattr(VOICES, f"default_{version}") in voices
    for voice in voices:
        assert plan(version=version, voice=voice).session["audio"]["output"]["voice"] == voice


@pytest.mark.parametrize("old", ["session_id", "sessionId", "realtimeSessionId", "architecture"])
def test_older_names_are_refused(old: str) -> None:
    """By name, with the operation that has no such field."""
    wire = msgspec.json.encode({"type": "realtime_conversation_start", old: "x"})
    with pytest.raises(msgspec.ValidationError, match=f"unknown field `{old}`"):
        msgspec.json.decode(wire, type=Op)


@pytest.mark.parametrize(
    ("key", "value"), [("version", "v3"), ("type", "song"), ("transport", "post")]
)
def test_settings_that_do_not_exist(key: str, value: str) -> None:
    """The error names the key and what is accepted."""
    with pytest.raises(ConfigError, match=rf"realtime\.{key}.*does not exist"):
        under(**{key: value})


@pytest.mark.parametrize(
    ("full", "env", "expected"),
    [
        ("Ada Lovelace", {"USER": "al"}, "Ada"),
        ("", {"USER": "al"}, "al"),
        (" ", {"LOGNAME": "al"}, "al"),
        ("", {}, "there"),
    ],
)
def test_what_the_user_is_called(full: str, env: dict[str, str], expected: str) -> None:
    """The first name, else the login, else something that fits anybody."""
    assert first_name(full, env) == expected
