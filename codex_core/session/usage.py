"""The thread's account: tokens used, what fills the context, and the newest rate limits."""

from codex_core.model_client.rate_limits import merged
from codex_core.protocol.events import TokenCount
from codex_core.protocol.usage import RateLimitSnapshot, TokenUsage, TokenUsageInfo

__all__ = ["UsageAccount"]


class UsageAccount:
    """Sums up usage; `window` is the usable context window in tokens, if known.

    `prefill` is what the context began with since the last compaction: the input of the first
    response, or an estimate until there is one. `reasoning_included` says whether the server counts
    the reasoning of earlier turns itself; it has to say so in each turn.
    """

    def __init__(self, window: int | None) -> None:
        self.window = window
        self.prefill = 0
        self.reasoning_included = False
        self._prefill_known = False
        self._info: TokenUsageInfo | None = None
        self._limits: RateLimitSnapshot | None = None

    @property
    def last_total(self) -> int:
        """Tokens of the context when it was counted last."""
        return self._info.last_token_usage.total_tokens if self._info else 0

    def begin_turn(self) -> None:
        """The server has to say again what it counts."""
        self.reasoning_included = False

    def begin_window(self, tokens: int) -> None:
        """The history was replaced by one that is estimated at so many tokens."""
        self._set(total=self._total(), last=TokenUsage(total_tokens=tokens))
        self.prefill = tokens
        self._prefill_known = False

    def add(self, usage: TokenUsage) -> None:
        """Counts one completed response."""
        self._set(total=self._total().plus(usage), last=usage)
        if not self._prefill_known:
            self.prefill = usage.input_tokens
            self._prefill_known = True

    def add_aside(self, usage: TokenUsage) -> None:
        """Counts a response that is not part of the conversation: the context is as it was."""
        last = self._info.last_token_usage if self._info else TokenUsage()
        self._set(total=self._total().plus(usage), last=last)

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

    def _total(self) -> TokenUsage:
        return self._info.total_token_usage if self._info else TokenUsage()

    def _set(self, *, total: TokenUsage, last: TokenUsage) -> None:
        self._info = TokenUsageInfo(
            total_token_usage=total, last_token_usage=last, model_context_window=self.window
        )
