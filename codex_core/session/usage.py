"""The thread's account: tokens used, and the newest rate limits."""

from codex_core.model_client.rate_limits import merged
from codex_core.protocol.events import TokenCount
from codex_core.protocol.usage import RateLimitSnapshot, TokenUsage, TokenUsageInfo

__all__ = ["UsageAccount"]


class UsageAccount:
    """Sums up usage; `window` is the usable context window in tokens, if known."""

    def __init__(self, window: int | None) -> None:
        self.window = window
        self._info: TokenUsageInfo | None = None
        self._limits: RateLimitSnapshot | None = None

    def add(self, usage: TokenUsage) -> None:
        """Counts one completed response."""
        total = self._info.total_token_usage if self._info else TokenUsage()
        self._set(total=total.plus(usage), last=usage)

    def note_limits(self, limits: RateLimitSnapshot) -> None:
        """Takes the rate limits of a reply."""
        self._limits = merged(limits, self._limits)

    def fill_window(self) -> None:
        """The context window turned out to be full."""
        full = TokenUsage(total_tokens=self.window or 0)
        self._set(total=full, last=full)

    def event(self) -> TokenCount:
        """The account as an event."""
        return TokenCount(info=self._info, rate_limits=self._limits)

    def _set(self, *, total: TokenUsage, last: TokenUsage) -> None:
        self._info = TokenUsageInfo(
            total_token_usage=total, last_token_usage=last, model_context_window=self.window
        )
