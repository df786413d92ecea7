"""Rate limits as headers and events tell them. Names follow the reference client's provider.

A family of limits `codex` has headers `x-codex-primary-used-percent` and so on. Ids are written
with underscores, header names with hyphens.
"""

import re
from collections.abc import Mapping

import msgspec

from codex_core.model_client.unreadable import UNREADABLE
from codex_core.protocol.usage import CreditsSnapshot, RateLimitSnapshot, RateLimitWindow

__all__ = [
    "MAIN_LIMIT",
    "REACHED",
    "active_limit",
    "event_snapshot",
    "merged",
    "snapshot",
    "snapshots",
]

Headers = Mapping[str, str]

MAIN_LIMIT = "codex"
REACHED = frozenset(
    {
        "rate_limit_reached",
        "workspace_owner_credits_depleted",
        "workspace_member_credits_depleted",
        "workspace_owner_usage_limit_reached",
        "workspace_member_usage_limit_reached",
    }
)
"""What may have been reached, by `x-codex-rate-limit-reached-type`."""

_FAMILY = re.compile(r"x-(?P<limit>.+)-primary-used-percent")


def snapshots(headers: Headers) -> list[RateLimitSnapshot]:
    """What `headers` (lower-case names) say: the main family always, others with their windows."""
    matches = (_FAMILY.fullmatch(name) for name in headers)
    named = {_id(found["limit"]) for found in matches if found} - {MAIN_LIMIT}
    others = (snapshot(headers, limit) for limit in sorted(named))
    return [snapshot(headers), *(one for one in others if one.primary or one.secondary)]


def snapshot(headers: Headers, limit: str = MAIN_LIMIT) -> RateLimitSnapshot:
    """What `headers` (lower-case names) say of one family; all fields empty when nothing."""
    prefix = f"x-{limit.replace('_', '-')}"
    reached = headers.get("x-codex-rate-limit-reached-type")
    return RateLimitSnapshot(
        limit_id=_id(limit),
        limit_name=_text(headers.get(f"{prefix}-limit-name")),
        primary=_window(headers, f"{prefix}-primary"),
        secondary=_window(headers, f"{prefix}-secondary"),
        credits=_credits(headers),
        rate_limit_reached_type=reached if reached in REACHED else None,
    )


def active_limit(headers: Headers) -> str:
    """The family that refused the request."""
    return _text(headers.get("x-codex-active-limit")) or MAIN_LIMIT


def merged(new: RateLimitSnapshot, old: RateLimitSnapshot | None) -> RateLimitSnapshot:
    """The new snapshot, completed from the old one where it says nothing of the account."""
    if old is None:
        return new
    return msgspec.structs.replace(
        new,
        credits=new.credits or old.credits,
        individual_limit=new.individual_limit or old.individual_limit,
        plan_type=new.plan_type or old.plan_type,
    )


class _EventWindow(msgspec.Struct):
    used_percent: float
    window_minutes: int | None = None
    reset_at: int | None = None


class _EventWindows(msgspec.Struct):
    primary: _EventWindow | None = None
    secondary: _EventWindow | None = None


class _Event(msgspec.Struct):
    plan_type: str | None = None
    rate_limits: _EventWindows | None = None
    credits: CreditsSnapshot | None = None
    metered_limit_name: str | None = None
    limit_name: str | None = None


_EVENT = msgspec.json.Decoder(_Event)


def event_snapshot(data: bytes) -> RateLimitSnapshot | None:
    """What a `codex.rate_limits` event says; None if it cannot be read."""
    try:
        event = _EVENT.decode(data)
    except UNREADABLE:
        return None
    windows = event.rate_limits or _EventWindows()
    return RateLimitSnapshot(
        limit_id=_id(event.metered_limit_name or event.limit_name or MAIN_LIMIT),
        primary=_plain(windows.primary),
        secondary=_plain(windows.secondary),
        credits=event.credits,
        plan_type=event.plan_type,
    )


def _plain(window: _EventWindow | None) -> RateLimitWindow | None:
    if window is None:
        return None
    return RateLimitWindow(
        used_percent=window.used_percent,
        window_minutes=window.window_minutes,
        resets_at=window.reset_at,
    )


def _id(limit: str) -> str:
    return limit.strip().lower().replace("-", "_")


def _window(headers: Headers, prefix: str) -> RateLimitWindow | None:
    used = _number(headers.get(f"{prefix}-used-percent"))
    minutes = _number(headers.get(f"{prefix}-window-minutes"))
    resets = _number(headers.get(f"{prefix}-reset-at"))
    if used is None or (used == 0 and not minutes and resets is None):
        return None
    return RateLimitWindow(
        used_percent=used,
        window_minutes=None if minutes is None else int(minutes),
        resets_at=None if resets is None else int(resets),
    )


def _credits(headers: Headers) -> CreditsSnapshot | None:
    has = _truth(headers.get("x-codex-credits-has-credits"))
    unlimited = _truth(headers.get("x-codex-credits-unlimited"))
    if has is None or unlimited is None:
        return None
    balance = _text(headers.get("x-codex-credits-balance"))
    return CreditsSnapshot(has_credits=has, unlimited=unlimited, balance=balance)


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < float("inf") else None


def _truth(text: str | None) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip().lower())
