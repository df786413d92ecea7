"""Errors in the shape that the API gives them: whole HTTP answers, and `response.failed` events.

Values and tables. Which request gets which error is the script's to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final

import msgspec

from agent_rehearsal.wire.script import Answer
from mock_responses import fields
from mock_responses.events import failed
from mock_responses.fields import builder
from mock_responses.structs import Failed


@dataclass(frozen=True, slots=True)
class Default:
    """What the API says with one status."""

    type: str
    code: str | None
    message: str


DEFAULTS: Final[Mapping[int, Default]] = {
    400: Default("invalid_request_error", None, "The request is not valid."),
    401: Default("invalid_request_error", "invalid_api_key", "The API key is not valid."),
    404: Default("invalid_request_error", None, "There is nothing at this address."),
    429: Default("requests", "rate_limit_exceeded", "The rate limit has been reached."),
    500: Default("server_error", "server_error", "The server had an error."),
    503: Default("service_unavailable_error", "server_is_overloaded", "The server is overloaded."),
}
"""What the error body of a status says when the test does not."""
CLIENT_ERROR = Default("invalid_request_error", None, "The request was refused.")
SERVER_ERROR = Default("server_error", None, "The server had an error.")


@builder
def status(
    code: int,
    *,
    message: str | None = None,
    type: str | None = None,
    code_name: str | None = None,
    param: str | None = None,
    retry_after: float | str | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes | str | Mapping[str, Any] | None = None,
) -> Answer:
    """An HTTP answer with this status and the API's error body, in which each field can be
    replaced.

    `code_name` is the `code` in the body. `retry_after`: seconds, or a header value as it is.
    `body` replaces the whole body, a mapping as JSON. `headers` are added to ours or replace them
    by name.
    """
    _check_status(code)
    default = DEFAULTS.get(code, CLIENT_ERROR if code < 500 else SERVER_ERROR)
    error = {
        "message": _or(message, default.message, "message"),
        "type": _or(type, default.type, "type"),
        "param": fields.maybe(fields.text)("status", "param", param),
        "code": _or(code_name, default.code, "code_name"),
    }
    own = {"content-type": "application/json", **_retry_after(retry_after)}
    content = msgspec.json.encode({"error": error}) if body is None else _body(body)
    return Answer(code, _headers(own, headers or {}), content)


@builder
def invalid_api_key() -> Answer:
    """401 `invalid_api_key`."""
    return status(401)


@builder
def model_not_found(model: str) -> Answer:
    """404 `model_not_found` for a model that does not exist, or not for this key."""
    name = fields.name("model_not_found", "model", model)
    return status(404, code_name="model_not_found", message=f"The model {name!r} does not exist.")


@builder
def previous_response_not_found(response_id: str) -> Answer:
    """400 for a `previous_response_id` that the API does not know (any more)."""
    name = fields.name("previous_response_not_found", "response_id", response_id)
    return status(
        400,
        code_name="previous_response_not_found",
        message=f"There is no previous response with the id {name!r}.",
        param="previous_response_id",
    )


@builder
def rate_limited(retry_after: float | str | None = None, *, message: str | None = None) -> Answer:
    """429 `rate_limit_exceeded`, on which SDKs wait and try again."""
    return status(429, retry_after=retry_after, message=message)


@builder
def overloaded(*, message: str | None = None, retry_after: float | str | None = None) -> Answer:
    """503 `server_is_overloaded`, on which the Codex CLI gives up at once."""
    return status(503, retry_after=retry_after, message=message)


@builder
def usage_limit_reached(*, plan_type: str = "plus", resets_at: int | None = None) -> Answer:
    """429 of the type that ends a Codex turn for good; `resets_at` is in Unix seconds."""
    error: dict[str, Any] = {
        "type": "usage_limit_reached",
        "message": "The usage limit has been reached.",
        "plan_type": fields.name("usage_limit_reached", "plan_type", plan_type),
    }
    if resets_at is not None:
        error["resets_at"] = fields.count("usage_limit_reached", "resets_at", resets_at)
    return status(429, body={"error": error})


def context_length_exceeded() -> Failed:
    """`response.failed`: the input does not fit into the model's context window."""
    return failed("context_length_exceeded", "The input is longer than the context window.")


def insufficient_quota() -> Failed:
    """`response.failed`: the account has nothing left to spend."""
    return failed("insufficient_quota", "The quota is used up.")


@builder
def rate_limit_failed(retry_in: float) -> Failed:
    """`response.failed` that says when to try again, in seconds, where the Codex CLI reads it."""
    seconds = _seconds("rate_limit_failed", "retry_in", retry_in)
    return failed(
        "rate_limit_exceeded", f"The rate limit is reached. Please try again in {seconds}s."
    )


def _check_status(code: object) -> None:
    if not 200 <= fields.count("status", "code", code) <= 599:
        raise fields.wrong(ValueError, "status", "code", code, "an HTTP status from 200 to 599")


def _or(value: str | None, default: str | None, field: str) -> str | None:
    return default if value is None else fields.text("status", field, value)


def _retry_after(value: float | str | None) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, str):
        return {"retry-after": _line("retry_after", fields.name("status", "retry_after", value))}
    return {"retry-after": _seconds("status", "retry_after", value)}


def _seconds(builder: str, field: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
        raise fields.wrong(ValueError, builder, field, value, "seconds, a number of 0 or more")
    return str(int(value) if value == int(value) else value)


def _line(field: str, value: object) -> str:
    text = fields.text("status", field, value)
    if "\r" in text or "\n" in text or "\0" in text:
        raise fields.wrong(ValueError, "status", field, value, "one line")
    return text


def _headers(own: Mapping[str, str], given: object) -> tuple[tuple[str, str], ...]:
    added = fields.mapping("status", "headers", given)
    lines = [(_line("headers", name), _line(f"headers[{name!r}]", added[name])) for name in added]
    replaced = {name.lower() for name in added}
    kept = [(name, value) for name, value in own.items() if name not in replaced]
    return (*kept, *lines)


def _body(value: object) -> bytes:
    if isinstance(value, str):
        return fields.text("status", "body", value).encode()
    if isinstance(value, Mapping):
        return fields.encoded("status", "body", dict(value))
    if not isinstance(value, bytes):
        raise fields.wrong(TypeError, "status", "body", value, "bytes, a text or a mapping")
    return value
