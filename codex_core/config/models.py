"""What is known of models by the beginning of their names; a setting wins over this table."""

from dataclasses import dataclass

__all__ = ["ModelInfo", "model_info"]

EFFECTIVE_WINDOW_PERCENT = 95


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelInfo:
    """Abilities and limits of a model; windows and limits are in tokens."""

    context_window: int | None = None
    reasoning_effort: str | None = None
    reasoning_summary: str | None = None
    verbosity: str | None = None
    parallel_tool_calls: bool = False
    tool_output_tokens: int = 2_500

    @property
    def usable_window(self) -> int | None:
        """The part of the window that a thread may fill."""
        if self.context_window is None:
            return None
        return self.context_window * EFFECTIVE_WINDOW_PERCENT // 100


_BY_PREFIX = {
    "gpt-5": ModelInfo(
        context_window=272_000,
        reasoning_effort="medium",
        reasoning_summary="auto",
        verbosity="low",
        parallel_tool_calls=True,
        tool_output_tokens=10_000,
    ),
}
_UNKNOWN = ModelInfo()


def model_info(model: str) -> ModelInfo:
    """What is known of `model`; for an unknown one the most careful assumptions."""
    for prefix, info in _BY_PREFIX.items():
        if model.startswith(prefix):
            return info
    return _UNKNOWN
