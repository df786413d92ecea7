"""Which reply is which error: tables from codes and statuses to error classes, with their texts."""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec

from codex_core.model_client import errors
from codex_core.model_client.errors import Kind, ModelError, stream_error
from codex_core.model_client.events import ErrorBody
from codex_core.model_client.local_time import NO_TIME
from codex_core.model_client.rate_limits import active_limit, snapshot
from codex_core.model_client.retry import parse_retry_after
from codex_core.model_client.unreadable import UNREADABLE
from codex_core.model_client.usage_limit import usage_limit_text

__all__ = ["failed_error", "status_error", "wrapped_error"]

_SHOWN_BODY = 1_000
_STATUSES = range(100, 1_000)
_SUCCESS = 2
_OVERLOAD_CODES = frozenset({"server_is_overloaded", "slow_down"})
_OVERLOADED_TEXT = "The model is at capacity. Try again later, or use another model."
_IMAGE_REFUSED = "The image data you provided does not represent a valid image"
_IMAGE_TEXT = "The provider cannot read an image of the conversation. Leave it out and try again."
_BLOCKED = (
    "Cloudflare blocked the request. Networks of some countries and companies are kept out; try "
    "another one"
)
_CYBER_TEXT = "The request was refused by the provider's policy on security work."

_FAILED: Mapping[str, tuple[Kind, str | None]] = {
    "context_length_exceeded": (
        errors.CONTEXT_WINDOW,
        "The conversation ran out of room in the model's context window. "
        "Start a new thread, or send less.",
    ),
    "insufficient_quota": (
        errors.QUOTA,
        "Quota exceeded. Check your plan and billing details.",
    ),
    "usage_not_included": (
        errors.USAGE_NOT_INCLUDED,
        "This account's plan does not include such requests. Use another plan or key.",
    ),
    "server_is_overloaded": (errors.OVERLOADED, _OVERLOADED_TEXT),
    "slow_down": (errors.OVERLOADED, _OVERLOADED_TEXT),
    "cyber_policy": (errors.CYBER_POLICY, None),
    "invalid_prompt": (errors.INVALID_REQUEST, None),
}
"""Code of a failed response to error class and text; without a text the server's own is told."""

_DEFAULT_TEXT = {"cyber_policy": _CYBER_TEXT, "invalid_prompt": "Invalid request."}

_TRY_AGAIN = re.compile(r"try again in\s*(\d+(?:\.\d+)?)\s*(ms|seconds?|s)\b", re.IGNORECASE)


def failed_error(error: ErrorBody | None) -> ModelError:
    """The error of a `response.failed` event."""
    if error is None:
        return stream_error("response.failed event received")
    kind, text = _FAILED.get(error.code or "", (errors.STREAM, None))
    if kind is errors.STREAM:
        return stream_error(error.message or "response.failed", delay=_asked_delay(error))
    given = (error.message or "").strip()
    return ModelError(kind, text or given or _DEFAULT_TEXT[error.code or ""])


def _asked_delay(error: ErrorBody) -> float | None:
    """Seconds that the message of a rate limit asks to wait."""
    found = _TRY_AGAIN.search(error.message or "")
    if error.code != "rate_limit_exceeded" or not found:
        return None
    amount = float(found[1])
    return amount / 1000 if found[2].lower() == "ms" else amount


def status_error(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    url: str,
    retry_after: float | None = None,
    now: datetime = NO_TIME,
) -> ModelError:
    """The error of a reply that is not 2xx; `headers` have lower-case names.

    `retry_after` is the pause in seconds that the reply asks for, if that is to be obeyed; `now` is
    the time where the user is.
    """
    error = _error_body(body)
    text = body.decode(errors="replace")
    match status, error.code, error.type:
        case 503, code, _ if code in _OVERLOAD_CODES:
            return ModelError(errors.OVERLOADED, _OVERLOADED_TEXT, status=status)
        case 400, "cyber_policy", _:
            told = (error.message or "").strip() or _CYBER_TEXT
            return ModelError(errors.CYBER_POLICY, told, status=status)
        case 400, _, _ if _IMAGE_REFUSED in text:
            return ModelError(errors.INVALID_IMAGE, _IMAGE_TEXT, status=status)
        case 400, _, _:
            return ModelError(errors.INVALID_REQUEST, text, status=status)
        case 500, _, _:
            return ModelError(errors.INTERNAL_SERVER, _BROKEN, status=status, delay=retry_after)
        case 429, _, _:
            return _too_many(error, headers, retry_after, now)
        case _:
            message = _unexpected(status, error.message or text, headers, url)
            return ModelError(errors.UNEXPECTED_STATUS, message, status=status, delay=retry_after)


