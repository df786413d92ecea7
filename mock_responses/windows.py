"""Sliding windows of time: how much of an amount may be taken within so many seconds.

Sans-IO arithmetic on a given time; what the amounts are is not known here.
"""

from collections import deque
from math import ceil, inf

_SECOND = 1_000_000_000


class Window:
    """At most `limit` within any `per` seconds.

    Times are seconds on one clock and never go back. They are counted in whole nanoseconds: sums of
    floats would make of a wait of a minute one of a little more.
    """

    def __init__(self, limit: int, per: float) -> None:
        self.limit = limit
        self.per = per
        self._taken: deque[tuple[int, int]] = deque()
        self._used = 0

    def used(self, now: float) -> int:
        """How much was taken in the last `per` seconds."""
        while self._taken and self._taken[0][0] + _nanos(self.per) <= _nanos(now):
            self._used -= self._taken.popleft()[1]
        return self._used

    def remaining(self, now: float) -> int:
        """How much may still be taken."""
        return self.limit - self.used(now)

    def take(self, amount: int, now: float) -> None:
        """Take an amount for which there is room."""
        self._taken.append((_nanos(now), amount))
        self._used += amount

    def wait(self, amount: int, now: float) -> float:
        """Seconds until there is room for `amount`: 0 for now, infinity for never."""
        if amount > self.limit:
            return inf
        missing, until = amount - self.remaining(now), _nanos(now)
        for at, taken in self._taken:
            if missing <= 0:
                break
            missing, until = missing - taken, at + _nanos(self.per)
        return (until - _nanos(now)) / _SECOND

    def reset(self, now: float) -> float:
        """Seconds until all of it may be taken again."""
        return self.wait(self.limit, now)


def _nanos(seconds: float) -> int:
    return round(seconds * _SECOND)


def duration(seconds: float) -> str:
    """A time as the API writes it in `x-ratelimit-reset-requests`: `6m0s`, `2s`, `120ms`; rounded
    up to milliseconds.
    """
    millis = ceil(round(seconds * 1000, 6))
    if 0 < millis < 1000:
        return f"{millis}ms"
    minutes, left = divmod(millis, 60_000)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{head}{left / 1000:g}s"
