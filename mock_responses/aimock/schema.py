"""The fixture format of aimock 1.43 as structs: every field that a file may have, by its own name.

A field that the format does not know is refused when a value is converted to these. Nothing here
says what a field means.
"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Milliseconds = Annotated[float, Meta(ge=0)]
Text = Annotated[str, Meta(min_length=1)]
Json = dict[str, Any] | list[Any]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """An object of the format."""


class Match(Part, frozen=True, kw_only=True, rename="camel"):
    """Which requests a fixture is for: all that is set must hold."""

    user_message: str | UnsetType = UNSET
    system_message: str | Annotated[list[str], Meta(min_length=1)] | UnsetType = UNSET
    tool_call_id: str | UnsetType = UNSET
    tool_result_contains: Text | UnsetType = UNSET
    tool_name: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    response_format: str | UnsetType = UNSET
    has_tool_result: bool | UnsetType = UNSET
    context: str | UnsetType = UNSET
    sequence_index: Count | UnsetType = UNSET
    turn_index: Count | UnsetType = UNSET
    input_text: Any = UNSET
    endpoint: str | UnsetType = UNSET


class ToolCall(Part, frozen=True, kw_only=True, rename="camel"):
    """A call of a function tool."""

    name: Text
    arguments: str | Json
    id: str | UnsetType = UNSET


class TextBlock(Part, frozen=True, kw_only=True, rename="camel", tag_field="type", tag="text"):
    """A message among ordered blocks."""

    text: Text


class CallBlock(Part, frozen=True, kw_only=True, rename="camel", tag_field="type", tag="toolCall"):
    """A call among ordered blocks."""

    name: Text
    arguments: str | Json
    id: str | UnsetType = UNSET


class Failure(Part, frozen=True, kw_only=True, rename="camel"):
    """The error of an error response."""

    message: Text
    type: str | UnsetType = UNSET
    param: str | None = None
    code: str | None = None
    metadata: Any = UNSET


class Response(Part, frozen=True, kw_only=True, rename="camel"):
    """What a fixture answers."""

    content: str | Json | UnsetType = UNSET
    tool_calls: list[ToolCall] | UnsetType = UNSET
    blocks: list[TextBlock | CallBlock] | UnsetType = UNSET
    reasoning: str | UnsetType = UNSET
    web_searches: list[str] | UnsetType = UNSET
    error: Failure | UnsetType = UNSET
    status: Annotated[int, Meta(ge=200, le=599)] | UnsetType = UNSET
    retry_after: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    id: Text | UnsetType = UNSET
    created: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    model: Text | UnsetType = UNSET
    usage: dict[str, Any] | UnsetType = UNSET
    finish_reason: str | UnsetType = UNSET
    role: Any = UNSET
    system_fingerprint: Any = UNSET
    provider: Any = UNSET
    native_finish_reason: Any = UNSET
    reasoning_signature: Any = UNSET
    redacted_thinking: Any = UNSET
    fallthrough: Any = UNSET
    embedding: Any = UNSET
    image: Any = UNSET
    images: Any = UNSET
    audio: Any = UNSET
    format: Any = UNSET
    transcription: Any = UNSET
    video: Any = UNSET
    json: Any = UNSET
    billable_units: Any = UNSET
    live: Any = UNSET


class Profile(Part, frozen=True, kw_only=True, rename="camel"):
    """How fast events come: the first after `ttft` ms, then `tps` a second."""

    ttft: Milliseconds | UnsetType = UNSET
    tps: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    jitter: Annotated[float, Meta(ge=0, le=1)] = 0


class Timings(Part, frozen=True, kw_only=True, rename="camel"):
    """The pauses of a recorded stream."""

    ttft_ms: Milliseconds = 0
    inter_chunk_delays_ms: list[Milliseconds] = []
    total_duration_ms: Milliseconds = 0


class Chaos(Part, frozen=True, kw_only=True, rename="camel"):
    """Faults by chance, and a latency that is certain."""

    drop_rate: Annotated[float, Meta(ge=0, le=1)] = 0
    malformed_rate: Annotated[float, Meta(ge=0, le=1)] = 0
    disconnect_rate: Annotated[float, Meta(ge=0, le=1)] = 0
    rate_limit_rate: Annotated[float, Meta(ge=0, le=1)] = 0
    latency_ms: Annotated[int, Meta(ge=0, le=30000)] = 0


class Fixture(Part, frozen=True, kw_only=True, rename="camel"):
    """One fixture: which requests, what answer, how fast, where it breaks off."""

    match: Match
    response: Response
    latency: Milliseconds = 0
    chunk_size: Positive = 20
    truncate_after_chunks: Positive | UnsetType = UNSET
    disconnect_after_ms: Milliseconds | UnsetType = UNSET
    streaming_profile: Profile | UnsetType = UNSET
    recorded_timings: Timings | UnsetType = UNSET
    replay_speed: Annotated[float, Meta(gt=0)] = 1
    chaos: Chaos = Chaos()
    open_router_processing: Any = UNSET
    metadata: Any = UNSET
