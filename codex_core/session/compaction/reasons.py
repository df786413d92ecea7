"""Why the model of the turn before has to compact for the next one. Settings in, a reason out."""

from codex_core.config.config import Config
from codex_core.session.compaction.kinds import Reason
from codex_core.session.compaction.limit import Limit

__all__ = ["reason_of_change"]


def reason_of_change(before: Config, now: Config, *, active: int) -> Reason | None:
    """None if it has not to.

    It has to if the next model could not read what is compacted later, or has a smaller window
    that the context of `active` tokens would fill.
    """
    old, new = before.model_info, now.model_info
    if old.comp_hash and new.comp_hash and old.comp_hash != new.comp_hash:
        return "comp_hash_changed"
    smaller = before.model != now.model and _below(new.usable_window, old.usable_window)
    if smaller and _overfills(active, Limit.of(now)):
        return "model_downshift"
    return None


def _below(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other


def _overfills(active: int, limit: Limit) -> bool:
    """A limit for what came after the beginning is a matter between the next model and its turn."""
    return limit.scope == "total" and limit.tokens is not None and active > limit.tokens
