"""The arithmetic of repetition: how long to wait. Who repeats what is decided elsewhere."""

from collections.abc import Callable

__all__ = ["BASE_DELAY", "LONGEST_RETRY_AFTER", "backoff", "parse_retry_after", "pause_before"]

BASE_DELAY = 0.2
LONGEST_RETRY_AFTER = 300.0
"""A server that asks for a longer pause, in seconds, is not waited for."""

_LARGEST_EXPONENT = 30


def backoff(attempt: int, jitter: Callable[[float, float], float]) -> float:
    """Seconds before repetition `attempt` (from 1): 0.2 x 2^(attempt-1), 10 % more or less."""
    exponent = min(attempt - 1, _LARGEST_EXPONENT)
    return float(BASE_DELAY * 2**exponent * jitter(0.9, 1.1))


def pause_before(
    attempt: int, jitter: Callable[[float, float], float], *, asked: float | None
) -> float:
    """Seconds before repetition `attempt`: what the server asked for, 0 too, else the backoff."""
    return backoff(attempt, jitter) if asked is None else asked


def parse_retry_after(value: str | None, *, now: float) -> float | None:
    """Seconds to wait by a `Retry-After` header: a number of seconds or an HTTP date.

    None for no header, nonsense, or a pause too long to be waited for; a date in the past is 0.
    """
    if value is None:
        return None
    seconds = _seconds(value.strip(), now)
    if seconds is None or not seconds <= LONGEST_RETRY_AFTER:
        return None
    return max(seconds, 0.0)


def _seconds(value: str, now: float) -> float | None:
    try:
        return float(value)
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime  # rarely wanted, and slow to load

    try:
        return parsedate_to_datetime(value).timestamp() - now
    except (ValueError, OverflowError):
        return None