_BROKEN = "The provider had an internal error (status 500). That often passes; try again later."


class _Wrapped(msgspec.Struct):
    error: ErrorBody | None = None


_BODY = msgspec.json.Decoder(_Wrapped)


def _error_body(body: bytes) -> ErrorBody:
    try:
        return _BODY.decode(body).error or ErrorBody()
    except UNREADABLE:
        return ErrorBody()


def _too_many(
    error: ErrorBody, headers: Mapping[str, str], retry_after: float | None, now: datetime
) -> ModelError:
    status = HTTPStatus.TOO_MANY_REQUESTS
    if error.type == "usage_limit_reached":
        limits = snapshot(headers, active_limit(headers))
        promo = headers.get("x-codex-promo-message")
        text = usage_limit_text(error, limits, promo, now=now)
        return ModelError(errors.USAGE_LIMIT, text, status=status, snapshot=limits)
    if error.type == "usage_not_included":
        kind, known = _FAILED["usage_not_included"]
        return ModelError(kind, known or "", status=status)
    message = f"exceeded retry limit, last status: {_named(status)}"
    request = _request_id(headers) or headers.get("cf-ray")
    if request:
        message += f", request id: {request}"
    return ModelError(errors.RETRY_LIMIT, message, status=status, delay=retry_after)


def _unexpected(status: int, text: str, headers: Mapping[str, str], url: str) -> str:
    blocked = status == HTTPStatus.FORBIDDEN and "Cloudflare" in text and "blocked" in text
    shown = _BLOCKED if blocked else text.encode()[:_SHOWN_BODY].decode(errors="ignore")
    details = {
        "url": url,
        "cf-ray": headers.get("cf-ray"),
        "request id": _request_id(headers),
        "auth error": headers.get("x-openai-authorization-error"),
        "auth error code": _auth_error_code(headers.get("x-error-json")),
    }
    tail = "".join(f", {name}: {value}" for name, value in details.items() if value)
    return f"unexpected status {_named(status)}: {shown}{tail}"


def _auth_error_code(encoded: str | None) -> str | None:
    """The code in a header that holds an error object as JSON in base64."""
    try:
        return _error_body(base64.b64decode(encoded or "")).code
    except (binascii.Error, ValueError):
        return None


def _request_id(headers: Mapping[str, str]) -> str | None:
    return headers.get("x-request-id") or headers.get("x-oai-request-id")


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


class _WrappedFrame(msgspec.Struct):
    type: str
    status: Any = None
    status_code: Any = None
    headers: msgspec.Raw = msgspec.Raw(b"null")


_FRAME = msgspec.json.Decoder(_WrappedFrame)
_FRAME_HEADERS = msgspec.json.Decoder(dict[str, Any])
_CONNECTION_LIMIT = "websocket_connection_limit_reached"


def wrapped_error(
    frame: bytes, *, url: str = "", now: datetime = NO_TIME, obeys: bool = False
) -> ModelError | None:
    """The error of a WebSocket's `error` frame; None for a frame that is no such error.

    `now` is the time where the user is; one that `obeys` heeds a `Retry-After` in the frame's
    headers.
    """
    try:
        wrapped = _FRAME.decode(frame)
    except UNREADABLE:
        return None
    if wrapped.type != "error":
        return None
    error = _error_body(frame)
    if error.code == _CONNECTION_LIMIT:
        return stream_error(error.message or _CONNECTION_LIMIT)
    status = wrapped.status_code if wrapped.status is None else wrapped.status
    if type(status) is not int or status not in _STATUSES or status // 100 == _SUCCESS:
        return None
    headers = _frame_headers(wrapped.headers)
    asked = headers.get("retry-after") if obeys else None
    pause = parse_retry_after(asked, now=now.timestamp())
    return status_error(status, headers, frame, url=url, retry_after=pause, now=now)


def _frame_headers(raw: msgspec.Raw) -> dict[str, str]:
    """Headers by lower-case name; values that no header can have are left out."""
    try:
        given = _FRAME_HEADERS.decode(raw)
    except UNREADABLE:
        return {}
    kept = {name: value for name, value in given.items() if isinstance(value, str | int | float)}
    return {
        name.lower(): value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in kept.items()
    }
