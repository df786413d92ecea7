"""Spans of time as text, in milliseconds, with as many digits as they need."""

from math import ceil, floor

_MS = 1000
_WHOLE = 0.05
"""Milliseconds that are not worth a digit."""
_SLACK = 1e-6
"""A float's error, in the last digit shown."""


def ms(seconds: float) -> str:
    """A span: `30 ms`, `15.3 ms`, `0.25 ms`, `0.004 ms`."""
    span = seconds * _MS
    if abs(span - round(span)) < _WHOLE and round(span):
        return f"{round(span)} ms"
    return f"{span:.1f} ms" if abs(span) >= 1 else f"{span:.3f}".rstrip("0").rstrip(".") + " ms"


def moment(seconds: float) -> str:
    """A moment of a run, for a column: `20.0 ms`."""
    return f"{seconds * _MS:.1f} ms"


def between(least: float, most: float | None) -> str:
    """A window that promises no more than was seen: `15.0 to 29.9 ms late`.

    `most` is None where no end of it was found.
    """
    if most is None:
        return f"{_up(least * _MS, 1)} ms late or more"
    for digits in (1, 2, 3, 4):
        low, high = _up(least * _MS, digits), _down(most * _MS, digits)
        if float(low) <= float(high) and (digits > 1 or most - least >= 1 / _MS):
            return f"{low} to {high} ms late" if low != high else f"{low} ms late"
    return f"{most * _MS:.6f}".rstrip("0").rstrip(".") + " ms late"


def _up(span: float, digits: int) -> str:
    return f"{ceil(span * 10**digits - _SLACK) / 10**digits:.{digits}f}"


def _down(span: float, digits: int) -> str:
    return f"{floor(span * 10**digits + _SLACK) / 10**digits:.{digits}f}"
