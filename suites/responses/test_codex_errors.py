"""Errors of the Codex backend: each has the status, type and code on which clients decide."""

import inspect
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

import mock_responses
from agent_rehearsal.wire.script import Answer
from mock_responses import (
    codex_errors,
    connection_limit_reached,
    created,
    cyber_policy,
    cyber_policy_failed,
    error_frame,
    invalid_image,
    invalid_prompt_failed,
    nested_error,
    overloaded_failed,
    slow_down,
    stream,
    usage_not_included,
    usage_not_included_failed,
)
from suites.responses.composing import events, sends
from suites.responses.official import objections
from suites.responses.test_builders import public

ANSWERS: dict[str, tuple[Answer, int, str | None, str | None]] = {
    "usage_not_included": (usage_not_included(), 429, "usage_not_included", None),
    "cyber_policy": (cyber_policy(), 400, "invalid_request_error", "cyber_policy"),
    "invalid_image": (invalid_image(), 400, "invalid_request_error", None),
    "slow_down": (slow_down(retry_after=1), 503, "service_unavailable_error", "slow_down"),
}
FAILURES: dict[str, tuple[Any, str]] = {
    "usage_not_included_failed": (usage_not_included_failed(), "usage_not_included"),
    "cyber_policy_failed": (cyber_policy_failed(), "cyber_policy"),
    "invalid_prompt_failed": (invalid_prompt_failed("no"), "invalid_prompt"),
    "overloaded_failed": (overloaded_failed(), "server_is_overloaded"),
}
FRAMES: dict[str, dict[str, Any]] = {
    "error_frame": {
        "type": "error",
        "status": 429,
        "error": {"type": "usage_limit_reached", "code": None, "message": "no"},
        "headers": {"x-codex-primary-used-percent": "100"},
    },
    "connection_limit_reached": {
        "type": "error",
        "status": 400,
        "error": {
            "type": "invalid_request_error",
            "code": "websocket_connection_limit_reached",
            "message": "The WebSocket has been open for 60 minutes. Open another one to go on.",
        },
    },
    "nested_error": {
        "type": "error",
        "sequence_number": 1,
        "error": {"type": "server_error", "code": None, "message": "no", "param": None},
    },
}


def test_every_builder_has_a_case() -> None:
    """A builder without a case is not tested, so it may not be."""
    assert public(codex_errors) == {*ANSWERS, *FAILURES, *FRAMES}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_has_its_status_type_and_code(name: str) -> None:
    """These are what the Codex CLI and the SDKs tell apart."""
    answer, status, type, code = ANSWERS[name]
    error = msgspec.json.decode(answer.body)["error"]
    assert (answer.status, error["type"], error.get("code")) == (status, type, code)
    assert error["message"]


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_has_its_code(name: str) -> None:
    """The event differs from the official type in nothing but a code that it does not list."""
    failure, code = FAILURES[name]
    send = sends(failure)[-1]
    assert msgspec.json.decode(send.payload)["response"]["error"]["code"] == code
    try:
        found = objections(send.payload, send.type)
    except ValidationError as error:
        found = [".".join(map(str, detail["loc"])) for detail in error.errors()]
    assert found in ([], ["response.error.code"])


def test_error_frames_and_nested_errors_are_as_written() -> None:
    """A frame stands for an HTTP status on a WebSocket; a nested error is an event."""
    headers = {"x-codex-primary-used-percent": "100"}
    frame = error_frame(429, type="usage_limit_reached", message="no", headers=headers)
    made = events(stream(created(), nested_error("no"), frame, connection_limit_reached()))
    assert made[1:] == [FRAMES[n] for n in ("nested_error", *list(FRAMES)[:2])]


untyped: Any = mock_responses
"""The builders as a test without types calls them."""


@pytest.mark.parametrize(
    ("build", "kind", "words"),
    [
        (lambda: untyped.error_frame("x"), TypeError, ["error_frame()", "code", "whole number"]),
        (lambda: untyped.error_frame(400, headers=3), TypeError, ["headers", "a mapping"]),
        (lambda: untyped.error_frame(400, type=""), ValueError, ["type", "not empty"]),
        (lambda: untyped.nested_error(3), TypeError, ["nested_error()", "message"]),
        (lambda: untyped.nested_error("x", cod="y"), TypeError, ["mean 'code'"]),
        (lambda: untyped.model_not_found(""), ValueError, ["model_not_found()", "model"]),
        (lambda: untyped.cyber_policy(mesage="x"), TypeError, ["mean 'message'"]),
        (lambda: untyped.usage_not_included(message=3), TypeError, ["message", "a text"]),
    ],
)
def test_a_wrong_field_is_refused_where_it_is_written(
    build: Callable[[], object], kind: type[Exception], words: list[str]
) -> None:
    """The error names the builder, the field, what was given and what is expected."""
    with pytest.raises(kind) as caught:
        build()
    assert [word for word in words if word not in str(caught.value)] == []


def test_the_package_offers_every_builder() -> None:
    """What a test imports comes from `mock_responses` itself."""
    modules = ("annotations", "codex_errors", "errors", "events", "items", "limits", "parts")
    found = [
        name
        for module in (*modules, "tool_events", "tool_items")
        for name, function in inspect.getmembers(getattr(mock_responses, module))
        if inspect.isfunction(function)
        and function.__module__ == f"mock_responses.{module}"
        and not name.startswith("_")
    ]
    assert sorted(set(found) - set(mock_responses.__all__)) == ["script"]
