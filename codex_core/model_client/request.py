"""The body of `POST /responses`: fields in the order and with the omissions of the reference."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from codex_core.config.models import ModelInfo

__all__ = ["Prompt", "request_body"]


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """What one request says; items and tools are encoded already."""

    instructions: str
    input: Sequence[msgspec.Raw]
    tools: msgspec.Raw


class _Text(msgspec.Struct):
    verbosity: str


class _Body(msgspec.Struct):
    model: str
    instructions: str | UnsetType
    input: Sequence[msgspec.Raw]
    tools: msgspec.Raw
    tool_choice: str
    parallel_tool_calls: bool
    reasoning: dict[str, str] | None
    store: bool
    stream: bool
    include: Sequence[str]
    prompt_cache_key: str
    text: _Text | UnsetType
    client_metadata: dict[str, str]


_ENCODER = msgspec.json.Encoder()


def request_body(
    prompt: Prompt,
    *,
    model: str,
    info: ModelInfo,
    store: bool,
    cache_key: str,
    client_metadata: dict[str, str],
) -> bytes:
    """The body as JSON bytes."""
    reasoning = _reasoning(info)
    body = _Body(
        model=model,
        instructions=prompt.instructions or UNSET,
        input=prompt.input,
        tools=prompt.tools,
        tool_choice="auto",
        parallel_tool_calls=info.parallel_tool_calls,
        reasoning=reasoning,
        store=store,
        stream=True,
        include=() if reasoning is None else ("reasoning.encrypted_content",),
        prompt_cache_key=cache_key,
        text=_Text(verbosity=info.verbosity) if info.verbosity else UNSET,
        client_metadata=client_metadata,
    )
    return _ENCODER.encode(body)


def _reasoning(info: ModelInfo) -> dict[str, str] | None:
    """The `reasoning` object; null for a model without any, no summary for `none`."""
    fields = {"effort": info.reasoning_effort, "summary": info.reasoning_summary}
    given = {key: value for key, value in fields.items() if value is not None}
    if not given:
        return None
    if given.get("summary") == "none":
        del given["summary"]
    return given
