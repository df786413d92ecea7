"""What is told of a usage limit that was reached: why, and what the user may do. Texts only."""

from collections.abc import Mapping
from datetime import datetime

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


def usage_limit_text(
    error: ErrorBody, limits: RateLimitSnapshot, promo: str | None, *, now: datetime
) -> str:
    """The text for an error object, the limits of the family that refused, and an offer if any.

    `now` is the time where the user is, who reads of the limit's end in that.
    """
    return f"{_reason(error, limits, promo)} {_advised(error.resets_at, now)}"


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


def _advised(resets_at: int | None, now: datetime) -> str:
    try:
        end = None if resets_at is None else datetime.fromtimestamp(resets_at, now.tzinfo)
    except (ValueError, OverflowError, OSError):
        end = None
    return "Try again later." if end is None else f"Try again at {_told(end, now)}."


def _told(end: datetime, now: datetime) -> str:
    """A time of today without its day, as the reference client tells it; month in any locale."""
    time = f"{(end.hour - 1) % 12 + 1}:{end:%M} {'AM' if end.hour < _NOON else 'PM'}"
    if end.date() == now.date():
        return time
    return f"{_MONTHS[end.month - 1]} {_ordinal(end.day)}, {end.year} {time}"


def _ordinal(number: int) -> str:
    teens = number // 10 == 1
    return f"{number}{'th' if teens else _ENDINGS.get(number % 10, 'th')}"


_NOON = 12
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
