"""The time of day where the user is. A clock and a time zone come in; none is read here."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["NO_TIME", "local_time"]

NO_TIME = datetime.fromtimestamp(0, UTC)
"""Stands for the local time where that is not known: times are told with their day, in UTC."""


def local_time(at: float, timezone: str) -> datetime:
    """A moment in Unix seconds as a time zone has it; in UTC if the zone's name is not known."""
    return datetime.fromtimestamp(at, _zone(timezone))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
