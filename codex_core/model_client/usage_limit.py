"""What is told of a usage limit that was reached: why, and what the user may do. Texts only."""

from collections.abc import Mapping
from datetime import UTC, datetime

from codex_core.model_client.events import ErrorBody
from codex_core.model_client.rate_limits import MAIN_LIMIT
from codex_core.protocol.usage import RateLimitSnapshot

__all__ = ["usage_limit_text"]

_WORKSPACE: Mapping[str, str] = {
    "workspace_owner_credits_depleted": "Your workspace is out of credits. Add some to go on.",
    "workspace_member_credits_depleted": (
        "Your workspace is out of credits. Ask its owner to add some."
    ),
    "workspace_owner_usage_limit_reached": (
        "Your workspace has reached its spending cap. Raise the cap to go on."
    ),
    "workspace_member_usage_limit_reached": (
        "You have reached the spending cap that your workspace set for you. Ask its owner to "
        "raise the cap."
    ),
}
"""By what was reached, for members of a workspace."""

_ADVICE: Mapping[str, str] = {
    "free": "A paid plan has more.",
    "go": "A larger plan has more.",
    "plus": "A larger plan has more, and credits can be bought.",
    "pro": "Credits can be bought.",
    "team": "Ask an administrator of your workspace for more.",
    "business": "Ask an administrator of your workspace for more.",
}
"""By plan."""


def usage_limit_text(error: ErrorBody, limits: RateLimitSnapshot, promo: str | None) -> str:
    """The text for an error object, the limits of the family that refused, and an offer if any."""
    return f"{_reason(error, limits, promo)} {_when(error.resets_at)}"


def _reason(error: ErrorBody, limits: RateLimitSnapshot, promo: str | None) -> str:
    """The most particular reason: the model's own limit, the workspace's, an offer, the plan's."""
    name = limits.limit_name
    if name and name.lower() != MAIN_LIMIT:
        return f"You have reached the usage limit for {name}. Other models may still be used."
    if text := _WORKSPACE.get(limits.rate_limit_reached_type or ""):
        return text
    if promo:
        return f"You have reached your usage limit. {promo.rstrip('.')}."
    plan = f" of the {error.plan_type} plan" if error.plan_type else ""
    advice = _ADVICE.get((error.plan_type or "").lower())
    return f"You have reached the usage limit{plan}." + (f" {advice}" if advice else "")


def _when(resets_at: int | None) -> str:
    try:
        when = None if resets_at is None else datetime.fromtimestamp(resets_at, UTC)
    except (ValueError, OverflowError, OSError):
        when = None
    return "Try again later." if when is None else f"Try again at {when:%Y-%m-%d %H:%M} UTC."
