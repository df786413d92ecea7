"""What a request for a response says, as one value, and its two forms on the wire.

Fields come in the order and with the omissions of the reference client. Over HTTP the value is the
body of a POST; over a WebSocket it is a `response.create` frame, which may say less than the value
where the server knows the rest.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from codex_core.config.models import ModelInfo
from codex_core.model_client.input_items import InputItems

__all__ = ["Prompt", "Request", "make_request"]

_LITE = "x-openai-internal-codex-responses-lite"


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """What one request says; items, tools and a schema are encoded already.

    What is None is as the settings have it. `output_schema` is the JSON schema that the answer is
    to follow, `service_tier` one that the model is known to have.
    """

    instructions: str
    input: InputItems
    tools: msgspec.Raw
    parallel_tool_calls: bool | None = None
    effort: str | None = None
    summary: str | None = None
    service_tier: str | None = None
    output_schema: msgspec.Raw | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A whole request. `options` has its fields behind the input by name, in their order; `lite` is
    said beside the request, of models that take a smaller form of it.
    """

    model: str
    instructions: str
    input: InputItems
    options: Mapping[str, Any]
    lite: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What it says in headers of a request over HTTP."""
        return {_LITE: "true"} if self.lite else {}

    def body(self, client_metadata: Mapping[str, str]) -> bytes:
        """The body of `POST /responses`."""
        fields = {
            **self._head(),
            "input": self.input.after(0),
            **self.options,
            "client_metadata": client_metadata,
        }
        return _ENCODER.encode(fields)

    def frame(
        self,
        client_metadata: Mapping[str, str],
        *,
        previous_response_id: str | None = None,
        known: int = 0,
        generate: bool = True,
    ) -> bytes:
        """The `response.create` frame.

        The first `known` items of the input are what the server has of `previous_response_id`.
        Without `generate` nothing is answered but that the request was taken.
        """
        previous = {"previous_response_id": previous_response_id} if previous_response_id else {}
        fields = {
            "type": "response.create",
            **self._head(),
            **previous,
            "input": self.input.after(known),
            **self.options,
            **({} if generate else {"generate": False}),
            "client_metadata": client_metadata,
        }
        return _ENCODER.encode(fields)

    def _head(self) -> dict[str, str]:
        named = {"model": self.model}
        return {**named, "instructions": self.instructions} if self.instructions else named


_ENCODER = msgspec.json.Encoder()
_SCHEMA_NAME = "codex_output_schema"


def make_request(
    prompt: Prompt, *, model: str, info: ModelInfo, store: bool, cache_key: str
) -> Request:
    """The request that a prompt makes with a model."""
    reasoning = _reasoning(prompt, info)
    parallel = prompt.parallel_tool_calls
    if parallel is None:
        parallel = info.parallel_tool_calls
    options = {
        "tools": prompt.tools,
        "tool_choice": "auto",
        "parallel_tool_calls": parallel and not info.use_responses_lite,
        "reasoning": reasoning,
        "store": store,
        "stream": True,
        "include": () if reasoning is None else ("reasoning.encrypted_content",),
        **({} if prompt.service_tier is None else {"service_tier": prompt.service_tier}),
        "prompt_cache_key": cache_key,
        **_text(prompt, info),
    }
    return Request(
        model=model,
        instructions=prompt.instructions,
        input=prompt.input,
        options=options,
        lite=info.use_responses_lite,
    )


def _text(prompt: Prompt, info: ModelInfo) -> dict[str, Any]:
    fields: dict[str, Any] = {"verbosity": info.verbosity} if info.verbosity else {}
    if prompt.output_schema is not None:
        fields["format"] = {
            "type": "json_schema",
            "strict": True,
            "schema": prompt.output_schema,
            "name": _SCHEMA_NAME,
        }
    return {"text": fields} if fields else {}


def _reasoning(prompt: Prompt, info: ModelInfo) -> dict[str, str] | None:
    """The `reasoning` object; null for a model without any, no summary for `none`."""
    if not info.supports_reasoning_summaries:
        return None
    fields = {
        "effort": prompt.effort or info.reasoning_effort,
        "summary": prompt.summary or info.reasoning_summary,
        "context": "all_turns" if info.use_responses_lite else None,
    }
    given = {key: value for key, value in fields.items() if value is not None}
    if given.get("summary") == "none":
        del given["summary"]
    return given
