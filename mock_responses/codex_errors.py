"""Errors that the Codex backend and the WebSocket endpoint give, in the shapes on which the Codex
CLI and the SDKs decide what to do next.

Whole HTTP answers, `response.failed` events, and error frames. The public API's own are in
`errors`.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from agent_rehearsal.wire.script import Answer
from mock_responses import fields
from mock_responses.errors import status
from mock_responses.events import event, failed, raw_event
from mock_responses.fields import builder
from mock_responses.structs import Custom, Failed, RawEvent

_INVALID = "invalid_request_error"


@builder
def usage_not_included(*, message: str = "Usage is not included in the plan.") -> Answer:
    """429 of the type that says that the plan has no access at all; not to be retried."""
    text = fields.text("usage_not_included", "message", message)
    return status(429, body={"error": {"type": "usage_not_included", "message": text}})


@builder
def cyber_policy(*, message: str = "The request was refused for safety.") -> Answer:
    """400 `cyber_policy`; not to be retried."""
    return status(400, code_name="cyber_policy", message=message)


@builder
def invalid_image() -> Answer:
    """400 for an image that cannot be read; the Codex CLI leaves the image out and asks again."""
    return status(400, message="The image data you provided does not represent a valid image.")


@builder
def slow_down(*, retry_after: float | str | None = None) -> Answer:
    """503 `slow_down`, on which the Codex CLI gives up as it does when the server is overloaded."""
    return status(503, code_name="slow_down", retry_after=retry_after)


def usage_not_included_failed() -> Failed:
    """`response.failed`: the plan has no access at all."""
    return failed("usage_not_included", "Usage is not included in the plan.")


@builder
def cyber_policy_failed(message: str = "") -> Failed:
    """`response.failed` for safety; without a message the Codex CLI shows one of its own."""
    return failed("cyber_policy", message)


@builder
def invalid_prompt_failed(message: str = "The prompt is not valid.") -> Failed:
    """`response.failed`: the prompt was refused; not to be retried."""
    return failed("invalid_prompt", message)


def overloaded_failed() -> Failed:
    """`response.failed`: the server is overloaded; the Codex CLI gives up."""
    return failed("server_is_overloaded", "The server is overloaded.")


@builder
def nested_error(
    message: str, *, type: str = "server_error", code: str | None = None, param: str | None = None
) -> Custom:
    """`error` with the error inside, the form on which SDKs raise in the middle of a stream."""
    error = {
        "type": fields.name("nested_error", "type", type),
        "code": fields.maybe(fields.name)("nested_error", "code", code),
        "message": fields.text("nested_error", "message", message),
        "param": fields.maybe(fields.text)("nested_error", "param", param),
    }
    return event("error", error=error)


@builder
def error_frame(
    code: int,
    *,
    message: str = "The request was refused.",
    type: str = _INVALID,
    code_name: str | None = None,
    headers: Mapping[str, Any] | None = None,
) -> RawEvent:
    """An error that takes the place of an HTTP status on a WebSocket: a frame with `status`.

    `code` is that status; the Codex CLI takes a frame without one for an unknown event. `headers`
    stand for those of the answer: rate limits, say.
    """
    detail = {
        "type": fields.name("error_frame", "type", type),
        "code": fields.maybe(fields.name)("error_frame", "code_name", code_name),
        "message": fields.text("error_frame", "message", message),
    }
    frame = {
        "type": "error",
        "status": fields.count("error_frame", "code", code),
        "error": detail,
        **({} if headers is None else {"headers": _checked(headers)}),
    }
    return raw_event(msgspec.json.encode(frame), type="error")


def _checked(headers: object) -> dict[str, Any]:
    return fields.mapping("error_frame", "headers", headers)


def connection_limit_reached() -> RawEvent:
    """The frame with which the API ends a WebSocket that has been open for an hour.

    Clients connect again; it ends one response, so a `close()` usually follows.
    """
    return error_frame(
        400,
        code_name="websocket_connection_limit_reached",
        message="The WebSocket has been open for 60 minutes. Open another one to go on.",
    )
