"""The headers with which the API tells a client more than the body says, by plain names.

Values only. The headers go out with the head of an HTTP answer; over a WebSocket the same is told
by events, `response_metadata(...)` and `codex_rate_limits(...)`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from inspect import signature
from typing import Any, TypedDict, Unpack

from agent_rehearsal.wire import Answer
from mock_responses import fields
from mock_responses.limits import RateLimits


class Told(TypedDict, total=False):
    """What a reply may tell in headers."""

    turn_state: str
    """`x-codex-turn-state`: the Codex CLI repeats it for the rest of its turn."""
    openai_model: str
    """`openai-model`: the model that really answered."""
    models_etag: str
    """`x-models-etag`: a value that the client does not know makes it ask for the models."""
    reasoning_included: bool
    """`x-reasoning-included`: there or not."""
    rate_limits: RateLimits
    """All headers of `rate_limits(...)`."""
    request_id: str
    """`x-request-id`, in place of the number of the request's entry in the journal."""


def reply_headers(**told: Unpack[Told]) -> dict[str, str]:
    """The headers for what is told, for `headers=` of any reply.

    Raises TypeError or ValueError that names the field.
    """
    return headers_of(reply_headers, told)


def headers_of(
    builder: Callable[..., Any], told: Mapping[str, Any], *, called: str | None = None
) -> dict[str, str]:
    """As `reply_headers`, for a function that takes the same beside options of its own. `called` is
    what a user calls instead of it.
    """
    name = called or builder.__name__
    found: dict[str, str] = {}
    for field, value in told.items():
        if field not in _HEADERS:
            given = signature(builder).parameters.values()
            own = [each.name for each in given if each.kind is each.KEYWORD_ONLY]
            raise fields.unknown(name, [field], [*own, *_HEADERS])
        found.update(_HEADERS[field](name, field, value))
    return found


def headed(parts: Iterable[Any], headers: Mapping[str, str]) -> tuple[Any, ...]:
    """The parts of a reply, in which whole answers have these headers too; their own go first."""
    return tuple(_headed(part, headers) if isinstance(part, Answer) else part for part in parts)


def _headed(answer: Answer, headers: Mapping[str, str]) -> Answer:
    own = {name.lower() for name, _ in answer.headers}
    added = [(name, value) for name, value in headers.items() if name.lower() not in own]
    return replace(answer, headers=(*answer.headers, *added))


def _named(header: str) -> Callable[[str, str, Any], Mapping[str, str]]:
    return lambda builder, field, value: {header: fields.name(builder, field, value)}


def _present(builder: str, field: str, value: object) -> Mapping[str, str]:
    return {"x-reasoning-included": "true"} if value else {}


def _limits(builder: str, field: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, RateLimits):
        raise fields.wrong(TypeError, builder, field, value, "rate_limits(...)")
    return value.headers


_HEADERS: Mapping[str, Callable[[str, str, Any], Mapping[str, str]]] = {
    "turn_state": _named("x-codex-turn-state"),
    "openai_model": _named("openai-model"),
    "models_etag": _named("x-models-etag"),
    "reasoning_included": _present,
    "rate_limits": _limits,
    "request_id": _named("x-request-id"),
}
