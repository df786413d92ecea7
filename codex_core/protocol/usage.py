"""Token usage and rate limits, in the shapes that events carry."""

from typing import Any

import msgspec

__all__ = [
    "CreditsSnapshot",
    "RateLimitSnapshot",
    "RateLimitWindow",
    "TokenUsage",
    "TokenUsageInfo",
]


class TokenUsage(msgspec.Struct, frozen=True, kw_only=True):
    """Token counts of one response, or summed over a thread."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_output_tokens: int = 0
    total_tokens: int = 0

    def plus(self, other: "TokenUsage") -> "TokenUsage":
        """The sum, field by field."""
        return TokenUsage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            reasoning_output_tokens=self.reasoning_output_tokens + other.reasoning_output_tokens,
            total_tokens=self.total_tokens + other.total_tokens,
        )


class TokenUsageInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A thread's usage: the running total, the latest response, the usable window in tokens."""

    total_token_usage: TokenUsage
    last_token_usage: TokenUsage
    model_context_window: int | None


class RateLimitWindow(msgspec.Struct, frozen=True, kw_only=True):
    """One limit window: percent used, its length, the Unix second at which it resets."""

    used_percent: float
    window_minutes: int | None = None
    resets_at: int | None = None


class CreditsSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Credits of the account."""

    has_credits: bool
    unlimited: bool
    balance: str | None = None


class RateLimitSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What one reply or event said of one family of limits.

    `individual_limit` is what one member of a workspace may spend, where that is told.
    """

    limit_id: str = "codex"
    limit_name: str | None = None
    primary: RateLimitWindow | None = None
    secondary: RateLimitWindow | None = None
    credits: CreditsSnapshot | None = None
    individual_limit: dict[str, Any] | None = None
    plan_type: str | None = None
    rate_limit_reached_type: str | None = None
