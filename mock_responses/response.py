"""The response object, which lifecycle events carry and a request without `stream` is answered
with.

It echoes the request's fields as the API does, with the API's defaults for those that the request
left out. This module knows no event and no clock: the time of creation is given.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from mock_responses import fields
from mock_responses.fields import builder

MODEL = "mock-model"
"""The model of a response to a request that names none."""


COUNTED = ("completed", "incomplete")
"""The states in which the tokens have been counted."""


class InputDetails(msgspec.Struct, frozen=True, kw_only=True):
    """How the cache served the input tokens."""

    cached_tokens: int
    cache_write_tokens: int


class OutputDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What the output tokens were spent on."""

    reasoning_tokens: int


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Token counts of one response."""

    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    output_tokens_details: OutputDetails
    total_tokens: int


@builder
def usage(
    input_tokens: int,
    output_tokens: int,
    *,
    cached_tokens: int = 0,
    cache_write_tokens: int = 0,
    reasoning_tokens: int = 0,
    total_tokens: int | None = None,
) -> Usage:
    """Token counts for `completed(usage=...)`; the total is the sum unless it is given."""
    counts = {
        field: fields.count("usage", field, value)
        for field, value in (
            ("input_tokens", input_tokens),
            ("output_tokens", output_tokens),
            ("cached_tokens", cached_tokens),
            ("cache_write_tokens", cache_write_tokens),
            ("reasoning_tokens", reasoning_tokens),
        )
    }
    total = fields.maybe(fields.count)("usage", "total_tokens", total_tokens)
    return Usage(
        input_tokens=input_tokens,
        input_tokens_details=InputDetails(
            cached_tokens=counts["cached_tokens"], cache_write_tokens=counts["cache_write_tokens"]
        ),
        output_tokens=output_tokens,
        output_tokens_details=OutputDetails(reasoning_tokens=counts["reasoning_tokens"]),
        total_tokens=input_tokens + output_tokens if total is None else total,
    )


DEFAULT_USAGE = usage(10, 5)
"""What a finished response counts when the script does not say; any fixed numbers do."""


def _same(value: Any) -> Any:
    return value


def _tools(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [{**_FUNCTION, **tool} if _is_function(tool) else tool for tool in value]


def _is_function(tool: Any) -> bool:
    return isinstance(tool, Mapping) and tool.get("type") == "function"


def _over(defaults: Mapping[str, Any]) -> Callable[[Any], Any]:
    return lambda value: {**defaults, **value} if isinstance(value, Mapping) else value


def _tier(value: Any) -> Any:
    return "default" if value == "auto" else value


_FUNCTION = {"description": None, "parameters": None, "strict": True}
_REASONING = {"effort": None, "summary": None}
_TEXT = {"format": {"type": "text"}, "verbosity": "medium"}

ECHO: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
    "background": (False, _same),
    "instructions": (None, _same),
    "max_output_tokens": (None, _same),
    "max_tool_calls": (None, _same),
    "metadata": ({}, _same),
    "model": (MODEL, _same),
    "parallel_tool_calls": (True, _same),
    "previous_response_id": (None, _same),
    "prompt_cache_key": (None, _same),
    "reasoning": (_REASONING, _over(_REASONING)),
    "safety_identifier": (None, _same),
    "service_tier": ("default", _tier),
    "store": (True, _same),
    "temperature": (1.0, _same),
    "text": (_TEXT, _over(_TEXT)),
    "tool_choice": ("auto", _same),
    "tools": ([], _tools),
    "top_logprobs": (0, _same),
    "top_p": (1.0, _same),
    "truncation": ("disabled", _same),
    "user": (None, _same),
}
"""Request fields that a response repeats: the value where the request has none or null, and how
others are shown."""


_UNSAID: Mapping[str, Any] = {field: default for field, (default, _) in ECHO.items()}
"""The echo of a request that says nothing."""


def echo(body: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the response object that follows from the request alone."""
    given = {
        field: ECHO[field][1](value)
        for field, value in body.items()
        if value is not None and field in ECHO
    }
    return {**_UNSAID, **given}


def echo_json(body: Mapping[str, Any]) -> bytes:
    """That part as a JSON object, as it stands in the encoded response behind its first brace."""
    return msgspec.json.encode(echo(body))


class ResponseObject:
    """One response in all its states, encoded to JSON.

    `given` holds fields that replace those made here.
    """

    def __init__(self, body: Mapping[str, Any], *, id: str, created_at: float) -> None:
        self._body = body
        self._id = id
        self._created_at = created_at

    @cached_property
    def _echo(self) -> bytes:
        # Instructions and tools are most of a real request and come back three times: encoded once.
        return echo_json(self._body)

    def encode(self, status: str, given: Mapping[str, Any], output: Sequence[Any]) -> bytes:
        """The whole object in one state."""
        own = {**self._own(status, output), **given}
        if given.keys() & ECHO.keys():
            return msgspec.json.encode({**msgspec.json.decode(self._echo), **own})
        return msgspec.json.encode(own)[:-1] + b"," + self._echo[1:]

    def brief(self, status: str, given: Mapping[str, Any]) -> bytes:
        """The least that the Codex CLI reads: the id, and the usage once it is known."""
        return msgspec.json.encode({"id": self._id, **_counted(status), **given})

    def _own(self, status: str, output: Sequence[Any]) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created_at,
            "status": status,
            "completed_at": self._created_at if status == "completed" else None,
            "error": None,
            "incomplete_details": None,
            "output": output,
            "usage": None,
            **_counted(status),
        }


def _counted(status: str) -> dict[str, Any]:
    return {"usage": DEFAULT_USAGE} if status in COUNTED else {}
