"""The shape that the Realtime API had before GA: flat settings, other names of events and parts.

Pure translations between JSON objects: the session speaks GA and is translated on its way out.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from mock_realtime.refusal import read
from mock_realtime.schema import (
    FunctionTool,
    NoiseReduction,
    SemanticVad,
    ServerVad,
    Settings,
    Speed,
    Tokens,
    ToolChoice,
    Transcription,
)

Json = dict[str, Any]
_Sound = Literal["pcm16", "g711_ulaw", "g711_alaw"]
_BetaVoice = Literal["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse"]

TYPES: Final[Mapping[str, str]] = {
    "conversation.item.added": "conversation.item.created",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
}
"""Type of GA -> type of the beta."""
UNKNOWN: Final = frozenset({"conversation.item.done"})
"""Events that the beta does not have."""
_PARTS: Final[Mapping[str, str]] = {"output_text": "text", "output_audio": "audio"}
SUNSET: Final[Json] = {
    "type": "invalid_request_error",
    "code": "beta_api_shape_disabled",
    "message": "The beta shape is no longer served; leave out the OpenAI-Beta header.",
    "param": None,
    "event_id": None,
}
"""The error with which the API refuses the beta shape."""
SUNSET_CODE: Final = 4000
"""The close code that follows it."""


class _Update(Settings, frozen=True, kw_only=True):
    input_audio_format: _Sound | None = None
    input_audio_noise_reduction: NoiseReduction | None = None
    input_audio_transcription: Transcription | None = None
    instructions: str | None = None
    max_response_output_tokens: Tokens | None = None
    modalities: list[Literal["text", "audio"]] | None = None
    model: str | None = None
    output_audio_format: _Sound | None = None
    speed: Speed | None = None
    temperature: float | None = None
    tool_choice: ToolChoice | None = None
    tools: list[FunctionTool] | None = None
    tracing: Literal["auto"] | Json | None = None
    turn_detection: ServerVad | SemanticVad | None = None
    voice: _BetaVoice | None = None


def read_beta(session: Json) -> Json:
    """An update in the shape of the beta, checked. Raises Refusal."""
    read(session, _Update, "session")
    return session


def in_beta(event: Json) -> Json | None:
    """An event of GA as the beta says it; None for one that it does not have."""
    name = event["type"]
    if name in UNKNOWN:
        return None
    told = {**event, "type": TYPES.get(name, name)}
    if "item" in told:
        told["item"] = _item(told["item"])
    if "response" in told:
        told["response"] = _response(told["response"])
    return told


def _response(response: Json) -> Json:
    told = {
        **response,
        "modalities": response.get("output_modalities"),
        "output": [_item(item) for item in response.get("output", ())],
    }
    told.pop("output_modalities", None)
    told.pop("audio", None)
    return told


def _item(item: Json) -> Json:
    if not isinstance(content := item.get("content"), list):
        return item
    parts = [
        {**part, "type": _PARTS.get(part.get("type", ""), part.get("type"))} for part in content
    ]
    return {**item, "content": parts}


def from_beta(message: Json) -> Json:
    """A message of the client in the words of GA, as far as the session reads it."""
    options = message.get("response")
    if message.get("type") != "response.create" or not isinstance(options, dict):
        return message
    told: Json = {
        key: options[key] for key in ("conversation", "instructions", "metadata") if key in options
    }
    if isinstance(options.get("modalities"), list):
        told["output_modalities"] = ["audio" if "audio" in options["modalities"] else "text"]
    return {**message, "response": told}
