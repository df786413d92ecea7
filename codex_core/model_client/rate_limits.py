"""Rate limits as reply headers tell them. Header names follow the reference client's provider.

A family of limits `codex` has headers `x-codex-primary-used-percent` and so on.
"""

from collections.abc import Mapping

from codex_core.protocol.usage import CreditsSnapshot, RateLimitSnapshot, RateLimitWindow

__all__ = ["active_limit", "merged", "snapshot"]

Headers = Mapping[str, str]


def snapshot(headers: Headers, limit: str = "codex") -> RateLimitSnapshot:
    """What `headers` (lower-case names) say of one family; all fields empty when nothing."""
    prefix = f"x-{limit.replace('_', '-')}"
    return RateLimitSnapshot(
        limit_id=limit.replace("-", "_"),
        limit_name=headers.get(f"{prefix}-limit-name"),
        primary=_window(headers, f"{prefix}-primary"),
        secondary=_window(headers, f"{prefix}-secondary"),
        credits=_credits(headers),
        rate_limit_reached_type=headers.get("x-codex-rate-limit-reached-type"),
    )


def active_limit(headers: Headers) -> str:
    """The family that refused the request."""
    return headers.get("x-codex-active-limit", "codex")


def merged(new: RateLimitSnapshot, old: RateLimitSnapshot | None) -> RateLimitSnapshot:
    """The new snapshot, completed from the old one where a reply says nothing."""
    if old is None:
        return new
    return RateLimitSnapshot(
        limit_id=new.limit_id,
        limit_name=new.limit_name,
        primary=new.primary,
        secondary=new.secondary,
        credits=new.credits or old.credits,
        plan_type=new.plan_type or old.plan_type,
        rate_limit_reached_type=new.rate_limit_reached_type,
    )


def _window(headers: Headers, prefix: str) -> RateLimitWindow | None:
    used = _number(headers.get(f"{prefix}-used-percent"))
    minutes = _number(headers.get(f"{prefix}-window-minutes"))
    resets = _number(headers.get(f"{prefix}-reset-at"))
    if used is None or (used == 0 and minutes is None and resets is None):
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
    balance = headers.get("x-codex-credits-balance")
    return CreditsSnapshot(has_credits=has, unlimited=unlimited, balance=balance)


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < float("inf") else None


def _truth(text: str | None) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip().lower())
