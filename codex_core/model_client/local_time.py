"""The time of day where the user is. A clock and a time zone come in; none is read here."""

from datetime import UTC, datetime, tzinfo

__all__ = ["NO_TIME", "local_time"]

NO_TIME = datetime.fromtimestamp(0, UTC)
"""Stands for the local time where that is not known: times are told with their day, in UTC."""
_UTC = frozenset({"UTC", "Etc/UTC"})
"""The zone of most machines that nobody sits at, known without the tables of zones."""


def local_time(at: float, timezone: str) -> datetime:
    """A moment in Unix seconds as a time zone has it; in UTC if the zone's name is not known."""
    return datetime.fromtimestamp(at, _zone(timezone))


def _zone(name: str) -> tzinfo:
    if name in _UTC:
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
