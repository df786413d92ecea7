"""The history as a provider is asked to compact it: short enough for the model's window."""

from codex_core.session.compaction.job import Job
from codex_core.session.compaction.trimming import without_trailing_outputs
from codex_core.session.estimate import items_tokens, text_tokens
from codex_core.session.history import History

__all__ = ["shortened"]


def shortened(job: Job) -> History:
    """The thread's history; a copy of it with its last outputs emptied if it is too long."""
    history = job.state.history
    window = job.config.model_info.usable_window
    if window is None:
        return history
    items = history.items
    excess = text_tokens(job.state.instructions) + items_tokens(items) - window
    shorter = without_trailing_outputs(items, excess=excess)
    return history if shorter == items else history.with_items(shorter)
