"""HTTP errors in the API's shape, and failures that come as events."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import mock_responses
from agent_rehearsal.wire.script import Answer
from mock_responses.errors import (
    context_length_exceeded,
    insufficient_quota,
    overloaded,
    rate_limit_failed,
    rate_limited,
    status,
    usage_limit_reached,
)
from mock_responses.structs import Failed

JSON = ("content-type", "application/json")


def error(answer: Answer) -> dict[str, Any]:
    """The error object of an answer."""
    (name, found), *rest = msgspec.json.decode(answer.body).items()
    assert (name, rest) == ("error", [])
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("code", "type", "name"),
    [
        (400, "invalid_request_error", None),
        (401, "invalid_request_error", "invalid_api_key"),
        (404, "invalid_request_error", None),
        (418, "invalid_request_error", None),
        (429, "requests", "rate_limit_exceeded"),
        (500, "server_error", "server_error"),
        (502, "server_error", None),
        (503, "service_unavailable_error", "server_is_overloaded"),
    ],
)
def test_a_status_has_the_error_body_of_the_api(code: int, type: str, name: str | None) -> None:
    """The body has message, type, param and code, which follow from the status unless given."""
    answer = status(code)
    found = error(answer)
    assert list(found) == ["message", "type", "param", "code"]
    assert (found["type"], found["code"], found["param"]) == (type, name, None)
    assert found["message"]
    assert (answer.status, answer.headers) == (code, (JSON,))


def test_every_field_of_the_body_can_be_replaced() -> None:
    """What the test gives takes the place of the default, field by field."""
    found = error(status(400, message="m", type="t", code_name="c", param="p"))
    assert found == {"message": "m", "type": "t", "param": "p", "code": "c"}


@pytest.mark.parametrize(
    ("body", "sent"),
    [({"a": 1}, b'{"a":1}'), ("<html>é", "<html>é".encode()), (b"\xff", b"\xff"), (b"", b"")],
)
def test_the_body_can_be_replaced(body: Any, sent: bytes) -> None:
    """A mapping goes out as JSON, a text as UTF-8, bytes as they are."""
    assert status(502, body=body).body == sent


def test_headers_are_added_or_replaced_by_name() -> None:
    """A header of the test's takes the place of ours, whatever the case of its name."""
    answer = status(429, headers={"Content-Type": "text/html", "x-request-id": "1"}, retry_after=2)
    assert answer.headers == (
        ("retry-after", "2"),
        ("Content-Type", "text/html"),
        ("x-request-id", "1"),
    )


@pytest.mark.parametrize(
    ("given", "sent"),
    [(2, "2"), (0, "0"), (0.5, "0.5"), (86400 * 365, "31536000"), ("Wed, 21 Oct", "Wed, 21 Oct")],
)
def test_retry_after_is_seconds_or_a_date(given: Any, sent: str) -> None:
    """Numbers are written out in seconds, a text is sent as it is."""
    assert ("retry-after", sent) in rate_limited(given).headers


def test_the_named_errors_are_what_clients_tell_apart() -> None:
    """Status, type and code are those on which SDKs and the Codex CLI decide what to do next."""
    assert (rate_limited().status, error(rate_limited())["code"]) == (429, "rate_limit_exceeded")
    assert (overloaded().status, error(overloaded())["code"]) == (503, "server_is_overloaded")
    reached = usage_limit_reached(plan_type="pro", resets_at=1_750_000_000)
    assert reached.status == 429
    assert {**error(reached), "message": ""} == {
        "type": "usage_limit_reached",
        "message": "",
        "plan_type": "pro",
        "resets_at": 1_750_000_000,
    }
    assert "resets_at" not in error(usage_limit_reached())


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        (context_length_exceeded(), "context_length_exceeded", "context window"),
        (insufficient_quota(), "insufficient_quota", "quota"),
        (rate_limit_failed(1.5), "rate_limit_exceeded", "try again in 1.5s."),
        (rate_limit_failed(120_000_000), "rate_limit_exceeded", "try again in 120000000s."),
    ],
)
def test_failures_are_events(failure: Failed, code: str, words: str) -> None:
    """They end a stream that had begun, with the code on which the Codex CLI decides."""
    found = failure.response["error"]
    assert found["code"] == code
    assert words in found["message"]


untyped: Any = mock_responses
"""The builders as a test without types calls them."""


@pytest.mark.parametrize(
    ("build", "kind", "words"),
    [
        (lambda: untyped.status("x"), TypeError, ["status()", "code", "'x' (str)"]),
        (lambda: untyped.status(700), ValueError, ["status()", "code", "200 to 599"]),
        (lambda: untyped.status(100), ValueError, ["status()", "code", "200 to 599"]),
        (lambda: untyped.status(400, mesage="x"), TypeError, ["status()", "mean 'message'"]),
        (lambda: untyped.status(400, message=1), TypeError, ["status()", "message", "a text"]),
        (lambda: untyped.status(429, retry_after=-1), ValueError, ["retry_after", "0 or more"]),
        (lambda: untyped.status(429, retry_after=True), ValueError, ["retry_after", "seconds"]),
        (lambda: untyped.status(429, retry_after=""), ValueError, ["retry_after", "not empty"]),
        (lambda: untyped.status(429, retry_after=float("nan")), ValueError, ["retry_after"]),
        (lambda: untyped.status(400, headers=[1]), TypeError, ["headers", "a mapping"]),
        (lambda: untyped.status(400, headers={"a": 1}), TypeError, ["headers['a']", "a text"]),
        (lambda: untyped.status(400, headers={"a": "b\r\nc"}), ValueError, ["headers['a']"]),
        (lambda: untyped.status(400, body=3), TypeError, ["body", "bytes, a text or a mapping"]),
        (lambda: untyped.rate_limited(retry=1), TypeError, ["rate_limited()", "'retry'"]),
        (lambda: untyped.usage_limit_reached(resets_at="x"), TypeError, ["resets_at"]),
        (lambda: untyped.rate_limit_failed("x"), ValueError, ["rate_limit_failed()", "seconds"]),
    ],
)
def test_a_wrong_field_is_refused_where_it_is_written(
    build: Callable[[], object], kind: type[Exception], words: list[str]
) -> None:
    """The error names the builder, the field, what was given and what is expected."""
    with pytest.raises(kind) as caught:
        build()
    assert [word for word in words if word not in str(caught.value)] == []
