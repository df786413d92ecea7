"""Rate limits as the API tells them: in headers of an HTTP answer, and in an event on a WebSocket.

One value for both. `window` and `credits` are the Codex backend's, `quota` is the public API's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_responses import fields
from mock_responses.events import event
from mock_responses.fields import builder
from mock_responses.structs import Custom

Pairs = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How much of one window of time is used up."""

    used_percent: float
    window_minutes: int | None
    reset_at: int | None
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """What the account has beyond its windows."""

    has_credits: bool
    unlimited: bool
    balance: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What is left of one number of requests or tokens."""

    limit: int
    remaining: int
    reset: str
    """A duration as the API writes it: `1s`, `6m0s`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """Everything that one answer tells about rate limits."""

    primary: Window | None
    secondary: Window | None
    credits: Credits | None
    requests: Quota | None
    tokens: Quota | None
    limit_id: str
    limit_name: str | None
    plan_type: str | None

    @property
    def headers(self) -> dict[str, str]:
        """`x-codex-primary-used-percent` and the like, `x-ratelimit-limit-requests` and the like.

        Another `limit_id` gives another family of the first kind.
        """
        return dict([*self._family(), *self._credits(), *self._quotas()])

    @property
    def payload(self) -> dict[str, Any]:
        """The fields of the `codex.rate_limits` event."""
        windows = {"primary": self.primary, "secondary": self.secondary}
        return {
            "plan_type": self.plan_type,
            "rate_limits": {name: _shown(window) for name, window in windows.items()},
            "credits": _shown(self.credits),
            "metered_limit_name": self.limit_id,
        }

    def _family(self) -> Pairs:
        prefix = f"x-{self.limit_id.replace('_', '-')}"
        for name, window in (("primary", self.primary), ("secondary", self.secondary)):
            for field, value in _present(window):
                yield f"{prefix}-{name}-{field.replace('_', '-')}", value
        if self.limit_name is not None:
            yield f"{prefix}-limit-name", self.limit_name

    def _credits(self) -> Pairs:
        for field, value in _present(self.credits):
            yield f"x-codex-credits-{field.replace('_', '-')}", value

    def _quotas(self) -> Pairs:
        for name, quota in (("requests", self.requests), ("tokens", self.tokens)):
            for field, value in _present(quota):
                yield f"x-ratelimit-{field}-{name}", value


@builder
def window(
    used_percent: float, *, window_minutes: int | None = None, reset_at: int | None = None
) -> Window:
    """A window of time of which `used_percent` is used up; `reset_at` is in Unix seconds."""
    if isinstance(used_percent, bool) or not isinstance(used_percent, int | float):
        raise fields.wrong(TypeError, "window", "used_percent", used_percent, "a number")
    return Window(
        used_percent=used_percent,
        window_minutes=fields.maybe(fields.count)("window", "window_minutes", window_minutes),
        reset_at=fields.maybe(fields.count)("window", "reset_at", reset_at),
    )


@builder
def credits(
    *, has_credits: bool = True, unlimited: bool = False, balance: str | None = None
) -> Credits:
    """What the account has beyond its windows; `balance` is a text."""
    text = fields.maybe(fields.text)("credits", "balance", balance)
    return Credits(has_credits=has_credits, unlimited=unlimited, balance=text)


@builder
def quota(limit: int, remaining: int, *, reset: str = "1s") -> Quota:
    """`remaining` of `limit` requests or tokens, until `reset`, a duration such as `6m0s`."""
    return Quota(
        limit=fields.count("quota", "limit", limit),
        remaining=fields.count("quota", "remaining", remaining),
        reset=fields.name("quota", "reset", reset),
    )


@builder
def rate_limits(
    *,
    primary: Window | None = None,
    secondary: Window | None = None,
    credits: Credits | None = None,
    requests: Quota | None = None,
    tokens: Quota | None = None,
    limit_id: str = "codex",
    limit_name: str | None = None,
    plan_type: str | None = None,
) -> RateLimits:
    """Rate limits for `reply(..., rate_limits=...)` and `codex_rate_limits(...)`."""
    for field, value, kind in (
        ("primary", primary, Window),
        ("secondary", secondary, Window),
        ("credits", credits, Credits),
        ("requests", requests, Quota),
        ("tokens", tokens, Quota),
    ):
        if value is not None and not isinstance(value, kind):
            expected = f"{kind.__name__.lower()}(...)"
            raise fields.wrong(TypeError, "rate_limits", field, value, expected)
    return RateLimits(
        primary=primary,
        secondary=secondary,
        credits=credits,
        requests=requests,
        tokens=tokens,
        limit_id=fields.name("rate_limits", "limit_id", limit_id),
        limit_name=fields.maybe(fields.name)("rate_limits", "limit_name", limit_name),
        plan_type=fields.maybe(fields.name)("rate_limits", "plan_type", plan_type),
    )


@builder
def codex_rate_limits(limits: RateLimits) -> Custom:
    """`codex.rate_limits`, with which a WebSocket tells what headers tell over HTTP."""
    if not isinstance(limits, RateLimits):
        raise fields.wrong(TypeError, "codex_rate_limits", "limits", limits, "rate_limits(...)")
    return event("codex.rate_limits", **limits.payload)


@builder
def response_metadata(
    *,
    headers: Mapping[str, str | list[str]] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Custom:
    """`response.metadata`, with which a WebSocket hands on what are headers over HTTP.

    The Codex CLI reads `x-codex-turn-state` and `openai-model` from `headers`.
    """
    given = {"headers": headers, "metadata": metadata}
    own = {
        field: fields.mapping("response_metadata", field, value)
        for field, value in given.items()
        if value is not None
    }
    return event("response.metadata", **own)


def _items(value: Window | Credits | Quota | None) -> Iterator[tuple[str, Any]]:
    for field in type(value).__slots__ if value is not None else ():
        yield field, getattr(value, field)


def _present(value: Window | Credits | Quota | None) -> Pairs:
    for field, found in _items(value):
        if found is not None:
            yield field, str(found).lower() if isinstance(found, bool) else str(found)


def _shown(value: Window | Credits | None) -> dict[str, Any] | None:
    return None if value is None else dict(_items(value))
