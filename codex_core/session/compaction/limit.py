"""When a context is too full: the arithmetic of the limit. Token counts in, a verdict out."""

import msgspec

from codex_core.config.config import Config

__all__ = ["Limit"]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """The limit of a model under the settings; sizes are tokens, None is unknown.

    `usable_window` is what a thread may fill at most. In the scope `total` all of the context
    counts, in `body_after_prefix` what came after its beginning.
    """

    tokens: int | None
    usable_window: int | None
    scope: str = "total"

    @classmethod
    def of(cls, config: Config) -> "Limit":
        """The limit of the settings' model."""
        info = config.model_info
        return cls(
            tokens=info.auto_compact_limit,
            usable_window=info.usable_window,
            scope=config.model_auto_compact_token_limit_scope,
        )

    def reached(self, active: int, *, prefill: int) -> bool:
        """Is a context of `active` tokens, of which `prefill` were its beginning, too full?"""
        if self.scope == "total":
            return self._fills(active)
        full = self.usable_window is not None and active >= self.usable_window
        return full or self._fills(max(active - prefill, 0))

    def _fills(self, counted: int) -> bool:
        return self.tokens is not None and counted >= self.tokens
