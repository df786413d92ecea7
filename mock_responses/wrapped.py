"""What an HTTP answer tells with its status and headers, told on a WebSocket: in error frames, and
in events before those of the response.

Values only. Shapes: the Codex CLI reads `status`, `error` and `headers` of an error frame, and
`headers` of `response.metadata`.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from agent_rehearsal.wire import Answer, Send
from mock_responses.limits import RateLimits

_FRAMING = frozenset({"content-type", "content-length", "x-rehearsal"})
"""Headers that are about the body of an answer, which a frame does not have."""
_LEAST = 400


def error_of(answer: Answer) -> Send | None:
    """The frame that stands for an answer; None for one that is no error."""
    if answer.status < _LEAST:
        return None
    headers = {name: value for name, value in answer.headers if name.lower() not in _FRAMING}
    frame = {
        "type": "error",
        "status": answer.status,
        "error": _detail(answer),
        **({"headers": headers} if headers else {}),
    }
    return Send(msgspec.json.encode(frame), "error")


def told(headers: Mapping[str, str], limits: RateLimits | None) -> tuple[Send, ...]:
    """The events that tell what headers tell over HTTP, of which `limits` are some."""
    own = limits.headers if limits else {}
    rest = {name: value for name, value in headers.items() if name not in own}
    found = [("response.metadata", {"headers": rest})] if rest else []
    found += [("codex.rate_limits", limits.payload)] if limits else []
    return tuple(
        Send(msgspec.json.encode({"type": kind, **fields}), kind) for kind, fields in found
    )


def _detail(answer: Answer) -> Any:
    """The error in the body of an answer, else its text as the message of one."""
    try:
        body = msgspec.json.decode(answer.body)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        return body["error"]
    text = answer.body.decode("utf-8", "replace")
    return {"type": "invalid_request_error", "code": None, "message": text, "param": None}
