"""The settings of a session as the API publishes them, by which an update is checked.

Structs only. What a setting is when nobody has set it, and what an update changes, is in
`settings`.
"""

from typing import Annotated, Any, Final, Literal, get_args

import msgspec

Json = dict[str, Any]
Voice = Literal[
    "alloy",
    "ash",
    "ballad",
    "coral",
    "echo",
    "sage",
    "shimmer",
    "verse",
    "marin",
    "cedar",
]
V1Voice = Literal["juniper", "maple", "spruce", "ember", "vale", "breeze", "arbor", "sol", "cove"]
Include = Literal["item.input_audio_transcription.logprobs"]
Ms = Annotated[int, msgspec.Meta(ge=0)]
"""Milliseconds."""
Tokens = Annotated[int, msgspec.Meta(ge=1, le=4096)] | Literal["inf"]
"""The most that a response may have."""
Speed = Annotated[float, msgspec.Meta(ge=0.25, le=1.5)]
ToolChoice = Literal["none", "auto", "required"] | Json
VOICES: Final[tuple[str, ...]] = get_args(Voice)
"""The voices of the Realtime API."""
V1_VOICES: Final[tuple[str, ...]] = get_args(V1Voice)
"""The voices of the v1 protocol."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of settings; none has to be there."""


class CustomVoice(Settings, frozen=True, kw_only=True):
    """A voice of the user's own."""

    id: str


class Format(Settings, frozen=True, kw_only=True):
    """How audio is encoded: PCM of 16 bits at 24 kHz, or G.711 at 8 kHz."""

    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
    rate: Literal[24_000] | None = None


class NoiseReduction(Settings, frozen=True, kw_only=True):
    """How noise is taken out of what is heard."""

    type: Literal["near_field", "far_field"]


class Transcription(Settings, frozen=True, kw_only=True):
    """Who writes down what the user says."""

    model: str | None = None
    language: str | None = None
    languages: list[str] | None = None
    prompt: str | None = None
    delay: str | None = None
    keywords: list[str] | None = None


class ServerVad(Settings, frozen=True, kw_only=True, tag_field="type", tag="server_vad"):
    """The server finds the turns of the user by silence."""

    create_response: bool | None = None
    idle_timeout_ms: Ms | None = None
    interrupt_response: bool | None = None
    prefix_padding_ms: Ms | None = None
    silence_duration_ms: Ms | None = None
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class SemanticVad(Settings, frozen=True, kw_only=True, tag_field="type", tag="semantic_vad"):
    """The server finds the turns of the user by what is said."""

    create_response: bool | None = None
    eagerness: Literal["low", "medium", "high", "auto"] | None = None
    interrupt_response: bool | None = None


class AudioInput(Settings, frozen=True, kw_only=True):
    """What the user says."""

    format: Format | None = None
    noise_reduction: NoiseReduction | None = None
    transcription: Transcription | None = None
    turn_detection: ServerVad | SemanticVad | None = None


class AudioOutput(Settings, frozen=True, kw_only=True):
    """What the model says."""

    format: Format | None = None
    speed: Speed | None = None
    voice: Voice | CustomVoice | None = None


class Audio(Settings, frozen=True, kw_only=True):
    """Both directions."""

    input: AudioInput | None = None
    output: AudioOutput | None = None


class FunctionTool(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="function"):
    """A function of the client, which the model may call; what else it has is not looked at."""

    name: str
    description: str | None = None
    parameters: Any = None


class McpTool(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="mcp"):
    """Tools of an MCP server, which the API itself calls."""

    server_label: str


class ResponseOutput(Settings, frozen=True, kw_only=True):
    """What the model says in one response."""

    format: Format | None = None
    voice: Voice | CustomVoice | None = None


class ResponseAudio(Settings, frozen=True, kw_only=True):
    """The one direction that a response has."""

    output: ResponseOutput | None = None


class RealtimeUpdate(Settings, frozen=True, kw_only=True):
    """An update of a session in which the model answers."""

    type: Literal["realtime"]
    audio: Audio | None = None
    include: list[Include] | None = None
    instructions: str | None = None
    max_output_tokens: Tokens | None = None
    model: str | None = None
    output_modalities: list[Literal["text", "audio"]] | None = None
    parallel_tool_calls: bool | None = None
    prompt: Json | None = None
    reasoning: Json | None = None
    tool_choice: ToolChoice | None = None
    tools: list[FunctionTool | McpTool] | None = None
    tracing: Literal["auto"] | Json | None = None
    truncation: str | Json | None = None


class InputOnly(Settings, frozen=True, kw_only=True):
    """One direction."""

    input: AudioInput | None = None


class TranscriptionUpdate(Settings, frozen=True, kw_only=True):
    """An update of a session that only writes down what is said."""

    type: Literal["transcription"]
    audio: InputOnly | None = None
    include: list[Include] | None = None


class V1Output(Settings, frozen=True, kw_only=True):
    """What the model of the v1 protocol says."""

    format: Format | None = None
    voice: V1Voice | None = None


class V1Audio(Settings, frozen=True, kw_only=True):
    """Both directions of the v1 protocol."""

    input: AudioInput | None = None
    output: V1Output | None = None


class V1Update(Settings, frozen=True, kw_only=True):
    """An update of a session of the v1 protocol."""

    type: Literal["quicksilver"]
    audio: V1Audio | None = None
    id: str | None = None
    instructions: str | None = None
    model: str | None = None


UPDATES: Final[dict[str, type[Settings]]] = {
    "realtime": RealtimeUpdate,
    "transcription": TranscriptionUpdate,
    "quicksilver": V1Update,
}
"""Type of a session -> what an update of it may say."""
